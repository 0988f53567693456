"""Sharp borders and fluid transitions between neighbours."""
