"""A panel of sliders, and the same worlds redrawn while they move."""
