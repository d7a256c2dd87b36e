"""Scale: what breaks when the data grows."""
