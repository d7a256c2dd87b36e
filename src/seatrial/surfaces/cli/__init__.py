"""The command line: `main.py`, and one file a command. A name that begins with `_` is a helper."""
