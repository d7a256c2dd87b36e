"""Creations: rows that are created after a look whether they are there, for `lost-update`.

A constraint heals most of them: the second of two fails loudly, and works when it is done again. What is left matters
where a second row is a fault for good: the program promised that there is one, or asks for one and fails on two.
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Type, written
from seatrial.program.ancestry import made_of
from seatrial.program.chains import chain
from seatrial.program.handed import is_serializer, serialized
from seatrial.rules.concurrency._at_once import meets_itself
from seatrial.rules.contract import SLIGHT, Match

_LOOKS = frozenset({"first", "afirst", "last", "exists", "aexists", "one_or_none", "scalar_one_or_none"})
"""Calls that say by their truth that a row is there."""
_CREATING = frozenset({"create", "save"})
_IMPORTS = re.compile(r"(?i)(?:^|[/_])(?:import(?:s|er|ers)?|export_import|import_export|seeds?|seeding)(?:[/_.]|\Z)")
"""Places of what brings in another system's data: one run for one owner."""
CREATES = "create "
"""Begins the key of each."""
BEHIND = " there"
"""Ends the key of a creation that is done by another function, a repository's `create`."""
DECIDING = frozenset({"if", "else", "while", "except"})
"""Kinds of region that a look at a table can lead into; without one, no creation depends on it."""


def creations(program: Program, function: Function) -> Iterator[Match]:
    """The creations of a body (with a region of those that are `DECIDING`) that a look at the same table decides on.

    Not those that something protects.
    """
    if _catches(function, "IntegrityError"):
        return
    looks = not program.effects.has_none(function, "db.read")
    writes = not program.effects.has_none(function, "db.write")
    for call in function.calls if looks and writes else _creates(function):
        found = _found_or_created(program, function, call)
        if found >= 0:
            yield _unknown_creation(function, call, found)
        if found >= 0 or not looks:
            continue
        row = _created(program, function, call) if _may_write(program, function, call) else None
        check = _checked(program, function, call, row.name) if row else f.NONE
        if row and check >= 0 and not program.locks.is_locked(function, call, row.name):
            yield _creation(program, function, call, check, row)


def _may_write(program: Program, function: Function, call: int) -> bool:
    """The call writes, itself or by what it leads to, or a model says nothing of it (`save` of a serializer)."""
    step = function.values[call]
    return (
        (type(step) is f.Call and step.callee == "save")
        or any(e.value == call and e.kind == "db.write" for e in program.effects.local(function))
        or any(program.effects.of(other, "db.write") for other in program.target(function, call).functions)
    )


def _creates(function: Function) -> Iterator[int]:
    """The calls that may create a row though no model says so, by their names."""
    return (call for call in function.calls if function.values[call].callee in _CREATING)  # type: ignore[union-attr]  # they are calls


def _found_or_created(program: Program, function: Function, call: int) -> int:
    """The look-up whose variable also takes the row that this call creates, of a class not known here; or NONE.

    `row = self.find(data)`, then `if row is None: row = self.model.objects.create(…)`.
    """
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee != "create" or step.receiver < 0:
        return f.NONE
    manager = function.values[function.origin(step.receiver)]
    if type(manager) is not f.Attr or manager.name != "objects":
        return f.NONE
    names = _variables(function, call)
    for condition, _ in function.guards(call) if program.type_of(function, call) is None else ():
        for operand in (condition, *f.operands(function.values[condition])):
            looked = function.origin(operand)
            if type(function.values[looked]) is f.Call and names & _variables(function, looked):
                return looked
    return f.NONE


def _variables(function: Function, value: int) -> set[str]:
    users = (function.values[u] for u in function.users.get(value, ()))
    return {u.name for u in users if type(u) is f.Store}


_STORES = frozenset({f.StoreAttr})
_KEYS = frozenset({"pk", "id"})
_REFUSED = range(400, 500)
_TELLS = frozenset({"flash", "abort"})
_ONE = frozenset({"one_or_none", "scalar_one_or_none", "one", "scalar_one", "get_or_none"})
"""Calls that fail where there are two rows."""
_GETS = frozenset({"get", "aget"})
_FIRSTS = frozenset({"first", "afirst", "last", "alast"})


