"""Figures for print: maps, rankings, matrices, scatterplots; colours of the atlas, readable in grey."""
