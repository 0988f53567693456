"""Floor 2: what the indicators say of a district: index, classes, verdict, and how sure that is."""
