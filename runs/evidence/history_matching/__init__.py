"""History matching: which values of all parameters the evidence rules out, and what survives in the others."""
