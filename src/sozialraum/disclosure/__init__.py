"""Floor 4: what an audience may see. `protect` turns an `Analysis` into a `Release`."""
