"""The tables the roster is computed from; README.md gives their origins and terms."""
