"""What a table holds that a reader would doubt: codes for missing figures, marks that only the eye sees."""
