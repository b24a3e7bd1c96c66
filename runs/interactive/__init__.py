"""What a user moves and sees redrawn: the notebook's panel and the dashboard."""
