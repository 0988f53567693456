"""The composite index: recipe, classes, monitoring, variants, robustness."""
