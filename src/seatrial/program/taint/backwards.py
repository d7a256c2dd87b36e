"""One step back: which values flow into a value, by its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

from seatrial.model import facts as f
from seatrial.program.names import External, Variable
from seatrial.program.parts import Function
from seatrial.program.taint import containers, patterns
from seatrial.program.taint.calling import Calling
from seatrial.program.taint.fields import Fields
from seatrial.program.taint.harmless import Harmless
from seatrial.program.taint.nouns import EVERY, Edge, Key, Origin, Spot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from seatrial.libraries.form import Danger
    from seatrial.program.program import Program
    from seatrial.program.taint.entries import Entries

Found: TypeAlias = "Edge | Origin"

_CARRYING = frozenset({"+", "%", "/", "|", "or", "and", "*"})
"""Operators whose result holds its operands' text; on numbers they are met too, and their types say so."""

_BARE_NAMES = ("name", "stem", "suffix")
"""Attributes of a path that hold no separator."""


class Backwards:
    """Walks values backwards for one danger. Answers are computed anew: `search` remembers where it has been."""

    def __init__(self, program: Program, danger: Danger, entries: Entries) -> None:
        self.program = program
        self.danger = danger
        self.entries = entries
        self.harmless = Harmless(program, danger)
        self._calls = Calling(program, self.harmless, entries, danger)
        self._fields = Fields(program)

    def into(self, spot: Spot) -> Iterator[Found]:
        """What flows into a spot: edges to earlier spots, or origins. Nothing, when the value is harmless."""
        step = spot.function.values[spot.value]
        rule = _TABLE.get(type(step))
        if rule is None:
            return
        yield from rule(self, spot, step)
        if type(step) in containers.MUTABLE:
            yield from containers.filled(self.program, spot)

    # --- helpers ---

    def edge(self, spot: Spot, value: int, note: str = "", pick: tuple[Key, ...] = ()) -> Edge:
        """An edge inside the same body."""
        return Edge(Spot(spot.function, value, spot.context, pick), spot.value, note)

    # --- by kind ---

    def _param(self, spot: Spot, step: f.Param) -> Iterator[Found]:
        yield from self._calls.parameter(spot, step)

    def _ref(self, spot: Spot, step: f.Ref) -> Iterator[Found]:
        yield from self.named(spot, step.path)

    def named(self, spot: Spot, path: str) -> Iterator[Found]:
        """What flows into a name that leads out of the body."""
        named = self.program.names.resolve(spot.function.file, path)
        if isinstance(named.entity, External):
            kind = self.entries.external(named.entity.name)
            if kind or self.program.models.value(named.entity.name) is None:
                yield Origin(kind or "unknown", named.entity.name, spot.pick)
        elif isinstance(named.entity, Variable):
            yield from self._fields.variable(spot, named.entity, named.rest)

    def _free(self, spot: Spot, step: f.Free) -> Iterator[Found]:
        outer = spot.function.parent
        while outer is not None:
            if step.name in outer.facts.names and outer.facts.kind != "class":
                value = outer.facts.names[step.name]
                yield Edge(Spot(outer, value, (), spot.pick), value)
                return
            outer = outer.parent

    def _template(self, spot: Spot, step: f.Template) -> Iterator[Found]:
        for part in step.parts:
            yield self.edge(spot, part, "put into text")

    def _attr(self, spot: Spot, step: f.Attr) -> Iterator[Found]:
        kind = self.entries.attribute(spot.function, step)
        if kind:
            yield Origin(kind, step.name, spot.pick)
        elif self.harmless.value(spot.function, spot.value) or self._is_bare_name(spot.function, step):
            return
        else:
            yield from self._fields.attribute(spot, step)

    def _is_bare_name(self, function: Function, step: f.Attr) -> bool:
        found = self.program.type_of(function, step.base) if self.danger == "path" and step.name in _BARE_NAMES else None
        return self.program.types.derives(found, "pathlib.PurePath")

    def _index(self, spot: Spot, step: f.Index) -> Iterator[Found]:
        key = spot.function.values[step.key]
        if self.danger == "path" and containers.is_bare_part(spot.function, step.base, key):
            return
        pick = (key.value,) if type(key) is f.Const and isinstance(key.value, str | int) else ()
        yield self.edge(spot, step.base, pick=(*pick, *spot.pick) if pick else ())

    def _call(self, spot: Spot, step: f.Call) -> Iterator[Found]:
        yield from self._calls.result(spot, step)
        if step.receiver < 0 and self._calls.carries_receiver(spot):
            owner, _, _ = step.callee.rpartition(".")
            if owner:
                yield from self.named(spot._replace(pick=self._calls.pick(spot, step)), owner)

    def _binary(self, spot: Spot, step: f.Binary) -> Iterator[Found]:
        if step.op not in _CARRYING:
            return
        if step.op == "%":
            yield from self._format(spot, step)
            return
        note = "put into text" if step.op == "+" else ""
        given = (step.left, step.op == "and") if step.op in {"and", "or"} else None
        if step.op != "and":
            yield self.edge(spot, step.left, note)
        yield self.edge(spot, step.right, note)._replace(given=given)

    def _format(self, spot: Spot, step: f.Binary) -> Iterator[Found]:
        values = spot.function.values
        yield self.edge(spot, step.left, "put into text")
        form = values[spot.function.origin(step.left)]
        places = patterns.text_places(str(form.value)) if type(form) is f.Const else None
        right = values[spot.function.origin(step.right)]
        if places is None or type(right) is not f.Collection:
            if places is None or places[0]:
                yield self.edge(spot, step.right, "put into text")
            return
        _, by_name, by_position = places
        for value, takes_text in _placed(spot.function, right, by_name, by_position):
            if takes_text:
                yield self.edge(spot, value, "put into text")

    def _collection(self, spot: Spot, step: f.Collection) -> Iterator[Found]:
        for value, pick in containers.items(spot.function, step, spot.pick):
            yield self.edge(spot, value, pick=pick)

    def _conditional(self, spot: Spot, step: f.Conditional) -> Iterator[Found]:
        yield self.edge(spot, step.then, pick=spot.pick)._replace(given=(step.test, True))
        yield self.edge(spot, step.other, pick=spot.pick)._replace(given=(step.test, False))

    def _element(self, spot: Spot, step: f.Element) -> Iterator[Found]:
        yield self.edge(spot, step.of, pick=(EVERY, *spot.pick) if spot.pick else ())

    def _part(self, spot: Spot, step: f.Part) -> Iterator[Found]:
        if self.harmless.value(spot.function, spot.value):
            return
        key = f.Const(step.line, step.index, "int")
        if self.danger == "path" and containers.is_bare_part(spot.function, step.of, key):
            return
        yield self.edge(spot, step.of, pick=(step.index, *spot.pick) if step.index >= 0 else ())

    def _phi(self, spot: Spot, step: f.Phi) -> Iterator[Found]:
        for option, user, given in arms(spot.function, spot.value, step):
            yield Edge(Spot(spot.function, option, spot.context, spot.pick), user, given=given)

    def _same(self, spot: Spot, step: f.Await | f.Spread | f.Yield | f.Store) -> Iterator[Found]:
        if step.value >= 0:
            yield self.edge(spot, step.value, pick=spot.pick)

    def _enter(self, spot: Spot, step: f.Enter) -> Iterator[Found]:
        yield self.edge(spot, step.manager, pick=spot.pick)

    def _other(self, spot: Spot, step: f.Other) -> Iterator[Found]:
        for value in step.operands:
            yield self.edge(spot, value)


