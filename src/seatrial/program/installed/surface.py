"""What one module says that it offers: the names bound at its top, or that it cannot be told."""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.facts import FileFacts

_DYNAMIC = frozenset(
    {
        "!globals",
        "!locals",
        "!vars",
        "!setattr",
        "!exec",
        "!eval",
        "!__import__",
        "sys.modules",
        "importlib.import_module",
    }
)
"""Names by which a module can make further names without writing them."""
_DYNAMIC_LIBRARIES = ("lazy_loader", "lazy_object_proxy", "apipkg", "werkzeug.utils.import_string")
ALWAYS = frozenset({"__all__", "__path__"})


def bound(facts: FileFacts) -> frozenset[str]:
    """The names bound at the top of a file, on whatever way; stars left out."""
    return frozenset(_bound(facts))


def _bound(facts: FileFacts) -> Iterator[str]:
    body = facts.functions[0]
    yield from body.names
    yield from (step.name for step in body.values if type(step) is f.Store)
    yield from (one.name.partition(".")[0] for one in facts.imports if one.function == 0 and not one.star)
    yield from (one.name for one in facts.functions if one.parent == 0)
    yield from (one.name for one in facts.classes if one.parent == 0)
    yield from facts.exports or ()
    for function in facts.functions[1:]:
        yield from (step.name for step in function.values if type(step) is f.Store and step.outer)


def is_dynamic(facts: FileFacts) -> bool:
    """Whether a module may offer names that are not written in it: `__getattr__`, `globals()[…]`, damaged text."""
    if facts.damage or "__getattr__" in bound(facts):
        return True
    if any(one.path.startswith(_DYNAMIC_LIBRARIES) for one in facts.imports):
        return True
    return any(_is_trick(step) for function in facts.functions for step in function.values)


def _is_trick(step: f.AnyValue) -> bool:
    path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call and step.receiver < 0 else ""
    return path in _DYNAMIC or path.startswith("sys.modules")
