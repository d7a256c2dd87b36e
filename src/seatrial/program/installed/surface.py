"""What one module says that it offers: the names bound at its top, or that it cannot be told."""

from collections.abc import Iterable, Iterator

from seatrial.model import facts as f
from seatrial.model.facts import FileFacts, FunctionFacts

_LAZY = ("lazy_loader", "lazy_object_proxy", "lazy_imports", "apipkg")
"""Libraries that make a module's names when they are asked for."""
_READS = frozenset({"!len", "!list", "!dict", "!set", "!sorted", "!tuple", "!iter", "!frozenset", "!print"})
"""Built-ins that only read a namespace that they are given."""
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
    """Whether a module makes names that are not written in it: by `globals()`, `sys.modules`, `exec`, lazy loaders."""
    if (
        facts.damage
        or "__path__" in facts.functions[0].names
        or any(one.path.startswith(_LAZY) for one in facts.imports)
    ):
        return True
    return any(_makes_names(function, index == 0) for index, function in enumerate(facts.functions))


def _makes_names(function: FunctionFacts, is_top: bool) -> bool:  # noqa: FBT001 - read at the one call above
    spaces: set[int] = set()
    for value, step in enumerate(function.values):
        if type(step) is f.Call:
            if step.callee == "!globals" or (is_top and step.callee in ("!locals", "!vars") and not step.args):
                spaces.add(value)
            elif _passes_on(step, spaces) or step.callee == "!exec":
                return True
        elif type(step) is f.Phi and not spaces.isdisjoint(step.options):
            spaces.add(value)
        elif (type(step) is f.StoreItem and step.base in spaces) or _takes_over(function, step):
            return True
    return False


def _passes_on(call: f.Call, spaces: set[int]) -> bool:
    if call.receiver in spaces:
        return call.callee in ("update", "setdefault")
    return call.callee not in _READS and not spaces.isdisjoint(call.args)


def _takes_over(function: FunctionFacts, step: f.AnyValue) -> bool:
    """Whether a step puts another module, or an object, in a module's place."""
    if type(step) is f.StoreItem:
        return _is_modules(function.values[step.base])
    if type(step) is f.Delete:
        target = function.values[step.target]
        return type(target) is f.Index and _is_modules(function.values[target.base])
    if type(step) is not f.Index or not _is_modules(function.values[step.base]):
        return False
    key = function.values[step.key]
    return type(key) is f.Ref and key.path.lstrip("!?:") == "__name__"


def _is_modules(step: f.AnyValue) -> bool:
    return type(step) is f.Ref and step.path == "sys.modules"


def answered(facts: FileFacts) -> frozenset[str] | None:
    """The names that a module's `__getattr__` may answer for; None if that may be any.

    One that compares the name, and refuses others with an AttributeError, answers for names that stand in the module.
    """
    found = [one for one in facts.functions if one.name == "__getattr__" and one.parent == 0]
    if not found:
        return frozenset() if "__getattr__" not in facts.functions[0].names else None
    if len(found) > 1 or not (_refuses(found[0]) and _compares(found[0])):
        return None
    return frozenset(_words(function.values for function in facts.functions))


def _refuses(function: FunctionFacts) -> bool:
    raised = (function.values[step.value] for step in function.values if type(step) is f.Raise and step.value >= 0)
    return any(type(one) is f.Call and one.callee == "!AttributeError" for one in raised)


def _compares(function: FunctionFacts) -> bool:
    """Whether each way to another object's attribute of that name comes after a look at the name."""
    looks = [
        region for region in function.regions if region.kind == "if" and _is_of_name(function.values[region.subject])
    ]
    handed = [
        value for value, step in enumerate(function.values)
        if type(step) is f.Call and step.callee == "!getattr" and 0 in step.args
    ]  # fmt: skip
    return bool(looks) and all(
        any(region.start <= value < region.end or (region.exits and region.end <= value) for region in looks)
        for value in handed
    )


def _is_of_name(step: f.AnyValue) -> bool:
    return type(step) is f.Compare and 0 in (step.left, step.right)


def _words(bodies: Iterable[Iterable[f.AnyValue]]) -> Iterator[str]:
    for values in bodies:
        for step in values:
            if type(step) is f.Const and type(step.value) is str and step.value.isidentifier():
                yield step.value
