"""One run in words: its dated story, and why a member's stance moved."""
