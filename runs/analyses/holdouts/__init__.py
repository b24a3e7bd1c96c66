"""Holdout power: what each member's objection does."""
