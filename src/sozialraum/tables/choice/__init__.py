"""Which rows and columns of a file are meant, and the layouts that are known by name."""
