"""Schemas: handlers that answer with rows, which a library reads into schemas (FastAPI with pydantic, Django Ninja).

A field of the schema that is a relation of the row is read for each row while the response is made, after the handler
has returned. https://fastapi.tiangolo.com/tutorial/response-model/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.parts import Class, Function
from seatrial.program.serving.nouns import Rows
from seatrial.program.serving.origins import served
from seatrial.program.serving.paths import Landing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.serving.nouns import Need, Serving
    from seatrial.program.serving.paths import Paths
    from seatrial.program.type import Type

DEPTH = 3
"""How many schemas may stand inside each other."""
_ANSWERS = ("response_model", "response")
"""The arguments of a route that say what it answers with."""
_MADE = frozenset({"model_validate", "from_orm", "validate", "parse_obj"})
"""Methods of a schema that read a row."""
_LISTS = frozenset({"builtins.list", "builtins.set", "builtins.tuple", "builtins.generator"})

Answer = tuple[int, Class]
"""A value that holds rows, and the schema that each of them is read into."""


class Schemas:
    """Finds the rows that handlers answer with."""

    def __init__(self, program: Program, paths: Paths) -> None:
        self._program = program
        self._types = program.types
        self._paths = paths

    def servings(self) -> Iterator[Serving]:
        """All of them, in the order of the files."""
        for function in self._program.code:
            if function.facts.decorators and function.facts.kind == "function":
                yield from self._handler(function)
        for function, call in self._program.index.calls(*sorted(_MADE)):
            yield from self._in_loop(function, call)

    def needs(self, schema: Class, row: Class) -> Iterator[Need]:
        """What reading one row into a schema asks for."""
        yield from self._read(schema, Landing(row), 0)

    def _read(self, schema: Class, row: Landing, depth: int) -> Iterator[Need]:
        if depth > DEPTH or row.cls in self._types.mro(schema):
            return
        for owner in self._types.mro(schema):
            for at, step in enumerate(owner.body.values):
                if type(step) is f.Store and step.annotation >= 0:
                    found = annotated.read(self._types, owner.body, step.annotation)
                    here = owner.body.step(at, f"{schema.name} reads {step.name}")
                    landing = self._paths.follow(row, (step.name,), here)
                    resolver = self._types.member(schema, f"resolve_{step.name}")
                    if resolver and isinstance(resolver.entity, Function):  # Django Ninja asks it, and not the row
                        given = len(resolver.entity.facts.params) > 1 and resolver.entity.facts.params[0].name == "self"
                        yield from self._paths.run(resolver.entity, int(given), row, here)
                        continue
                    yield from landing.needs
                    nested = (found.element if found.name in _LISTS else found) if found else None
                    if landing.cls and nested and nested.cls:
                        yield from self._read(nested.cls, landing, depth + 1)

    # --- handlers ---

    def _handler(self, function: Function) -> Iterator[Serving]:
        answer = self._declared(function)
        if answer is None:
            return
        for step in function.values:
            if type(step) is f.Return and step.value >= 0:
                for value, schema in self._answers(function, step.value, answer):
                    yield from self._serving(function, step.line, value, schema)

    def _declared(self, function: Function) -> Type | None:
        """What a route says that it answers with; None if the function is no route, or does not say."""
        outer = function.parent
        for decorator in function.facts.decorators if outer else ():
            assert outer is not None
            step = outer.values[decorator]
            model = self._program.target(outer, decorator).model if type(step) is f.Call else None
            if type(step) is not f.Call or model is None or model.hook is None or model.hook.kind != "route":
                continue
            given = [value for name, value in step.keywords if name in _ANSWERS]
            said = next((t for value in given if (t := annotated.read(self._types, outer, value))), None)
            return said or annotated.read(self._types, outer, function.facts.returns)
        return None

    def _answers(self, function: Function, value: int, answer: Type) -> Iterator[Answer]:
        """The rows in what is returned: all of it, or a part of a page that is put together."""
        element = answer.element
        if answer.name in _LISTS:
            if element and element.cls:
                yield value, element.cls
            return
        step = function.values[function.origin(value)]
        if type(step) is f.Call and answer.cls and self._program.target(function, function.origin(value)).made:
            yield from self._parts(answer, step.keywords)
        elif type(step) is f.Call and element and element.cls:  # paginate(query)
            yield from ((given, element.cls) for given in (value, *step.args))

    def _parts(self, answer: Type, keywords: tuple[tuple[str, int], ...]) -> Iterator[Answer]:
        given = dict(keywords)
        for owner in self._types.mro(answer.cls) if answer.cls else ():
            for step in owner.body.values:
                if type(step) is f.Store and step.annotation >= 0 and step.name in given:
                    found = annotated.read(self._types, owner.body, step.annotation)
                    element = (found.element or answer.element) if found and found.name in _LISTS else None
                    if element and element.cls:
                        yield given[step.name], element.cls

    # --- loops ---

    def _in_loop(self, function: Function, call: int) -> Iterator[Serving]:
        """`[OrderOut.model_validate(order) for order in orders]`."""
        step = function.values[call]
        loop = self._program.loops.around(function, call)
        if type(step) is not f.Call or loop is None or not step.args or function.origin(step.args[0]) != loop.element:
            return
        base = self._program.target(function, call).receiver
        if base and base.cls:
            yield from self._serving(function, step.line, loop.facts.subject, base.cls)

    def _serving(self, function: Function, line: int, value: int, schema: Class) -> Iterator[Serving]:
        query = self._program.queries.query(function, value)
        row = self._program.schema.named(query.table) if query else None
        if query is None or row is None:
            return
        rows = Rows(function, line, value, query)
        yield from served(self._program, rows, self.needs(schema, row), f"{schema.name} reads")