def _counts_on_more(program: Program, function: Function, call: int, check: int) -> bool:
    """Rows that were made twice do no harm: the look takes the first in an order, or asks for more than is created."""
    steps = [step for _, step in chain(function, check)]
    names = {step.callee.rpartition(".")[2].lstrip(":?") for step in steps}
    if names.isdisjoint({"exists", "aexists"}):
        return not names.isdisjoint(_FIRSTS) and "order_by" in names
    looked = {name.removesuffix("__iexact") for step in steps for name, _ in step.keywords}
    return not looked or not looked <= {*_columns(program, function, call), "**"}


def _unknown_creation(function: Function, call: int, found: int) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    name = written(function, step.receiver).removesuffix(".objects")
    return Match(
        message=f"{name} is created after a look whether it is there: of two at once, one fails or both create one",
        function=function,
        line=step.line,
        key=f"{CREATES}{name}",
        path=(function.step(found, "looks for it"), function.step(call, "creates it")),
        confidence=SLIGHT,
        weight=2.0,
    )


def _is_constructed(program: Program, function: Function, value: int) -> bool:
    """The row was made by its class alone, and is not stored yet."""
    origin = function.origin(value)
    return type(function.values[origin]) is f.Call and program.target(function, origin).made is not None


def _created(program: Program, function: Function, call: int) -> Type | None:
    """The class of the row that a call creates: itself, or in the one function that it leads to."""
    return _created_here(program, function, call) or _created_behind(program, function, call)


def _created_behind(program: Program, function: Function, call: int) -> Type | None:
    """The class of the row that a function of the program creates without a look of its own: a repository's `create`."""
    inner = _inner(program, function, call)
    if inner is None:
        return None
    other, value = inner
    row = _created_here(program, other, value)
    if row is None and _is_of_any_model(other, value):
        row = program.type_of(function, call)
    if row is None or not program.types.has_kind(row, "model"):
        return None
    return row if _checked(program, other, value, row.name) < 0 else None


def _inner(program: Program, function: Function, call: int) -> tuple[Function, int] | None:
    """Where the one function that a call leads to writes a row, and does not wait for it to be refused."""
    reached = program.target(function, call).functions
    effect = program.effects.of_call(function, call, "db.write") if len(reached) == 1 else None
    if effect is None or effect.depth != 1 or _catches(reached[0], "IntegrityError"):
        return None
    return effect.source.function, effect.source.value


def _is_of_any_model(function: Function, write: int) -> bool:
    """What is written was made as `self.model(**columns)`: a row of the class that the repository is for."""
    step = function.values[write]
    given = step.args[0] if type(step) is f.Call and step.args else f.NONE
    made = function.values[function.origin(given)] if given >= 0 else None
    return type(made) is f.Call and made.callee == "model"


def _created_here(program: Program, function: Function, call: int) -> Type | None:
    """The class of the row that a call creates: `create(…)`, or a new row that is saved, added or handed to who does."""
    step = function.values[call]
    assert type(step) is f.Call
    if step.callee.rpartition(".")[2] in {"create", "acreate"}:
        written_to = [e.what for e in program.effects.local(function) if e.value == call and e.kind == "db.write"]
        found = program.type_of(function, call)
        if found and found.name in written_to:
            return found
    if step.callee == "save" and step.receiver >= 0:
        found = _serialized(program, function, step.receiver)
        if found is not None:
            return found
    for given in (step.receiver, *step.args):
        if given >= 0 and _is_constructed(program, function, given):
            found = program.type_of(function, given)
            if found and program.types.has_kind(found, "model") and _is_stored(program, function, call, found.name):
                return found
    return None


def _serialized(program: Program, function: Function, value: int) -> Type | None:
    """The class of the row that a serializer creates when it is saved: it was given data, and no row to change."""
    made = function.values[function.origin(value)]
    found = program.type_of(function, value)
    if type(made) is not f.Call or made.args or any(name == "instance" for name, _ in made.keywords):
        return None
    if found is None or found.cls is None or not is_serializer(program.types, found.cls):
        return None
    model = serialized(program.types, found.cls)
    return program.types.instance(model) if model else None


def _is_stored(program: Program, function: Function, call: int, table: str) -> bool:
    local = any(e.value == call and e.kind == "db.write" for e in program.effects.local(function))
    reached = program.target(function, call).functions
    return local or any(table in program.effects.of(other, "db.write") for other in reached)


