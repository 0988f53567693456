"""The sheets that a social planner edits: one declaration, from which everything about them follows."""
