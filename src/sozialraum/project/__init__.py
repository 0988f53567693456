"""The project file and the whole flow from it to what is published."""
