"""Observations, districts and a catalogue become indicators, strictly and without silent losses."""
