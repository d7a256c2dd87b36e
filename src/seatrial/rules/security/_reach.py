"""How far a path leads that somebody else chose a part of: what stands around that part, and what is done there."""

from __future__ import annotations

import re

from seatrial.model import facts as f
from seatrial.program import Flow, Program
from seatrial.program.taint import all_before
from seatrial.rules.security._purpose import words

_PLACES = re.compile(r"[?\s]*")
"""A text of places alone, of which nobody knows what fills them."""
_UPLOADS = frozenset({"validated_data", "cleaned_data", "FILES", "data", "initial_data"})
"""What Django's forms and serializers hold uploads in: the name of one is the last part of what was sent."""
_LISTS = frozenset({"listdir", "scandir", "iterdir"})
_CHOOSERS = frozenset({"chooser", "pathchooser", "filechooser", "picker", "browse", "browser", "browsing"})
_READS = frozenset({"read_text", "stat", "exists", "is_file", "getmtime", "getsize"})
_DATA = re.compile(r"[^/\\]*\.(?:json|po|mo|ya?ml|toml|md)")
"""How a name ends that leads to nothing but other data of the same kind."""


def is_within_name(flow: Flow) -> bool:
    """It stands behind the beginning of a name: `storage-../x` is no way to anywhere, for there is no `storage-..`."""
    for text in all_before(flow):
        if not _PLACES.fullmatch(text):
            return text.rstrip("? ").endswith(("_", "-"))
    return False


def is_upload(program: Program, flow: Flow) -> bool:
    """The name of an upload, as Django keeps it: `serializer.validated_data["file"].name`."""
    if flow.origin.what.rpartition(".")[2] not in _UPLOADS or not program.models.value("django.http.HttpRequest.FILES"):
        return False
    steps = (spot.function.values[spot.value] for spot in flow.spots if spot.value >= 0)
    return any(isinstance(step, f.Attr) and step.name == "name" for step in steps)


def is_chooser(flow: Flow) -> bool:
    """The names of what lies in folders are shown to whoever is to choose one of them."""
    is_listed = flow.sink.what.rpartition(".")[2] in _LISTS
    return is_listed and any(words(one.name) & _CHOOSERS for one in flow.functions)


def is_data(flow: Flow) -> bool:
    """Only read, and only what ends like data: `f"{locale}.json"`."""
    if flow.sink.what.rpartition(".")[2] not in _READS:
        return False
    return any(_ends_like_data(flow, at) for at in range(len(flow.spots)))


def _ends_like_data(flow: Flow, at: int) -> bool:
    spot = flow.spots[at]
    step = spot.function.values[spot.value] if spot.value >= 0 else None
    if isinstance(step, f.Call) and step.callee.rpartition(".")[2] == "join" and step.args:
        last = step.args[-1]
    elif isinstance(step, f.Binary) and step.op in {"/", "+"}:
        last = step.right
    else:
        last = spot.value
    held = spot.function.values[spot.function.origin(last)] if last >= 0 else None
    if isinstance(held, f.Template) and held.parts:
        held = spot.function.values[spot.function.origin(held.parts[-1])]
    return isinstance(held, f.Const) and isinstance(held.value, str) and _DATA.fullmatch(held.value) is not None
