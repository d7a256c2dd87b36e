"""What keeps a program from being tried."""

from seatrial.errors import SeatrialError


class StartError(SeatrialError):
    """The program cannot be started: the message says why, its last lines, and what to set."""
