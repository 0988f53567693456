"""Floor 5: what people look at. Everything here takes a `Analysis`, never raw data."""
