"""How unevenly groups and rates spread over a city."""
