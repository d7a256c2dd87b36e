"""What keeps a program from being tried."""

from seatrial.errors import SeatrialError


class HeldUpError(SeatrialError):
    """A worker does not answer the probe: its main thread is held up."""


class LockedError(SeatrialError):
    """The program's database cannot be put back: it holds a transaction open for good."""


class TimeUpError(SeatrialError):
    """The time for what asks the program is used up: nothing more is asked."""


class StartError(SeatrialError):
    """The program cannot be started: the message says why, its last lines, and what to set.

    `cause` is the error of the program itself, as `Kind: text`, if it told one, and `trace` how it came about.
    """

    def __init__(self, message: str, cause: str = "", trace: str = "") -> None:
        super().__init__(message)
        self.cause = cause
        self.trace = trace
