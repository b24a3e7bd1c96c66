"""Security guarantees: substitute for membership, or stepping stone to it."""
