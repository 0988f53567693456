"""Floor 1: polygons and tables become districts and indicators, strictly and without silent losses."""
