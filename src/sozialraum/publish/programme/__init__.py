"""A programme's year for people: workbook, tables, layers, sentences, and its part of the atlas."""
