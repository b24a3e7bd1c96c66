"""Scenarios compared in paired runs."""
