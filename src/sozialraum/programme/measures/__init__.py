"""Measures and projects: which goals they serve, what they cost, what they left behind."""