def _checked(program: Program, function: Function, call: int, table: str) -> int:
    """The reading of the same table that decides whether the row is created, or NONE."""
    for condition, outcome in function.guards(call):
        found = (
            f.NONE if _says_there(function, condition, holds=outcome) else _reads(program, function, condition, table)
        )
        if found >= 0:
            return found
    for region in function.enclosing(call):
        if region.kind == "except" and _is_absence(function, region.subject):
            return _tried(program, function, region, table)
    return f.NONE


def _says_there(function: Function, condition: int, *, holds: bool) -> bool:
    """The condition holds for a row that was found: what is created is another one (`if not original: return`)."""
    step = function.values[function.origin(condition)]
    if type(step) is f.Unary and step.op == "not":
        return _says_there(function, step.value, holds=not holds)
    if type(step) is f.Compare and step.op in {"is", "is not"}:
        other = function.values[function.origin(step.right)]
        return type(other) is f.Const and other.value is None and holds == (step.op == "is not")
    return type(step) is f.Call and holds and (step.callee in _LOOKS or step.callee.startswith("has_"))


def _reads(program: Program, function: Function, value: int, table: str) -> int:
    for current in made_of(function, value):
        if type(function.values[current]) is f.Call:
            effect = program.effects.of_call(function, current, "db.read")
            if effect and effect.what == table:
                return current
    return f.NONE


def _tried(program: Program, function: Function, handler: f.Region, table: str) -> int:
    before = [r for r in function.regions if r.kind == "try" and r.parent == handler.parent and r.end <= handler.start]
    for call in function.calls if before else ():
        if before[-1].start <= call < before[-1].end:
            effect = program.effects.of_call(function, call, "db.read")
            if effect and effect.what == table:
                return call
    return f.NONE


def _is_absence(function: Function, kind: int) -> bool:
    names = [kind, *f.operands(function.values[kind])] if kind >= 0 else []
    return any(written(function, n).endswith(("DoesNotExist", "NoResultFound")) for n in names)


def _catches(function: Function, name: str) -> bool:
    return any(
        written(function, n).endswith(name)
        for region in function.regions
        if region.kind == "except" and region.subject >= 0
        for n in (region.subject, *f.operands(function.values[region.subject]))
    )


def _columns(program: Program, function: Function, call: int) -> Iterator[str]:
    """The columns that the new row is given: by `create(…)`, by the constructor of what is stored, or after it was made."""
    inner = _inner(program, function, call)
    for body, at in ((function, call), *((inner,) if inner else ())):
        step = body.values[at]
        for value in (at, step.receiver, *step.args) if type(step) is f.Call else ():
            row = body.origin(value) if value >= 0 else f.NONE
            made = body.values[row] if row >= 0 else None
            if type(made) is f.Call:
                yield from (name for name, _ in made.keywords)
                stores = (body.values[one] for one in body.of(_STORES))
                yield from (s.name for s in stores if type(s) is f.StoreAttr and body.origin(s.base) == row)


def _is_unique(program: Program, function: Function, call: int, check: int, row: Type) -> bool:
    """No two rows may agree in what the new one is given, relations by the names of their columns as well."""
    known = program.schema.table(row.cls)
    names = {*_columns(program, function, call)}
    if names & _KEYS:
        return True
    if "**" in names:  # as the look asked for it
        names.update(name.removesuffix("__iexact") for _, step in chain(function, check) for name, _ in step.keywords)
    names.update(*({f"{name}_id", name.removesuffix("_id")} for name in tuple(names)))
    return bool(known and known.is_unique(frozenset(names)))


def _creation(program: Program, function: Function, call: int, check: int, row: Type) -> Match:
    step = function.values[call]
    assert type(step) is f.Call
    unique = _is_unique(program, function, call, check, row)
    short = row.name.rpartition(".")[2]
    what, end = "a look whether it is there", "two at once both create one"
    if unique:
        end = "the second of two at once fails with an unhandled IntegrityError"
    elif _counts(program, function, check):
        what, end = "a count of what is there", "two at once both stay below the limit"
    return Match(
        message=f"{short} is created after {what}: {end}",
        function=function,
        line=step.line,
        key=f"{CREATES}{short}" + (BEHIND if _inner(program, function, call) else ""),
        path=(function.step(check, f"looks for {short}"), function.step(call, f"creates {short}")),
        confidence=_confidence(program, function, call, check, unique=unique),
        weight=2.0 if unique else 3.0,
    )


