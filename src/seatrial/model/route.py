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
    """A handler that leads by calls to where a finding lies, which `fingerprint` names. `symbol` is as in `Finding`."""

    fingerprint: str
    path: str
    symbol: str
