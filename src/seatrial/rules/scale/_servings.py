"""Servings: what is told of a query whose rows a library shows one by one, so that no loop is seen."""

from collections.abc import Sequence

from msgspec.structs import replace

from seatrial.program import Function, Program, Serving, listed, written
from seatrial.program.handed import ADMIN, is_serializer
from seatrial.program.serving import Need
from seatrial.rules.contract import Match
from seatrial.rules.scale._brought import BROUGHT, comes_along
from seatrial.rules.scale._data import is_of_one_row, is_set_up
from seatrial.rules.scale._fewness import FEW, KEPT, MUCH, NARROWED, fewer, is_narrowed
from seatrial.rules.scale._parts import are_of_address, are_pointed_to
from seatrial.rules.scale._rounds import is_instead, options

LIKELY = 0.84
"""At most, where a filter may leave few rows, or nothing is seen to ask for them again and again."""


def unmet(program: Program, serving: Serving) -> Serving:
    """With those needs alone that neither the query meets nor who gives the row that the rows belong to."""
    needs = (need for need in serving.unmet if _comes_along(program, serving, need) is not True)
    return replace(serving, needs=tuple(needs))


def _comes_along(program: Program, serving: Serving, need: Need) -> bool | None:
    value = serving.rows.value
    return comes_along(program, serving.function, value, need.chain) if value >= 0 and need.chain else False


def _belong_to_one(program: Program, serving: Serving) -> bool:
    """Those of a single row are shown beside others, here or by a function that gives them: `self.order.lines.all()`.

    Not so what is there to list them; and what a user has is as much as the user likes.
    """
    if not serving.by.endswith("shows") and not (serving.by.endswith("writes") and _is_part(program, serving.function)):
        return False
    given = _given(serving)
    ways = ((function, way) for function, value in given for way in (value, *options(function, value)))
    return any(
        is_of_one_row(program, function, way) and "user." not in written(function, way) for function, way in ways
    )


def _is_part(program: Program, function: Function) -> bool:
    """The function makes a part of an answer about a single row: it is no way in, and no row of a list asks for it."""
    is_method = function.cls is not None and is_serializer(program.types, function.cls)
    return not program.arrivals.is_for_each(function) and (is_method or not program.occasions.answers(function))


def _given(serving: Serving) -> list[tuple[Function, int]]:
    """Where the query is given, and what the functions return that it came through."""
    returned = ((source, value) for source, _ in serving.origins for value in source.returns)
    return [way for way in ((serving.function, serving.rows.value), *returned) if way[1] >= 0]


def _is_for_admins(program: Program, serving: Serving) -> bool:
    cls = serving.function.cls
    return cls is not None and program.types.class_derives(cls, ADMIN)


def shown(program: Program, servings: Sequence[Serving]) -> Match:
    """Of a query that is shown in several ways, the way that is known best; what else it is asked for is told too."""
    serving = max(servings, key=lambda serving: (serving.query.whole, -serving.line))
    needs = [need for one in (serving, *(s for s in servings if s.line != serving.line)) for need in one.unmet]
    first = min(serving.unmet, key=lambda need: (not need.chain, len(need.path)))
    few = serving.query.few or is_instead(serving.function, serving.rows.value)
    confidence = 0.85 if serving.query.whole and not few else 0.6
    if not few and _belong_to_one(program, serving):
        confidence -= NARROWED if len(serving.unmet) >= MUCH else FEW
    confidence -= min(0.03 * (len(first.path) - 1), 0.15)
    if _comes_along(program, serving, first) is None:
        confidence -= BROUGHT
    narrowed = [way for way in _given(serving) if is_narrowed(program, *way, serving.query.table)]
    if narrowed:
        confidence -= max(fewer(*way, asked=len(serving.unmet)) for way in narrowed)
    elif are_of_address(program, serving.function.cls) or any(are_pointed_to(*way) for way in _given(serving)):
        confidence -= NARROWED if len(serving.unmet) >= MUCH else FEW
    by_admins = _is_for_admins(program, serving)
    if is_set_up(serving.query.table) or (by_admins and serving.query.table in program.set_up_tables):
        confidence -= KEPT
    if serving.query.filtered or by_admins:
        confidence = min(confidence, LIKELY)
    return Match(
        message=f"{listed(list(dict.fromkeys(need.what for need in needs)))} queried for each row that {serving.by}",
        function=serving.function,
        line=serving.line,
        key=f"{first.what} that {serving.by}",
        path=(*(step for _, step in serving.origins), *first.path),
        confidence=confidence,
        weight=3.0,
        also=tuple(
            dict.fromkeys((*(source for source, _ in serving.origins), *(one for need in needs for one in need.also)))
        ),
    )
