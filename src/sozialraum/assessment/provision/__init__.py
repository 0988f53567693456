"""Need and provision: what there is per head, who reaches it, and whether it follows need."""
