"""The pages, one file each for those that belong together: what an address shows, and what a form does."""
