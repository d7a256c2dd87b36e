"""The errors that a user can cause or mend; each says what to do."""


class SeatrialError(Exception):
    """Base of all errors that `seatrial` raises on purpose.

    The message is whole: what is wrong, where, and what to do. Surfaces print it as it is and exit with 2.
    """


class ConfigError(SeatrialError):
    """A setting cannot be used: the message names file, line, key and the nearest right one."""


class SourceError(SeatrialError):
    """The tree to audit cannot be read at all: no such folder, no such revision, not a repository."""


class DecisionError(SeatrialError):
    """A record in the repository (baseline, suppression, sign-off) cannot be read or would be loosened."""


class ModelError(SeatrialError):
    """A library model (TOML) does not have the form that `libraries` documents."""
