"""Kept tables: those that only administrators fill, so that they have few rows however many callers; and fed ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.handed import ADMIN, administered, named_class, serialized
from seatrial.program.names import Variable
from seatrial.program.occasions import BY_HAND, Occasion
from seatrial.program.parts import Class
from seatrial.program.serving import literals
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.effects import Effect
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

_KEEPERS = BY_HAND - {Occasion.UNUSED} | {Occasion.ADMIN}
_SETTING_UP = frozenset({Occasion.ADMIN, Occasion.UPGRADE, Occasion.START})
_PLAIN = frozenset({"django.db.models.Model", "builtins.object"})
_CREATES = "rest_framework.CreateModelMixin"
_ADDS_NONE = frozenset(
    {"delete", "adelete", "update", "aupdate", "bulk_update", "abulk_update", "bulk_update_mappings"}
)
"""Writes after which there are no more rows than before."""
_OF_ROWS = frozenset({"save", "asave", "add", "aadd", "set", "aset", "remove", "aremove", "clear", "aclear"})
"""Writes of rows that are there already: those that are made beforehand are told by where they are made."""


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
    added = {
        effect.what
        for effect in program.effects.sources("db.write")
        if not (_adds_none(effect, _ADDS_NONE | _OF_ROWS) or _is_set_up(program, effect.function, effect.value))
    }
    made = {one for one, function, call in _made(program, rows) if not _is_set_up(program, function, call)}
    joins = set(_between(program))
    known = rows - made - set(_entered(program))
    return frozenset(row.dotted for row in known if row.dotted not in added and row.name not in joins)


def _is_set_up(program: Program, function: Function, value: int) -> bool:
    """Only administrators and starts lead there; or a command too, which adds no row for each of many elements."""
    found = program.occasions.of(function)
    if found and found - _SETTING_UP == {Occasion.COMMAND}:
        alone = not any(caller.is_callable for caller, _ in program.calls.callers(function))
        return alone and program.loops.around(function, value) is None
    return bool(found) and found <= _SETTING_UP


def _is_plain(program: Program, row: Class) -> bool:
    """No base of another library adds rows by itself, as those of sessions do; and it is not another's table."""
    return _PLAIN.issuperset(program.types.outer_bases(row)) and not _is_proxy(program, row)


def _is_proxy(program: Program, row: Class) -> bool:
    meta = program.types.member(row, "Meta")
    said = literals.member(program, meta.entity, "proxy") if meta and isinstance(meta.entity, Class) else None
    return said is not None and literals.is_true(*said)


def _between(program: Program) -> Iterator[str]:
    """The last names of the tables that say which rows belong together: `ManyToManyField(Tag, through="Tagged")`."""
    for body, call in program.index.calls("ManyToManyField"):
        step = body.values[call]
        given = dict(step.keywords).get("through", f.NONE) if type(step) is f.Call else f.NONE
        if given >= 0:
            yield (literals.text(body, given) or written(body, given)).rpartition(".")[2]


def _made(program: Program, rows: set[Class]) -> Iterator[tuple[Class, Function, int]]:
    """The classes of rows that are made, and where: `Order(number=3)`, and `cls(number=3)` in a method of its own."""
    for function, call in program.index.calls(*sorted({row.name for row in rows})):
        made = program.target(function, call).made
        if made in rows:
            yield made, function, call
    for row in rows:
        for method in row.methods.values():
            yield from ((row, method, call) for call in method.calls if _is_of_own(method, call))


def _is_of_own(method: Function, call: int) -> bool:
    step = method.values[call]
    return type(step) is f.Call and not step.callee and method.origin(step.receiver) == 0


def _entered(program: Program) -> Iterator[Class]:
    """The classes of rows that a form, or a view, makes of what it is sent."""
    types = program.types
    ours = set(_forms_of_admins(program))
    for cls in program.classes:
        if cls in ours or cls.file.is_test:
            continue
        if types.has_kind(types.instance(cls), "form") or types.class_derives(cls, _CREATES):
            yield from filter(None, (serialized(types, cls),))
        for name in ("model", "serializer_class"):
            given = types.member(cls, name) if cls.name != "Meta" and not types.class_derives(cls, ADMIN) else None
            named = named_class(types, given.entity) if given and isinstance(given.entity, Variable) else None
            if named and (name == "model" or types.class_derives(cls, _CREATES)):
                yield serialized(types, named) or named


def _forms_of_admins(program: Program) -> Iterator[Class]:
    """The forms by which pages of the admin are filled in, and which their own file alone names: `form = OrderForm`."""
    for admin in program.calls.deriving(ADMIN):
        named = program.types.member(admin, "form")
        form = named_class(program.types, named.entity) if named and isinstance(named.entity, Variable) else None
        if form is not None and form.file is admin.file:
            yield form


def _is_by_hand(program: Program, function: Function) -> bool:
    found = program.occasions.of(function)
    return bool(found) and found <= _KEEPERS


def _additions(program: Program) -> Iterator[tuple[str, Function]]:
    for effect in program.effects.sources("db.write"):
        if effect.what and not _adds_none(effect, _ADDS_NONE):
            yield effect.what, effect.function


def _adds_none(effect: Effect, writes: frozenset[str]) -> bool:
    step = effect.function.values[effect.value]
    return type(step) is f.Call and step.callee.rpartition(".")[2] in writes
