"""What an audience may see: `protect` takes the rest from a `Panel` before anything is computed from it."""
