"""Evidence: how far the model can be trusted, checked against what happened and against itself."""
