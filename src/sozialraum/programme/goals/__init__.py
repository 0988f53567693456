"""Goals: where they start, what they aim at, whether that can be tested, and where they stand."""