def _confidence(program: Program, function: Function, call: int, check: int, *, unique: bool) -> float:
    if program.occasions.is_by_hand(function):
        return 0.55
    if unique or not meets_itself(program, function) or _counts_on_more(program, function, call, check):
        return SLIGHT
    if _catches(function, "MultipleObjectsReturned") or _is_made_of(program, function, call, check):
        return SLIGHT  # it is ready for doubles, or the new row follows on one that was found
    alone = _is_gathered(function, check) or _is_filling(function, call, check) or _IMPORTS.search(function.file.path)
    harms = (
        _refuses(function, call, check) or _asks_for_one(program, function, check) or _is_looked_at(program, function)
    )
    return 0.72 if harms and not alone else SLIGHT


def _is_made_of(program: Program, function: Function, call: int, check: int) -> bool:
    """The new row holds what the look has found: `Version(text=last.text, after=last)`."""
    step = function.values[call]
    given = [*step.args, step.receiver] if type(step) is f.Call else []
    made = [function.origin(v) for v in given if v >= 0 and _is_constructed(program, function, v)] or [call]
    return any(check in made_of(function, *f.operands(function.values[row])) for row in made)


def _is_looked_at(program: Program, function: Function) -> bool:
    """Whoever only looks makes the row: a page asks for what it shows several times at once."""
    ways = [way.methods for way in program.endpoints if function in {way.handler, *way.entries}]
    return bool(ways) and all(methods == ("GET",) for methods in ways)


def _refuses(function: Function, call: int, check: int) -> bool:
    """Whoever asks for a second one is turned away: the program promises that there is one."""
    asked = {condition for condition, _ in function.guards(call) if check in made_of(function, condition)}
    others = (r for r in function.regions if r.kind in {"if", "else"} and r.subject in asked)
    return any(not r.start <= call < r.end and _turns_away(function, r) for r in others)


def _turns_away(function: Function, region: f.Region) -> bool:
    steps = function.values[region.start : region.end]
    if any(type(step) is f.Raise for step in steps):
        return True
    return any(type(step) is f.Return for step in steps) and any(map(_says_no, steps))


def _says_no(step: f.AnyValue) -> bool:
    """`return error, 409`, `Response(status=status.HTTP_409_CONFLICT)`, `flash("taken")`."""
    if type(step) is f.Const:
        return type(step.value) is int and step.value in _REFUSED
    if type(step) is f.Call:
        return step.callee.endswith("messages.error") or step.callee.rpartition(".")[2] in _TELLS
    return (type(step) is f.Ref and "HTTP_4" in step.path) or (type(step) is f.Attr and step.name.startswith("HTTP_4"))


def _asks_for_one(program: Program, function: Function, check: int) -> bool:
    """The look takes one row and fails on two: after the second was created, it fails for ever."""
    effect = program.effects.of_call(function, check, "db.read")
    body, read = (effect.source.function, effect.source.value) if effect else (function, check)
    for call in body.calls:
        step = body.values[call]
        name = step.callee.rpartition(".")[2] if type(step) is f.Call else ""
        if name in _ONE and read in made_of(body, call):
            return True
    step = function.values[check]
    return (
        type(step) is f.Call
        and step.callee.rpartition(".")[2] in _GETS
        and any(r.kind == "except" for r in function.regions)
    )


def _is_filling(function: Function, call: int, check: int) -> bool:
    """Many rows are made where none was: what belongs to another row is filled in, which somebody does once."""
    return any(not region.start <= check < region.end for region in function.loops(call))


def _is_gathered(function: Function, check: int) -> bool:
    """All rows were read at once, to see which of many are missing: whoever brings two lists together works alone."""
    return any(
        r.kind == "comprehension" and function.origin(r.subject) == check for r in function.regions if r.subject >= 0
    )


def _counts(program: Program, function: Function, check: int) -> bool:
    """The look only counts rows: a limit is kept, not a name."""
    effect = program.effects.of_call(function, check, "db.read")
    step = effect.source.function.values[effect.source.value] if effect else None
    return type(step) is f.Call and step.callee.rpartition(".")[2] in {"count", "acount"}
