"""Parameters that a user moves and runs that are redrawn: one state, shown by the notebook panel and the dashboard."""
