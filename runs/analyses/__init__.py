"""Analyses: each answers a question about the model with intervals, figures and sentences."""
