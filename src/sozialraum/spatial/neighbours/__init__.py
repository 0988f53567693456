"""Who is whose neighbour, and why."""
