"""How requests come to a finding and what that does then, as the code declares it: a trial sees the two ends."""

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from seatrial.model.finding import Finding
from seatrial.model.route import Lead, Route

_PLACE = re.compile(r"{[^{}]*}|<[^<>]*>")


class Ways(NamedTuple):
    """What the code says of how requests come to findings."""

    routes: Sequence[Route]
    leads: Sequence[Lead] = ()

    def of(self, operation: str) -> Sequence[Route]:
        """The routes that answer an operation: paths are alike but for the names of their places."""
        method, _, path = operation.partition(" ")
        wanted = shape(path)
        return [one for one in self.routes if (not one.methods or method in one.methods) and shape(one.path) == wanted]

    def to(self, finding: Finding) -> Sequence[Route]:
        """The routes whose handler the finding lies in, or that lead to it."""
        leads = {(one.path, one.symbol) for one in self._leads(finding) if not one.is_behind}
        homes = {(finding.place.path, finding.symbol), *leads}
        return [route for route in self.routes if (route.place.path, route.symbol) in homes]

    def is_between(self, operation: str, finding: Finding, seen: Collection[tuple[str, str]]) -> bool:
        """Whether the operation leads to the finding's function, and that to all of `seen`: files and functions."""
        behind = {(one.path, one.symbol.rpartition(".")[2]) for one in self._leads(finding) if one.is_behind}
        return bool(seen) and behind.issuperset(seen) and not {*self.of(operation)}.isdisjoint(self.to(finding))

    def _leads(self, finding: Finding) -> Sequence[Lead]:
        return [one for one in self.leads if one.fingerprint == finding.fingerprint]


def shape(path: str) -> str:
    """A path without the names of its places: `/orders/{}`."""
    return "/" + _PLACE.sub("{}", path).strip("/")
