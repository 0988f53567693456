"""Patterns of a whole city and of several indicators: global statistics, relations, scan, change, joint."""
