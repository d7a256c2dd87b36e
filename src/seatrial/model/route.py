"""Route: an HTTP way in as the code declares it, and where it leads."""

import msgspec

from seatrial.model.finding import Place


class Route(msgspec.Struct, frozen=True, order=True):
    """What answers requests to a path. `methods` is empty if they are not known; `symbol` is as in `Finding`."""

    path: str
    methods: tuple[str, ...]
    place: Place
    symbol: str


class Lead(msgspec.Struct, frozen=True, order=True):
    """A function before or behind a finding, which `fingerprint` names, by calls. `symbol` is as in `Finding`."""

    fingerprint: str
    path: str
    symbol: str
    is_behind: bool = False
    """The finding's function calls it; else it is a handler that leads to that."""
