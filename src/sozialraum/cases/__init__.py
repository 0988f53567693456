"""From lists of single cases to counts per district: nothing else leaves this room."""
