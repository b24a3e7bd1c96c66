"""Nowcast: runs weighed and resampled by dated positions, governments and ceasefires as they become known."""
