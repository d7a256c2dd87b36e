"""Concurrency: what breaks when two run at once."""
