"""Ensembles: simulate, record, keep, open, summarise and re-simulate runs."""
