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
        self._by_name = {cls.dotted: cls for cls in program.schema.tables}

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
        row = self._by_name.get(query.table)
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
                    named = self._types.of(method, step.value)
                    if named and named.meta and named.cls:
                        found[named.cls] = None
        if not found:
            given = literals.member(self._program, view, "serializer_class")
            named = self._types.of(*given) if given else None
            if named and named.cls:
                found[named.cls] = None
        yield from found

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


def _may_list(function: Function, value: int) -> bool:
    """False when the value is only reached for another action or method: under `if self.action == "create"`."""
    for condition, outcome in function.guards(value):
        step = function.values[function.origin(condition)]
        if type(step) is not f.Compare or step.op not in {"==", "in"} or not _is_action(function, step.left):
            continue
        named = _named(function, step.right)
        if named and bool(named & _ASKED) is not outcome:
            return False
    return True


def _is_action(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    return type(step) is f.Attr and step.name in {"action", "method"}


def _named(function: Function, value: int) -> set[str]:
    step = function.values[function.origin(value)]
    items = step.items if type(step) is f.Collection else (value,)
    return {text for item in items if (text := literals.text(function, item))}
