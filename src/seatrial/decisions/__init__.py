"""Decisions: what people said about findings, kept in the audited repository."""
