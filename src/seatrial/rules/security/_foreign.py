"""What the rules share whose whole fault is that foreign text reaches a call of one danger."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Flow, Function, Program
from seatrial.program.taint import Danger, all_before
from seatrial.rules.contract import Match
from seatrial.rules.security._flows import match

_HOST = re.compile(r"^\s*(?:\w+:)?(?://)?[^/?#]*$")
"""What may stand before a part that still chooses the host: nothing, or a scheme alone."""

_PLACE = re.compile(r"\s*(?:\?\s*|%s|\{\w*\})+[?&/=.]?\s*")
"""What stands before is not written here alone, as `f"{base}{name}"`: that is what leads to a host."""

_VERIFIES = re.compile(r"_*(?:check|verify|validate)")
_SIDE = frozenset({"netloc", "hostname"})
_HOSTS = ("//", "/\\")
_LOGS = frozenset({"debug", "info", "warning", "error", "exception", "log", "!print"})
_HOLDS = frozenset({f.Phi, f.Template, f.Binary, f.Conditional, f.Collection})
_LOOKS = frozenset({f.Attr, f.Call})


def foreign(
    program: Program, danger: Danger, reaches: str, *, parameter: float = 0.5, local: float = 0.4
) -> Iterator[Match]:
    """A finding for each flow into a sink of the danger; what a caller gives, or the user, is less likely a fault."""
    for flow in program.taint.flows(danger):
        confidence = flow.confidence(parameter=parameter, local=local)
        if confidence:
            yield match(flow, confidence, reaches)


def chooses_host(program: Program, flow: Flow) -> bool:
    """The value decides which host a URL leads to: only a scheme stands before it, and no one looks at its host."""
    texts = tuple(all_before(flow))
    return all(_HOST.match(text) and not _PLACE.fullmatch(text) for text in texts) and not _is_looked_at(program, flow)


def is_verified(program: Program, flow: Flow) -> bool:
    """What holds the value was looked through before, by code that raises when it finds it wrong: `check(message)`."""
    on_the_way = set(flow.functions)
    for spot in flow.spots:
        function = spot.function
        held = {function.origin(spot.value)} if spot.value >= 0 else set()
        for user in (user for value in held for user in function.users.get(value, ())):
            step = function.values[user]
            if type(step) is not f.Call or function.users.get(user) or step.receiver in held:
                continue
            reached = program.target(function, user).functions
            if _VERIFIES.match(step.callee.rpartition(".")[2].lstrip("!:?")) and on_the_way.isdisjoint(reached):
                return True
    return False


def _is_looked_at(program: Program, flow: Flow) -> bool:
    """The host is taken out of a URL on the way, or by what is called there: it is compared with something."""
    return any(
        _looks(function)
        or any(_looks(reached) for call in function.calls for reached in program.target(function, call).functions)
        for function in flow.functions
    )


def _looks(function: Function) -> bool:
    return any(_is_look(function, function.values[at]) and not _is_told(function, at) for at in function.of(_LOOKS))


def _is_told(function: Function, at: int) -> bool:
    """It is only written to a log: nothing depends on it."""
    pending, seen = [at], {at}
    told = False
    while pending:
        for user in function.users.get(pending.pop(), ()):
            step = function.values[user]
            if type(step) is f.Call and user not in seen:
                if step.callee.rpartition(".")[2] not in _LOGS:
                    return False
                told = True
            elif type(step) in _HOLDS and user not in seen:
                pending.append(user)
            elif type(step) is not f.Store:
                return False
            seen.add(user)
    return told and not any(region.subject in seen for region in function.regions)


def _is_look(function: Function, step: f.AnyValue) -> bool:
    """`urlparse(x).netloc`, `x.startswith("//")`: browsers take both slashes for the beginning of a host."""
    if type(step) is f.Attr:
        return step.name in _SIDE
    if type(step) is not f.Call or step.callee.rpartition(".")[2] != "startswith" or not step.args:
        return False
    given = function.values[function.origin(step.args[0])]
    held = [function.values[i] for i in given.items] if type(given) is f.Collection else [given]
    return any(type(one) is f.Const and str(one.value).startswith(_HOSTS) for one in held)
