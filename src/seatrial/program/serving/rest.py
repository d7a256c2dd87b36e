"""Views of Django REST framework that list rows: which query they list, and which serializer writes its rows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.handed import is_serializer
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function
from seatrial.program.queries import Query
from seatrial.program.serving import literals
from seatrial.program.serving.nouns import Serving

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.serving.serializers import Serializers

_LISTS = "rest_framework.ListModelMixin"
_ASKED = frozenset({"list", "GET", "get"})
"""What `self.action`, or the request's method, is when rows are listed."""


class Rest:
    """Finds the rows that views and direct calls of serializers serve."""

    def __init__(self, program: Program, serializers: Serializers) -> None:
        self._program = program
        self._types = program.types
        self._serializers = serializers

    def servings(self) -> Iterator[Serving]:
        """All of them, in the order of the files."""
        if self._program.models.type(_LISTS) is None:
            return
        for cls in self._program.classes:
            if cls.file.role is Role.CODE and self._types.class_derives(cls, _LISTS):
                yield from self._view(cls)
        yield from self._direct()

    # --- views ---

    def _view(self, view: Class) -> Iterator[Serving]:
        if self._lists_otherwise(view):
            return
        for serializer in self._chosen(view):
            for function, line, query in self._given(view):
                yield from self._serving(function, line, query, serializer)

    def _lists_otherwise(self, view: Class) -> bool:
        """`list` is written anew and does not use what the library would list."""
        own = self._types.member(view, "list")
        if own is None or not isinstance(own.entity, Function):
            return False
        names = {step.callee for step in own.entity.values if type(step) is f.Call}
        return not names & {"list", "get_queryset", "filter_queryset"}

    def _serving(self, function: Function, line: int, query: Query, serializer: Class) -> Iterator[Serving]:
        row = self._program.schema.named(query.table)
        needs = tuple({need.what: need for need in self._serializers.needs(serializer, row)}.values())
        if needs:
            yield Serving(function, line, query, needs, f"{serializer.name} writes")

    def _chosen(self, view: Class) -> Iterator[Class]:
        """The serializers that a view may list rows with."""
        chooses = self._types.member(view, "get_serializer_class")
        found: dict[Class, None] = {}
        if chooses and isinstance(chooses.entity, Function):
            method = chooses.entity
            for at, step in enumerate(method.values):
                if type(step) is f.Return and step.value >= 0 and _may_list(method, at):
                    found.update(dict.fromkeys(self._classes(method, step.value)))
        if not found:
            given = literals.member(self._program, view, "serializer_class")
            found.update(dict.fromkeys(self._classes(*given) if given else ()))
        yield from found

    def _classes(self, function: Function, value: int) -> Iterator[Class]:
        """The classes that a value may be when rows are listed."""
        step = function.values[function.origin(value)]
        if type(step) is f.Phi:
            for option in step.options:
                if option < value and _may_list(function, option):
                    yield from self._classes(function, option)
            return
        if type(step) is f.Conditional:
            yield from (c for v in _sides(function, step) for c in self._classes(function, v))
            return
        looked_up = _looked_up(function, step)
        found = self._types.of(function, looked_up if looked_up >= 0 else value)
        if found and found.meta and found.cls and is_serializer(self._types, found.cls):
            yield found.cls

    def _given(self, view: Class) -> Iterator[tuple[Function, int, Query]]:
        """The queries that a view may list, each with the body and line where it is given."""
        base = self._of_attribute(view)
        ahead = self._fetched_anywhere(view)
        method = self._types.member(view, "get_queryset")
        if method is None or not isinstance(method.entity, Function):
            if base:
                yield base[0], base[1], replace(base[2], loaded=base[2].loaded | ahead)
            return
        function = method.entity
        for at, step in enumerate(function.values):
            if type(step) is not f.Return or _is_none(function, step.value) or not _may_list(function, at):
                continue
            query = self._program.queries.query(function, step.value)
            if query:
                place: tuple[Function, int] = (function, step.line)
                if base and not query.whole:
                    query = _on_top(query, base[2])
                    place = place if function.cls is view else base[:2]
                yield *place, replace(query, loaded=query.loaded | ahead)

    def _of_attribute(self, view: Class) -> tuple[Function, int, Query] | None:
        found = self._types.member(view, "queryset")
        if found is None or not isinstance(found.entity, Variable):
            return None
        body = found.entity.function
        for step in body.values:
            if type(step) is f.Store and step.name == "queryset" and step.value >= 0:
                query = self._program.queries.query(body, step.value)
                if query:
                    return body, step.line, query
        return None

    def _fetched_anywhere(self, view: Class) -> frozenset[str]:
        """What any method of the view loads ahead: for one of its actions, or after `get_queryset`."""
        found: set[str] = set()
        for owner in self._types.mro(view):
            for method in owner.methods.values():
                for call in method.calls:
                    found |= self._program.queries.fetched(method, call)
        return frozenset(found)

    # --- direct ---

    def _direct(self) -> Iterator[Serving]:
        """`OrderSerializer(orders, many=True)`."""
        names = {cls.name for cls in self._program.classes if is_serializer(self._types, cls)}
        for function, call in self._program.index.calls(*sorted(names)):
            step = function.values[call]
            if type(step) is f.Call and step.args and literals.is_true(function, dict(step.keywords).get("many", -1)):
                made = self._program.target(function, call).made
                query = self._program.queries.query(function, step.args[0])
                if made and query and query.table:
                    yield from self._serving(function, step.line, query, made)


