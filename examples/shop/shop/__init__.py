"""The shop: a small but complete e-commerce backend."""
