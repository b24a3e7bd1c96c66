"""Parameters fitted to targets."""
