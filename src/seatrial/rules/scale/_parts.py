"""Parts: what tells that rows which a library shows are those of one row, though no query says so by itself."""

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program

_LISTS = "list"
_OF_METHOD = ("self", "request")
_KEYS = frozenset({"id__in", "pk__in"})
_KEY = "_id"


def are_of_address(program: Program, view: Class | None) -> bool:
    """The address of the list names whose rows they are: `def list(self, request, order_pk)`."""
    own = program.types.member(view, _LISTS) if view else None
    if own is None or not isinstance(own.entity, Function):
        return False
    own_params = own.entity.facts.params[len(_OF_METHOD) :]
    return any(param.kind == "positional" and param.default < 0 for param in own_params)


def are_pointed_to(function: Function, value: int) -> bool:
    """The rows that others point to, each once: `filter(id__in={order.owner_id for order in orders})`."""
    step = function.values[function.origin(value)]
    while type(step) is f.Call:
        if step.callee.rpartition(".")[2] == "filter":
            given = (value for name, value in step.keywords if name in _KEYS)
            if any(_are_keys(function, function.origin(value)) for value in given):
                return True
        if step.receiver < 0:
            break
        step = function.values[function.origin(step.receiver)]
    return False


def _are_keys(function: Function, value: int) -> bool:
    """A set of foreign keys, made at once or filled by `add`."""
    step = function.values[value]
    if type(step) is f.Collection and step.kind == "set" and step.region >= 0:
        return any(_is_key(function, item) for item in step.items)
    if type(step) is not f.Call or step.callee != "!set" or step.args:
        return False
    calls = (function.values[call] for call in function.calls)
    filled = [one for one in calls if type(one) is f.Call and _is_on(function, one, value)]
    return bool(filled) and all(one.callee == "add" and _is_key(function, *one.args[:1]) for one in filled)


def _is_on(function: Function, call: f.Call, value: int) -> bool:
    """It is a method of the value, or of what a round of a loop may have left of it."""
    held = function.values[call.receiver] if call.receiver >= 0 else None
    return call.receiver == value or (type(held) is f.Phi and value in held.options)


def _is_key(function: Function, value: int = f.NONE) -> bool:
    step = function.values[function.origin(value)] if value >= 0 else None
    return type(step) is f.Attr and step.name.endswith(_KEY)
