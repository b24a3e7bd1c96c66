"""Ensembles: simulate runs, record, save, load, summarise and re-simulate them."""
