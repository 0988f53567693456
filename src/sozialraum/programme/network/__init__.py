"""People on site: conferences, field notes, polls, and what is due."""
