"""What was sent: mappings that hold whatever keys a request has."""

from seatrial.model import facts as f
from seatrial.program import Function, written

_SENT = frozenset({"json", "data", "POST", "form", "values", "args", "query_params", "GET", "body"})
_READS = frozenset({"get_json", "get_data", "json", "form"})
_SAME = frozenset({"dict", "to_dict", "copy", "items", "keys", "loads", "deepcopy", "_asdict"})
"""Calls that hand on a mapping with all its keys."""
_REQUESTS = frozenset({"request", "req"})
DEPTH = 6
"""How many steps a mapping is followed back."""


def is_sent(function: Function, value: int, handlers: frozenset[Function], depth: int = 0) -> bool:
    """A mapping with all the keys that the request holds."""
    step = function.values[function.origin(value)] if value >= 0 else None
    if step is None or depth > DEPTH:
        return False
    if isinstance(step, f.Attr):
        return step.name in _SENT and _is_request(function, step.base)
    if isinstance(step, f.Ref):
        owner, _, last = step.path.rpartition(".")
        return last in _SENT and owner.rpartition(".")[2] in _REQUESTS
    if isinstance(step, f.Param):
        return function in handlers and _says_dict(function, step.name)
    if isinstance(step, f.Call):
        return _is_sent_by(function, step, handlers, depth)
    inside = f.operands(step) if isinstance(step, f.Await | f.Phi | f.Spread) else ()
    return any(is_sent(function, held, handlers, depth + 1) for held in inside)


def _is_sent_by(function: Function, step: f.Call, handlers: frozenset[Function], depth: int) -> bool:
    owner, _, name = step.callee.lstrip("!:?").rpartition(".")
    if name in _READS and (_is_request(function, step.receiver) or owner.rpartition(".")[2] in _REQUESTS):
        return True
    if name not in _SAME:
        return False
    of_request = owner.split(".")[-2:]
    if len(of_request) > 1 and of_request[0] in _REQUESTS and of_request[1] in _SENT:
        return True
    return any(is_sent(function, held, handlers, depth + 1) for held in (step.receiver, *step.args[:1]))


def _is_request(function: Function, value: int) -> bool:
    return value >= 0 and written(function, value).rpartition(".")[2] in _REQUESTS


def _says_dict(function: Function, name: str) -> bool:
    """A parameter that is annotated as a mapping: the whole body."""
    param = next(p for p in function.facts.params if p.name == name)
    outer = function.parent
    step = outer.values[param.annotation] if outer and param.annotation >= 0 else None
    while outer and isinstance(step, f.Index):
        step = outer.values[step.base]
    return isinstance(step, f.Ref) and step.path.rpartition(".")[2].lstrip("!:?") in {"dict", "Dict"}
