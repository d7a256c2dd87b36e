"""Rules: one file a rule, in the folder of its quality; found where it lies by `registry`."""