def _on_top(query: Query, base: Query) -> Query:
    """What `super().get_queryset()` begins with is the class's own `queryset`."""
    return replace(query, table=query.table or base.table, loaded=query.loaded | base.loaded, whole=base.whole)


def _is_none(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)] if value >= 0 else None
    return step is None or (type(step) is f.Call and step.callee.rpartition(".")[2] == "none")


def _looked_up(function: Function, step: f.AnyValue) -> int:
    """What `{"list": A, "create": B}.get(self.action, C)` gives when rows are listed; -1 for anything else."""
    if type(step) is f.Index:
        table, default = step.base, f.NONE
    elif type(step) is f.Call and step.receiver >= 0 and step.callee == "get" and step.args:
        table, default = step.receiver, step.args[1] if len(step.args) > 1 else f.NONE
    else:
        return f.NONE
    held = function.values[function.origin(table)]
    if type(held) is not f.Collection or held.kind != "dict":
        return f.NONE
    pairs = zip(held.items[::2], held.items[1::2], strict=False)
    return next((value for key, value in pairs if literals.text(function, key) in _ASKED), default)


def _sides(function: Function, step: f.Conditional) -> tuple[int, ...]:
    """The sides of `A if self.action == "list" else B` that can be taken when rows are listed."""
    outcome = _outcome(function, step.test)
    return (step.then, step.other) if outcome is None else (step.then,) if outcome else (step.other,)


def _may_list(function: Function, value: int) -> bool:
    """False when the value is only reached for another action or method: under `if self.action == "create"`."""
    return all(_outcome(function, condition) in {None, outcome} for condition, outcome in function.guards(value))


def _outcome(function: Function, condition: int) -> bool | None:
    """What a condition on the action or method is when rows are listed; None if it is about something else."""
    step = function.values[function.origin(condition)]
    if (
        type(step) is not f.Compare
        or step.op not in {"==", "in", "!=", "not in"}
        or not _is_action(function, step.left)
    ):
        return None
    named = _named(function, step.right)
    return bool(named & _ASKED) is (step.op in {"==", "in"}) if named else None


def _is_action(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    return type(step) is f.Attr and step.name in {"action", "method"}


def _named(function: Function, value: int) -> set[str]:
    step = function.values[function.origin(value)]
    items = step.items if type(step) is f.Collection else (value,)
    return {text for item in items if (text := literals.text(function, item))}
