"""Floor 1: who is whose neighbour, and which neighbourhoods are unlike chance."""
