"""Plenty of what is made: what says how many there are, so that the first who takes one leaves others."""

import re
from collections.abc import Mapping
from typing import Any

from seatrial.trials.tables import is_id

_THING = re.compile(r"(^|_)(name|title|sku|price)$")
_STOCK = re.compile(r"stock|quantity|qty|inventory|available|balance|capacity|seats")
_PLENTY = 1_000


def stocked(body: Any) -> Any:
    """The body that describes a new thing, with plenty of it: one is used up by the first who takes it."""
    if not isinstance(body, Mapping) or any(map(is_id, body)):
        return body
    if not any(map(_THING.search, body)):
        return {key: stocked(value) for key, value in body.items()}
    return {
        key: _PLENTY if value == 1 and value is not True and _STOCK.search(key.lower()) else value
        for key, value in body.items()
    }
