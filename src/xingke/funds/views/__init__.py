"""Pages about public money."""
