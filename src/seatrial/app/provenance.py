"""Tells who wrote what in a checkout, by symbol, as far as marks tell."""



_ALWAYS = (".py", ".pyi")
"""Files that are taken apart into symbols; others are surveyed when they are named."""
