"""Proofs of who asks that run out: renewed before they do, where they tell when that is (JWT, RFC 7519)."""

import json
from base64 import urlsafe_b64decode
from binascii import Error
from collections.abc import Callable, Mapping

from seatrial.sandbox import Application, date

_USED_UP = 0.3
"""The share of its time after which a proof is renewed: what is asked next may take long."""
_PATIENCE = 2.0
"""Seconds until it is tried again."""


class Proofs:
    """The proofs of all actors, each with the way to a new one."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._ways: dict[str, Callable[[], Mapping[str, str] | None]] = {}
        self._due: dict[str, float] = {}

    def keep(self, headers: Mapping[str, str], again: Callable[[], Mapping[str, str] | None]) -> None:
        """Takes up what proves who asks; `again` gets the like of it anew, or None."""
        for value in headers.values():
            self._ways[value] = again
            self._due[value] = _due(value)

    def renew(self) -> None:
        """Gets new ones for those that soon run out; requests that hold an old one are sent with the new."""
        for value, due in self._due.items():
            if date() >= due:
                self._renew(value)

    def _renew(self, value: str) -> None:
        if fresh := self._ways[value]():
            (self._application.proofs[value],) = fresh.values()
            self._due[value] = _due(self._application.proofs[value])
        else:  # what was tried meanwhile may have changed what it takes to log in
            self._due[value] = date() + _PATIENCE


def _due(proof: str) -> float:
    """When to renew it, in seconds since 1970; never (infinite), if it does not tell when it runs out."""
    claims = _claims(proof)
    ends, now = claims.get("exp"), date()
    if not isinstance(ends, int | float) or isinstance(ends, bool):
        return float("inf")
    return now + max(ends - now, 0.0) * _USED_UP


def _claims(proof: str) -> Mapping[str, object]:
    """What a signed token says, its signature aside; empty if it is none."""
    parts = proof.rpartition(" ")[2].split(".")
    try:
        found = json.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else {}
    except (Error, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
