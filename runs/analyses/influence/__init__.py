"""Informal influence: what an actor or a mechanism changes in paired runs."""
