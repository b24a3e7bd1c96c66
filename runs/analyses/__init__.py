"""Analyses: what analysts ask of the model, each answered with intervals, a picture and a sentence."""
