"""Figures of a result: curves, maps, networks and moving pictures, in one style."""
