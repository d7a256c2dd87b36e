"""Which stretches of a body a transaction holds, and where requests and tasks arrive outside of one."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program, written
from seatrial.program.endpoints import Endpoint
from seatrial.program.handed import is_serializer

_ENTRIES = frozenset({"route", "websocket", "task", "schedule"})
_BY_REQUEST = frozenset({"django", "rest_framework", "ninja"})
"""Frameworks under which `ATOMIC_REQUESTS` holds."""
_SAYS_SO = re.compile(r"(?i)atomic|transaction|\bbegin|unit_of_work|uow")
_WRITING = frozenset({"create", "update", "partial_update", "perform_create", "perform_update", "save"})
"""What a view and its base call the ways in which a serializer is had to write."""
_NAMES = frozenset({f.Ref})


def transactions(program: Program, function: Function) -> Iterator[tuple[int, int]]:
    """The stretches of a body that a transaction holds: of a known library, or by what their names say."""
    yield from program.locks.transactions(function)
    for region in function.regions:
        if region.kind == "with" and _SAYS_SO.search(written(function, region.subject)):
            yield region.start, region.end
    bodies = [(function.parent, function.facts.decorators)]
    if function.cls:
        bodies.append((function.cls.outer, function.cls.facts.decorators))
    for body, decorators in bodies:
        if body and any(_SAYS_SO.search(_spelled(body, d)) for d in decorators):
            yield 0, len(function.values)


def _spelled(body: Function, decorator: int) -> str:
    """A decorator with what it is given: `method_decorator(transaction.atomic, …)`."""
    step = body.values[decorator]
    given = step.args if type(step) is f.Call else ()
    return " ".join(written(body, value) for value in (decorator, *given))


def arrivals(program: Program) -> dict[Function, Endpoint | None]:
    """The functions in which requests and tasks arrive outside of a transaction; None: a library calls it for one."""
    atomic = _are_requests_atomic(program)
    found: dict[Function, Endpoint | None] = {}
    for endpoint in program.endpoints:
        if endpoint.kind in _ENTRIES and not (
            atomic and endpoint.kind == "route" and endpoint.framework in _BY_REQUEST
        ):
            found.update(dict.fromkeys((endpoint.handler, *endpoint.entries), endpoint))
    if not atomic:
        held = _held_by_views(program)
        found.update({m: None for cls in program.classes if cls not in held for m in _writers(program, cls.methods)})
    return found


def _held_by_views(program: Program) -> set[Class]:
    """The serializers that a view names which calls its base's way to write in a transaction."""
    found: set[Class] = set()
    for view in program.classes:
        methods = [view.methods[name] for name in _WRITING if name in view.methods]
        if any(_writes_within(program, method) for method in methods):
            bodies = (view.body, *view.methods.values())
            named = (program.type_of(body, at) for body in bodies for at in body.of(_NAMES))
            found.update(one.cls for one in named if one and one.meta and one.cls)
    return found


def _writes_within(program: Program, method: Function) -> bool:
    """`with transaction.atomic(): return super().create(request)`."""
    held = list(transactions(program, method))
    calls = (call for call in method.calls if getattr(method.values[call], "callee", "") in _WRITING) if held else ()
    return any(start <= call < end for call in calls for start, end in held)


def _writers(program: Program, methods: dict[str, Function]) -> Iterator[Function]:
    """The methods of a serializer that its view calls to write."""
    for name in ("create", "update"):
        method = methods.get(name)
        if method is not None and method.cls and not method.file.is_test and is_serializer(program.types, method.cls):
            yield method


def _are_requests_atomic(program: Program) -> bool:
    name = "ATOMIC_REQUESTS"
    for file in program.files:
        if "settings" in file.path or "config" in file.path or "DATABASES" in file.body.facts.names:
            for step in file.body.values:
                if (type(step) is f.Const and step.value == name) or (
                    type(step) is f.Call and any(keyword == name for keyword, _ in step.keywords)
                ):
                    return True
    return False
