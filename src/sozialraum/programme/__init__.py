"""From a map to a decision, and from a decision to an effect."""
