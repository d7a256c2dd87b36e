"""What keeps a program from being tried."""

from seatrial.errors import SeatrialError


class HeldUpError(SeatrialError):
    """A worker does not answer the probe: its main thread is held up."""


class LockedError(SeatrialError):
    """The program's database cannot be put back: it holds a transaction open for good."""


class StartError(SeatrialError):
    """The program cannot be started: the message says why, its last lines, and what to set."""
