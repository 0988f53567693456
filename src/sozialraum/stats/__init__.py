"""Plain numbers that several floors need: tests, intervals, corrections."""
