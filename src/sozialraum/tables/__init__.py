"""An office's table becomes observations: layout, numbers, symbols, dates, sums."""
