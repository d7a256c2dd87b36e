"""Honesty: what looks done and is not."""
