"""Architecture: how the parts fit."""
