"""Decision rules compared in paired runs."""
