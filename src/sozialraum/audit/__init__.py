"""Published figures that cannot all be true."""
