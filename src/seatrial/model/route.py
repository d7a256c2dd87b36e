"""Route: an HTTP way in as the code declares it."""

import msgspec

from seatrial.model.finding import Place


class Route(msgspec.Struct, frozen=True, order=True):
    """What answers requests to a path. `methods` is empty if they are not known; `symbol` is as in `Finding`."""

    path: str
    methods: tuple[str, ...]
    place: Place
    symbol: str
