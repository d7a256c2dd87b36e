"""The review room in the browser: pages of this machine for the one person who sits at it."""
