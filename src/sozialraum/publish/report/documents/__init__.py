"""The documents: what each says, in which order."""
