"""One finding in full: the way through the code that leads to it, with the code around each step."""

from collections.abc import Sequence
from typing import NamedTuple

from seatrial import registry
from seatrial.app import workspace
from seatrial.app.audit import Request, find, recalling
from seatrial.app.excerpts import Excerpts
from seatrial.app.progress import Progress
from seatrial.errors import SourceError
from seatrial.model.finding import Finding, Place

_AROUND = 2
"""Lines before and after the place."""

_FEW = 10


class Stop(NamedTuple):
    """A step of the way: what happens there, and the code around it (line number, line) in order."""

    place: Place
    message: str
    code: Sequence[tuple[int, str]]


class Shown(NamedTuple):
    """A finding and the way to it; one of the stops is the finding's own place."""

    finding: Finding
    stops: Sequence[Stop]


def show(request: Request, named: str, progress: Progress) -> Shown:
    """The finding whose fingerprint begins so, or which is at that place (`path:line`), hidden ones too.

    Raises `SourceError` if there is none such, or several are. Raises else as `audit`.
    """
    audited = recalling(find(request, progress), request)
    found = {one.fingerprint: one for one in audited.analysis.findings if _is_named(one, named)}
    if len(found) != 1:
        raise SourceError(_not_one(named, sorted(found.values(), key=lambda one: one.fingerprint)))
    (finding,) = found.values()
    tree = workspace.checkout(request.root, workspace.Selection(registry.suffixes(), audited.settings.exclude))
    excerpts = Excerpts({source.file.path: source.text for source in tree.sources})
    stops = [(step.place, step.message) for step in finding.path]
    if finding.place.line not in [place.line for place, _ in stops if place.path == finding.place.path]:
        stops.append((finding.place, finding.message))
    return Shown(finding, [Stop(place, message, _around(place, excerpts)) for place, message in stops])


def _around(place: Place, excerpts: Excerpts) -> Sequence[tuple[int, str]]:
    first = max(place.line - _AROUND, 1)
    return list(enumerate(excerpts.lines(place.path)[first - 1 : place.line + _AROUND], first))


def _is_named(finding: Finding, named: str) -> bool:
    place = finding.place
    return finding.fingerprint.startswith(named) or (bool(place.path) and named == f"{place.path}:{place.line}")


def _not_one(named: str, found: Sequence[Finding]) -> str:
    if not found:
        return (
            f"no finding here has a fingerprint that begins with {named!r}, or is there. `seatrial audit` lists all; "
            "name another folder last: `seatrial show FINGERPRINT PATH`."
        )
    few = [f"  {one.fingerprint[:8]}  {one.rule} at {one.place.path}:{one.place.line}" for one in found[:_FEW]]
    more = [f"  and {len(found) - _FEW} more"] if len(found) > _FEW else []
    return "\n".join([f"{named!r} means several findings, name one of them:", *few, *more])
