"""How requests come to a finding and what that does then, as the code declares it: a trial sees the two ends."""

import re
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import msgspec

from seatrial.model.finding import Finding
from seatrial.model.route import Lead, Route

_PLACE = re.compile(r"{[^{}]*}|<[^<>]*>")


class Ways(NamedTuple):
    """What the code says of how requests come to findings."""

    routes: Sequence[Route]
    leads: Sequence[Lead] = ()

    def of(self, operation: str) -> Sequence[Route]:
        """The routes that answer an operation: paths are alike but for the names of their places."""
        return _answering(self.routes, operation)

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


def mounted(routes: Sequence[Route], operations: Collection[str]) -> Sequence[Route]:
    """The routes, and those that no operation has the path of also where one ends with it: `/items` at `/api/v1/items`.

    What stands before is often a setting, which only the running program knows.
    """
    free = [one for one in routes if not any(_answering([one], name) for name in operations)]
    bare = [name for name in operations if not _answering(routes, name)]
    return [*routes, *(found for name in bare for found in _ending(free, name))]


def _answering(routes: Sequence[Route], operation: str) -> Sequence[Route]:
    wanted = shape(operation.partition(" ")[2])
    return [one for one in _of_method(routes, operation) if shape(one.path) == wanted]


def _of_method(routes: Sequence[Route], operation: str) -> Sequence[Route]:
    method = operation.partition(" ")[0]
    return [one for one in routes if not one.methods or method in one.methods]


def _ending(routes: Sequence[Route], operation: str) -> Iterator[Route]:
    """The route with the longest path that the operation ends with, if it is the only such, where that lies."""
    path = operation.partition(" ")[2]
    wanted = shape(path)
    fits = {one: shape(one.path) for one in _of_method(routes, operation)}
    fits = {one: end for one, end in fits.items() if wanted.endswith(end) and "{" not in wanted.removesuffix(end)}
    longest = [one for one, end in fits.items() if len(end) == max(map(len, fits.values())) > 1]
    if len({one.symbol for one in longest}) == 1:
        yield msgspec.structs.replace(longest[0], path=path)
