"""Districts over the years."""
