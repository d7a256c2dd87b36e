"""Given: the query that a view class lists, with all that any of its methods loads ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.names import Variable
from seatrial.program.parts import Class, Function
from seatrial.program.serving import literals
from seatrial.program.serving.nouns import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.queries import Query

ASKED = frozenset({"list", "GET", "get"})
"""What `self.action`, or the request's method, is when rows are listed."""
_ASKING = frozenset({"action", "method"})
"""Attributes of a view, or of a request, that tell what is asked for: `getattr(self, "action", None)`."""


class Given:
    """Reads `queryset` and `get_queryset` of view classes."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = program.types

    def queries(self, view: Class) -> Iterator[Rows]:
        """The queries that a view may list, each where it is given."""
        base = self._of_attribute(view)
        ahead = self._fetched_anywhere(view)
        method = self._types.member(view, "get_queryset")
        if method and isinstance(method.entity, Function):
            found = self._returned(method.entity, view, base)
        else:
            found = iter((base,) if base else ())
        for rows in found:
            yield replace(rows, query=replace(rows.query, loaded=rows.query.loaded | ahead))

    def _returned(self, function: Function, view: Class, base: Rows | None) -> Iterator[Rows]:
        for at, step in enumerate(function.values):
            if type(step) is not f.Return or _is_none(function, step.value) or not may_list(function, at):
                continue
            query = self._program.queries.query(function, step.value)
            if query and base and not query.whole:
                query = _on_top(query, base.query)
                own = function.cls is view
                yield Rows(function, step.line, step.value, query) if own else replace(base, query=query)
            elif query:
                yield Rows(function, step.line, step.value, query)

    def _of_attribute(self, view: Class) -> Rows | None:
        found = self._types.member(view, "queryset")
        if found is None or not isinstance(found.entity, Variable):
            return self._of_model(view)
        body = found.entity.function
        for step in body.values:
            if type(step) is f.Store and step.name == "queryset" and step.value >= 0:
                query = self._program.queries.query(body, step.value)
                if query:
                    return Rows(body, step.line, step.value, query)
        return None

    def _of_model(self, view: Class) -> Rows | None:
        """Generic views of Django list all rows of their `model`."""
        found = literals.member(self._program, view, "model")
        model = self._types.of(*found) if found else None
        if found is None or model is None or not model.meta or not self._program.schema.table(model.cls):
            return None
        assert model.cls is not None
        return Rows(found[0], found[0].values[found[1]].line, f.NONE, self._program.queries.rows(model.cls))

    def _fetched_anywhere(self, view: Class) -> frozenset[str]:
        """What any method of the view loads ahead: for one of its actions, or after `get_queryset`."""
        found: set[str] = set()
        for owner in self._types.mro(view):
            for method in owner.methods.values():
                for call in method.calls:
                    found |= self._program.queries.fetched(method, call)
        return frozenset(found)


def answers_get(program: Program, view: Class) -> bool:
    """False when the view names the methods that it answers, and `get` is none of them: it lists nothing."""
    named = literals.member(program, view, "http_method_names")
    texts = {text.lower() for text in literals.texts(program, *named)} if named else set()
    return not texts or "get" in texts


def _on_top(query: Query, base: Query) -> Query:
    """What `super().get_queryset()` begins with is the class's own `queryset`."""
    return replace(query, table=query.table or base.table, loaded=query.loaded | base.loaded, whole=base.whole)


def _is_none(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)] if value >= 0 else None
    return step is None or (type(step) is f.Call and step.callee.rpartition(".")[2] == "none")


def may_list(function: Function, value: int) -> bool:
    """False when the value is only reached for another action or method: under `if self.action == "create"`."""
    return all(outcome(function, condition) in {None, known} for condition, known in function.guards(value))


def outcome(function: Function, condition: int) -> bool | None:
    """What a condition on the action or method is when rows are listed; None if it is about something else."""
    step = function.values[function.origin(condition)]
    if type(step) is f.Unary and step.op == "not":
        known = outcome(function, step.value)
        return None if known is None else not known
    if type(step) is f.Binary and step.op in {
        "and",
        "or",
    }:  # one side may decide: `request and request.method == "POST"`
        decides = step.op == "or"
        return decides if decides in {outcome(function, step.left), outcome(function, step.right)} else None
    if (
        type(step) is not f.Compare
        or step.op not in {"==", "in", "!=", "not in"}
        or not _is_action(function, step.left)
    ):
        return None
    named = _named(function, step.right)
    return bool(named & ASKED) is (step.op in {"==", "in"}) if named else None


def _is_action(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    if type(step) is f.Call and step.callee == "!getattr" and len(step.args) > 1:
        return literals.text(function, step.args[1]) in _ASKING
    return type(step) is f.Attr and step.name in _ASKING


def _named(function: Function, value: int) -> set[str]:
    step = function.values[function.origin(value)]
    items = step.items if type(step) is f.Collection else (value,)
    return {text for item in items if (text := literals.text(function, item))}
