"""Floor 5: what people look at. Everything here takes a `Release`, never raw data."""
