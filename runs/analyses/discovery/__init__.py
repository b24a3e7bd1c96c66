"""Which conditions set runs with an outcome apart."""
