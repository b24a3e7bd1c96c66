"""What people do with the model: ensembles, results, figures, command line."""
