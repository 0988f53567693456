"""Polygons become districts: read, checked, mended where the user says how."""
