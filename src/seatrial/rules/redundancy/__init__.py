"""Redundancy: the same work written again."""
