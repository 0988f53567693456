"""Boundary reforms: which district became which, and counts carried from one boundary version to another."""