def arms(function: Function, value: int, phi: f.Phi) -> Iterator[tuple[int, int, tuple[int, bool] | None]]:
    """The options of a `Phi`, each with the place where its way ends and the condition known on that way, if one is."""
    merged = _merged(function, value) if len(phi.options) == len(("then", "other")) else None
    if merged is None:
        for option in phi.options:
            yield option, value, None
        return
    then, other = merged
    yield phi.options[0], then.end - 1, (then.subject, True)
    yield phi.options[1], value if other is None else other.end - 1, (then.subject, False)


def _merged(function: Function, value: int) -> tuple[f.Region, f.Region | None] | None:
    """The branch (and its `else`) that ends right before a `Phi`."""
    parent, last = function.region_of[value], None
    for region in function.regions:
        if region.start > value:
            break
        if region.parent == parent and region.end <= value:
            if last is not None and region.kind == "else" and last[0].end == region.start:
                last = (last[0], region)
            else:
                last = (region, None)
    if last is None or last[0].kind != "if" or last[0].subject < 0:
        return None
    end = (last[1] or last[0]).end
    return last if all(type(v) is f.Phi for v in function.values[end:value]) else None


def _placed(
    function: Function, right: f.Collection, by_name: Mapping[str, bool], by_position: list[bool]
) -> Iterator[tuple[int, bool]]:
    if right.kind != "dict":
        for i, value in enumerate(right.items):
            yield value, by_position[i] if i < len(by_position) else True
        return
    for name, value in zip(right.items[::2], right.items[1::2], strict=False):
        key = function.values[name]
        yield value, by_name.get(str(key.value), True) if type(key) is f.Const else True


_TABLE: Mapping[type, Callable[[Backwards, Spot, Any], Iterator[Found]]] = {
    f.Param: Backwards._param, f.Ref: Backwards._ref, f.Free: Backwards._free, f.Template: Backwards._template,
    f.Attr: Backwards._attr, f.Index: Backwards._index, f.Call: Backwards._call, f.Binary: Backwards._binary,
    f.Collection: Backwards._collection, f.Conditional: Backwards._conditional, f.Element: Backwards._element,
    f.Part: Backwards._part, f.Phi: Backwards._phi, f.Await: Backwards._same, f.Spread: Backwards._same,
    f.Yield: Backwards._same, f.Store: Backwards._same, f.Enter: Backwards._enter, f.Other: Backwards._other,
}  # fmt: skip
