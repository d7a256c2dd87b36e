"""The use cases, one a file. Only here are files, clock and processes touched on behalf of the pure stages."""
