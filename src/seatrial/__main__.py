"""`python -m seatrial`: the command line, where the command itself is not on the path."""

from seatrial.surfaces.cli.main import main

main()
