"""What the rules share whose whole fault is that foreign text reaches a call of one danger."""

import re
from collections.abc import Iterator

from seatrial.libraries.form import Danger
from seatrial.model import facts as f
from seatrial.program import Flow, Program
from seatrial.program.taint import before
from seatrial.rules.contract import Match
from seatrial.rules.security._flows import match

_HOST = re.compile(r"^\s*(?:\w+:)?(?://)?[^/?#]*$")
"""What may stand before a part that still chooses the host: nothing, or a scheme alone."""

_TAKEN_APART = frozenset({"urlparse", "urlsplit"})
_SIDE = frozenset({"netloc", "hostname", "host"})


def foreign(
    program: Program, danger: Danger, reaches: str, *, parameter: float = 0.5, local: float = 0.4
) -> Iterator[Match]:
    """A finding for each flow into a sink of the danger; what a caller gives, or the user, is less likely a fault."""
    for flow in program.taint.flows(danger):
        confidence = flow.confidence(parameter=parameter, local=local)
        if confidence:
            yield match(flow, confidence, reaches)


def chooses_host(flow: Flow) -> bool:
    """The value decides which host a URL leads to: nothing but a scheme stands before it, and no one looks at its host."""
    text = before(flow)
    return (text is None or _HOST.match(text) is not None) and not _is_looked_at(flow)


def _is_looked_at(flow: Flow) -> bool:
    """The host is taken out of the URL on the way, which is done to compare it."""
    return any(
        type(step) is f.Attr and step.name in _SIDE and _is_taken_apart(function.values[function.origin(step.base)])
        for function in flow.functions
        for step in function.values
    )


def _is_taken_apart(step: f.AnyValue) -> bool:
    return type(step) is f.Call and step.callee.rpartition(".")[2] in _TAKEN_APART
