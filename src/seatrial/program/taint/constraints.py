"""Constraints: what a declaration demands of a value: a pattern, a validator (`Annotated[str, AfterValidator(f)]`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.names import Variable
from seatrial.program.taint import patterns
from seatrial.program.taint.shapes import text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Class, Function
    from seatrial.program.program import Program

DEPTH = 6
"""How deep an annotation is read, aliases included."""

_VALIDATORS = frozenset({"AfterValidator", "BeforeValidator", "PlainValidator", "WrapValidator", "Predicate"})
_CLOSED = re.compile(r"(?:Integer|Float|Decimal|Boolean|Choice|UUID|Slug|Date|DateTime|Time)Field$")
"""Kinds of field of a form that take no text of the visitor's choice."""
_PATTERNS = frozenset({"pattern", "regex"})


class Constraints:
    """Answers whether what is declared of a value keeps attacks out."""

    def __init__(self, program: Program) -> None:
        self._program = program

    def bind(self, outer: Function | None, values: Iterable[int], danger: Danger) -> bool:
        """True when an annotation or default (ids in `outer`) lets no attack of this danger pass, or validates it."""
        if outer is None:
            return False
        calls = [call for value in values for call in self._calls(outer, value, 0)]
        return any(self._keeps_out(body, call, danger) for body, call in calls)

    def of_field(self, cls: Class, name: str, danger: Danger) -> bool:
        """As `bind`, for a field of a class that checks its input."""
        for owner in self._program.types.mro(cls):
            for step in owner.body.values:
                if type(step) is f.Store and step.name == name:
                    return self.bind(owner.body, (step.annotation, step.value), danger)
        return False

    def may_refuse(self, cls: Class, name: str) -> bool:
        """True when the class has a validator for the field that raises on some values."""
        for owner in self._program.types.mro(cls):
            for method in owner.methods.values():
                if any(self._validates(owner, decorator, name) for decorator in method.facts.decorators):
                    return any(type(step) is f.Raise for step in method.values)
        return False

    def _validates(self, owner: Class, decorator: int, name: str) -> bool:
        body = owner.body
        call = body.values[decorator]
        if type(call) is not f.Call:
            return False
        model = self._program.model(body, decorator)
        is_validator = model is not None and model.hook is not None and model.hook.kind == "validator"
        return is_validator and any(text(self._program, body, a) in {name, "*"} for a in call.args)

    def _calls(self, body: Function, value: int, depth: int) -> Iterator[tuple[Function, f.Call]]:
        """The calls inside an annotation or default."""
        if value < 0 or depth > DEPTH:
            return
        step = body.values[value]
        if type(step) is f.Call:
            yield body, step
        elif type(step) is f.Ref:
            entity = self._program.names.resolve(body.file, step.path).entity
            if isinstance(entity, Variable) and (entity.function, entity.value) != (body, value):
                yield from self._calls(entity.function, entity.value, depth + 1)
        elif type(step) in {f.Index, f.Collection, f.Binary, f.Store}:
            for operand in f.operands(step):
                yield from self._calls(body, operand, depth + 1)

    def _keeps_out(self, body: Function, call: f.Call, danger: Danger) -> bool:
        name = call.callee.rpartition(".")[2]
        if name in _VALIDATORS or _CLOSED.search(name):
            return True
        written = [text(self._program, body, value) for name, value in call.keywords if name in _PATTERNS]
        if name == "RegexField":  # whatever it is: a pattern that is worked out keeps out what it must
            written += [text(self._program, body, value) for value in call.args[:1]]
            return None in written or any(patterns.refuses(str(one), danger, "search") for one in written)
        return any(pattern is not None and patterns.refuses(pattern, danger, "search") for pattern in written)
