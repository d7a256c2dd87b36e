"""`__all__`: the names that a module says it offers."""

from seatrial.frontends.python.body import Body
from seatrial.model.facts import NONE, AnyValue, Binary, Call, Collection, Const, Spread, Store


def exports(module: Body) -> tuple[str, ...] | None:
    """The names in `__all__`, as far as they are written out; None if it is not set."""
    if "__all__" not in module.last:
        return None
    found: dict[str, None] = {}
    held = set()
    for value in module.values:
        if isinstance(value, Store) and value.name == "__all__":
            held.add(value.value)
            found.update(dict.fromkeys(_names(module.values, value.value)))
        elif isinstance(value, Call) and value.receiver in held and value.callee in {"extend", "append"}:
            found.update(dict.fromkeys(n for i in value.args for n in _names(module.values, i)))
    return tuple(found)


def _names(values: list[AnyValue], start: int) -> list[str]:
    """The text in a list, or sum of lists."""
    found = []
    stack = [start]
    while stack:
        at = stack.pop()
        value = values[at] if at != NONE else None
        if isinstance(value, Const) and isinstance(value.value, str):
            found.append(value.value)
        elif isinstance(value, Collection):
            stack += reversed(value.items)
        elif isinstance(value, Binary):
            stack += (value.right, value.left)
        elif isinstance(value, Spread):
            stack.append(value.value)
    return found
