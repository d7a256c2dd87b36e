"""Views of Django REST framework that list rows: which query they list, and which serializer writes its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.handed import SERIALIZERS, is_serializer, serialized
from seatrial.program.parts import Class, Function
from seatrial.program.serving import literals
from seatrial.program.serving.given import ASKED, answers_get, may_list, outcome
from seatrial.program.serving.nouns import Rows
from seatrial.program.serving.origins import served
from seatrial.program.serving.routed import Routed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.queries import Query
    from seatrial.program.serving.given import Given
    from seatrial.program.serving.nouns import Serving
    from seatrial.program.serving.serializers import Serializers

_LISTS = "rest_framework.ListModelMixin"
_TABLES = ("serializer_action_classes", "action_serializers", "serializer_classes", "serializer_classes_by_action")
"""How view classes call a table of serializers by action, which many libraries read."""


class Rest:
    """Finds the rows that views and direct calls of serializers serve."""

    def __init__(self, program: Program, serializers: Serializers, given: Given) -> None:
        self._program = program
        self._types = program.types
        self._serializers = serializers
        self._given = given
        self._routed = Routed(program)

    def servings(self) -> Iterator[Serving]:
        """All of them, in the order of the files."""
        for cls in self._listing():
            yield from self._view(cls)
        yield from self._direct() if self._is_used else ()

    def listed(self) -> Iterator[Class]:
        """The serializers that write the rows of a list."""
        for cls in self._listing():
            yield from self._chosen(cls)
        for made, function, _ in self._of_many():
            if function.cls is None or not is_serializer(self._types, function.cls):  # else they belong to one row
                yield made

    @property
    def _is_used(self) -> bool:
        return self._program.models.type(_LISTS) is not None

    def _listing(self) -> Iterator[Class]:
        """The views that answer with a list."""
        for cls in self._program.calls.deriving(_LISTS) if self._is_used else ():
            if cls.file.role is Role.CODE and self._may_list(cls) and self._routed.lists(cls):
                yield cls

    def _may_list(self, view: Class) -> bool:
        return answers_get(self._program, view) and not self._lists_otherwise(view)

    def uses(self) -> Iterator[tuple[Class, Query]]:
        """Every serializer with a query whose rows it writes, in a list or alone."""
        for cls in self._program.classes if self._is_used else ():
            if cls.file.role is Role.CODE and (
                self._types.member(cls, "serializer_class") or self._types.member(cls, "get_serializer_class")
            ):
                for serializer in self._ever(cls):
                    yield from ((serializer, rows.query) for rows in self._given.queries(cls))
        for made, rows in self._made():
            yield made, rows.query

    def _ever(self, view: Class) -> Iterator[Class]:
        """The serializers that a view may use, for whatever it does."""
        found = dict.fromkeys(self._chosen(view))
        chooses = self._types.member(view, "get_serializer_class")
        if chooses and isinstance(chooses.entity, Function):
            found.update(
                dict.fromkeys(c for v in chooses.entity.returns for c in self._classes(chooses.entity, v, view))
            )
        yield from found

    # --- views ---

    def _view(self, view: Class) -> Iterator[Serving]:
        for serializer in self._chosen(view):
            for rows in self._given.queries(view):
                yield from self._serving(rows, serializer)

    def _lists_otherwise(self, view: Class) -> bool:
        """`list` is written anew and does not write what it lists by the view's own serializer."""
        own = self._types.member(view, "list")
        if own is None or not isinstance(own.entity, Function):
            return False
        steps = own.entity.values
        names = {s.callee for s in steps if type(s) is f.Call} | {s.name for s in steps if type(s) is f.Attr}
        return not names & {"list", "get_serializer", "get_serializer_class", "serializer_class"}

    def _serving(self, rows: Rows, serializer: Class) -> Iterator[Serving]:
        row = self._program.schema.named(rows.query.table)
        made_for = serialized(self._types, serializer)
        if made_for and not (row and self._are_kin(row, made_for)):  # the query is not what it looks like
            row, rows = made_for, replace(rows, query=replace(rows.query, table=made_for.dotted, whole=False))
        yield from served(self._program, rows, self._serializers.needs(serializer, row), f"{serializer.name} writes")

    def _are_kin(self, one: Class, other: Class) -> bool:
        return one in self._types.mro(other) or other in self._types.mro(one)

    def _chosen(self, view: Class) -> Iterator[Class]:
        """The serializers that a view may list rows with."""
        chooses = self._types.member(view, "get_serializer_class")
        found: dict[Class, None] = {}
        if chooses and isinstance(chooses.entity, Function):
            method = chooses.entity
            for at, step in enumerate(method.values):
                if type(step) is f.Return and step.value >= 0 and may_list(method, at):
                    found.update(dict.fromkeys(self._classes(method, step.value, view)))
        if not found:
            found.update(dict.fromkeys(self._by_action(view)))
        if not found:
            given = literals.member(self._program, view, "serializer_class")
            found.update(dict.fromkeys(self._classes(*given) if given else ()))
        yield from found

    def _by_action(self, view: Class) -> Iterator[Class]:
        """What a table of the view names for its list, where a base that is not seen chooses by it."""
        for name in _TABLES:
            given = literals.member(self._program, view, name)
            held = given[0].values[given[0].origin(given[1])] if given else None
            if given and type(held) is f.Collection and held.kind == "dict":
                pairs = zip(held.items[::2], held.items[1::2], strict=False)
                chosen = (value for key, value in pairs if literals.text(given[0], key) == "list")
                yield from (cls for value in chosen for cls in self._classes(given[0], value))

    def _classes(self, function: Function, value: int, view: Class | None = None) -> Iterator[Class]:
        """The classes that a value may be when rows are listed, by `view` where it is a method of that."""
        step = function.values[function.origin(value)]
        if type(step) is f.Phi:
            for option in step.options:
                if option < value and may_list(function, option):
                    yield from self._classes(function, option, view)
            return
        if type(step) is f.Conditional:
            yield from (c for v in _sides(function, step) for c in self._classes(function, v, view))
            return
        body, chosen = self._looked_up(function, step, view) or self._field(function, value, view)
        found = self._types.of(body, chosen)
        if found and found.meta and found.cls and is_serializer(self._types, found.cls):
            yield found.cls

    def _looked_up(self, function: Function, step: f.AnyValue, view: Class | None) -> tuple[Function, int] | None:
        """What `{"list": A, "create": B}.get(self.action, C)` gives when rows are listed; None for anything else."""
        if type(step) is f.Index:
            table, default = step.base, f.NONE
        elif type(step) is f.Call and step.receiver >= 0 and step.callee == "get" and step.args:
            table, default = step.receiver, step.args[1] if len(step.args) > 1 else f.NONE
        else:
            return None
        body, at = self._field(function, table, view)
        held = body.values[body.origin(at)]
        if type(held) is not f.Collection or held.kind != "dict":
            return None
        pairs = zip(held.items[::2], held.items[1::2], strict=False)
        found = next((value for key, value in pairs if literals.text(body, key) in ASKED), f.NONE)
        if found >= 0:
            return body, found
        return self._field(function, default, view) if default >= 0 else None

    def _field(self, function: Function, value: int, view: Class | None) -> tuple[Function, int]:
        """The value, or what the view's class says of it where it is a field of the view: `self.serializers`."""
        step = function.values[function.origin(value)]
        is_own = type(step) is f.Attr and function.origin(step.base) == 0 and function.cls is not None
        found = literals.member(self._program, view, step.name) if view and is_own and type(step) is f.Attr else None
        return found or (function, value)

    # --- direct ---

    def _direct(self) -> Iterator[Serving]:
        for made, rows in self._made():
            yield from self._serving(rows, made)

    def _made(self) -> Iterator[tuple[Class, Rows]]:
        """The serializers that are made for the rows of a query."""
        for made, function, step in self._of_many():
            query = self._program.queries.query(function, step.args[0])
            if query and query.table:
                yield made, Rows(function, step.line, step.args[0], query)

    def _of_many(self) -> Iterator[tuple[Class, Function, f.Call]]:
        """`OrderSerializer(orders, many=True)`, and `self.get_serializer(orders, many=True)` in an action of a view."""
        names = {cls.name for cls in self._program.calls.deriving(*SERIALIZERS)}
        for function, call in self._program.index.calls(*sorted(names), "get_serializer"):
            step = function.values[call]
            if type(step) is f.Call and step.args and literals.is_true(function, dict(step.keywords).get("many", -1)):
                made = self._program.target(function, call).made or self._of_action(function, step)
                if made:
                    yield made, function, step

    def _of_action(self, method: Function, step: f.Call) -> Class | None:
        """What `get_serializer` gives in a method of a view, if that is not decided when it runs."""
        view, outer = method.cls, method.parent
        if step.callee != "get_serializer" or view is None or outer is None or method.name == "list":
            return None
        decorators = (outer.values[d] for d in method.facts.decorators)
        given = (dict(d.keywords).get("serializer_class", -1) for d in decorators if type(d) is f.Call)
        own = next((found for value in given if value >= 0 for found in self._classes(outer, value)), None)
        if own or self._types.member(view, "get_serializer_class"):
            return own
        named = literals.member(self._program, view, "serializer_class")
        return next(self._classes(*named), None) if named else None


def _sides(function: Function, step: f.Conditional) -> tuple[int, ...]:
    """The sides of `A if self.action == "list" else B` that can be taken when rows are listed."""
    known = outcome(function, step.test)
    return (step.then, step.other) if known is None else (step.then,) if known else (step.other,)
