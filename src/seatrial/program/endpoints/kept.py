"""Kept tables: those that only administrators fill, so that they have few rows however many callers; and fed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.handed import ADMIN, administered, named_class, serialized
from seatrial.program.names import Variable
from seatrial.program.occasions import BY_HAND, Occasion

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.effects import Effect
    from seatrial.program.parts import Class, Function
    from seatrial.program.program import Program

_KEEPERS = BY_HAND - {Occasion.UNUSED} | {Occasion.ADMIN}
_SETTING_UP = frozenset({Occasion.ADMIN, Occasion.UPGRADE, Occasion.START})
_MODEL = "django.db.models.Model"
_CREATES = "rest_framework.CreateModelMixin"
_ADDS_NONE = frozenset(
    {"delete", "adelete", "update", "aupdate", "bulk_update", "abulk_update", "bulk_update_mappings"}
)
"""Writes after which there are no more rows than before."""


def read(program: Program) -> frozenset[str]:
    """The dotted names of the tables to which rows are added behind a guard for administrators, and nowhere else.

    Beside it, commands and scripts that somebody runs by hand may add rows; code that no endpoint is seen to lead to
    may be anybody's, so that a table that it fills is not told.
    """
    ways = [endpoint for endpoint in program.endpoints if endpoint.kind != "command"]
    kept = program.reached(way.handler for way in ways if way.is_for_admins)
    if not kept:
        return frozenset()
    open_to_others = program.reached(way.handler for way in ways if not way.is_for_admins)
    by_admins: set[str] = set()
    by_others: set[str] = set()
    for table, function in _additions(program):
        if function in open_to_others or not (function in kept or _is_by_hand(program, function)):
            by_others.add(table)
        elif function in kept:
            by_admins.add(table)
    return frozenset(by_admins - by_others)


def fed(program: Program, *, by_anybody: bool = False) -> frozenset[str]:
    """The dotted names of the tables that requests write to of people who are no administrators.

    `by_anybody`: of those who need no permission of their own for it either.
    """
    kinds = {"permission"} if by_anybody else set[str]()
    ways = (
        way
        for way in program.endpoints
        if kinds.isdisjoint(guard.kind for guard in way.guards) and not (by_anybody and way.is_named_for_admins)
    )
    served = program.reached(handler for way in ways for handler in (way.handler, *way.entries))
    writes = (effect for effect in program.effects.sources("db.write") if effect.what)
    waited = (one for one in writes if program.occasions.is_waited_for(one.function))
    return frozenset(one.what for one in waited if one.function in served)


def set_up(program: Program) -> frozenset[str]:
    """The dotted names of the tables that Django's admin has pages for, and to which nothing else is seen to add rows.

    Nothing: no code that runs when others ask, or by itself, no form, and no view that adds what it is sent. None where
    no table is seen to be filled in any such way: then it is not seen how.
    """
    if not program.fed_tables:
        return frozenset()
    admins = program.calls.deriving(ADMIN)
    rows = {row for cls in admins if (row := administered(program.types, cls)) and _is_plain(program, row)}
    added = {table for table, function in _additions(program) if not _is_set_up(program, function)}
    made = {one for one, function in _made(program, rows) if not _is_set_up(program, function)}
    return frozenset(row.dotted for row in rows - made - set(_entered(program)) if row.dotted not in added)


def _is_set_up(program: Program, function: Function) -> bool:
    found = program.occasions.of(function)
    return bool(found) and found <= _SETTING_UP


def _is_plain(program: Program, row: Class) -> bool:
    """No base of another library adds rows by itself, as those of sessions do."""
    return all(base == _MODEL for base in program.types.outer_bases(row))


def _made(program: Program, rows: set[Class]) -> Iterator[tuple[Class, Function]]:
    """The classes of rows that are made, and where: `Order(number=3)`."""
    for function, call in program.index.calls(*sorted({row.name for row in rows})):
        made = program.target(function, call).made
        if made in rows:
            yield made, function


def _entered(program: Program) -> Iterator[Class]:
    """The classes of rows that a form, or a view, makes of what it is sent."""
    types = program.types
    for cls in program.classes:
        if types.has_kind(types.instance(cls), "form") or types.class_derives(cls, _CREATES):
            yield from filter(None, (serialized(types, cls),))
        for name in ("model", "serializer_class"):
            given = types.member(cls, name) if cls.name != "Meta" and not types.class_derives(cls, ADMIN) else None
            named = named_class(types, given.entity) if given and isinstance(given.entity, Variable) else None
            if named and (name == "model" or types.class_derives(cls, _CREATES)):
                yield serialized(types, named) or named


def _is_by_hand(program: Program, function: Function) -> bool:
    found = program.occasions.of(function)
    return bool(found) and found <= _KEEPERS


def _additions(program: Program) -> Iterator[tuple[str, Function]]:
    for effect in program.effects.sources("db.write"):
        if effect.what and not _adds_none(effect):
            yield effect.what, effect.function


def _adds_none(effect: Effect) -> bool:
    step = effect.function.values[effect.value]
    return type(step) is f.Call and step.callee.rpartition(".")[2] in _ADDS_NONE
