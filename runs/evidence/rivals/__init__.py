"""The standard models of collective decisions on the same roster and rounds, as baselines."""
