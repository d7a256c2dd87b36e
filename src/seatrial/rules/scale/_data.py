"""Data: which collections are as long as what lies outside of the program: a file, a table, an answer, a request."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Size, written
from seatrial.program.arguments import passed

DEPTH = 8
"""How many steps back a value is followed."""
CALLERS = 4
"""How many callers of a function are asked what they give to it."""
_NARROWS = frozenset(
    {
        "all",
        "filter",
        "exclude",
        "order_by",
        "distinct",
        "annotate",
        "select_related",
        "prefetch_related",
        "values_list",
    }
)
"""Methods of what an attribute of a row leads to, and of nothing else that has attributes."""
_TABLES = ("objects", "_manager", "queryset", "query")
"""How attributes are called that lead to a whole table."""
_CONFIGURES = re.compile(
    r"(?:Config|Configuration|Setting|Settings|Preference|Preferences|Type|Category|Status|Kind|Role|Group|Language|Country|Currency"
    r"|Plan|Level|Region|Locale|Label|Template|Attribute|Tier)$"
)
_READS = frozenset({"fs.read", "http", "network", "db.read", "db.execute"})
_PIECES = frozenset({"chunksize", "chunk_size", "batch_size"})
"""What makes each element a piece of many rows: `pandas.read_csv(path, chunksize=10_000)`."""
_OPEN = frozenset({"builtins.file", "csv.reader", "csv.DictReader"})


def is_set_up(table: str) -> bool:
    """The table has a row for each thing that somebody sets up, or each kind of thing, as its name says: few."""
    return _CONFIGURES.search(table) is not None


def is_data(program: Program, function: Function, value: int, depth: int = 0, *, local: bool = False) -> bool:
    """True when the collection that a value holds was read from outside, so that nothing in the program bounds it.

    `local`: in this very function, and by no other that is called or calls it.
    """
    if value < 0 or depth > DEPTH:
        return False
    value = function.origin(value)
    if is_of_one_row(program, function, value) or _are_pieces(function.values[value]):
        return False
    size = program.size(function, value)
    if size is not Size.UNKNOWN:
        return size is Size.ROWS
    found = program.type_of(function, value)
    if found is not None and found.name in _OPEN:
        return True
    step = function.values[value]
    if _reads(program, function, value, step):
        return True
    if type(step) is f.Param:
        given = () if local else _given(program, function, step.name)
        return any(is_data(program, caller, passed_on, depth + 2) for caller, passed_on in given)
    reached = program.target(function, value).functions[:CALLERS] if type(step) is f.Call else ()
    if reached:
        return not local and any(is_data(program, one, back, depth + 2) for one in reached for back in one.returns)
    return any(is_data(program, function, inner, depth + 1, local=local) for inner in _made_of(function, step))


def _are_pieces(step: f.AnyValue) -> bool:
    return type(step) is f.Call and not _PIECES.isdisjoint(name for name, _ in step.keywords)


def is_carried(function: Function, value: int) -> bool:
    """The variable holds what the round before has left in it."""
    step = function.values[value]
    return type(step) is f.Phi and len(step.options) > 1 and any(option > value for option in step.options)


def is_sent(program: Program, function: Function, value: int, depth: int = 0) -> bool:
    """A list that the caller sends along with other fields (`payload.lines`): seldom thousands, but as many as wanted.

    Or what is made of it, element by element, here or where it is passed on.
    """
    found, step = program.type_of(function, value), function.values[function.origin(value)]
    if type(step) is f.Collection and step.region >= 0 and depth < DEPTH:
        return is_sent(program, function, function.regions[step.region].subject, depth + 1)
    if type(step) is f.Param and not depth:
        given = _given(program, function, step.name)
        if any(at >= 0 and program.occasions.answers(one) and is_sent(program, one, at, 1) for one, at in given):
            return True
    owner = program.type_of(function, step.base) if type(step) is f.Attr else None
    return any(program.types.has_kind(one, "schema") for one in (owner, found.element if found else None))


def named(function: Function, value: int) -> str:
    """The variable that a collection is kept in, or else how it is written."""
    origin = function.origin(value)
    users = (function.values[user] for user in function.users.get(origin, ()))
    variable = next((step.name for step in users if type(step) is f.Store and step.value == origin), "")
    return variable or written(function, origin) or "a collection"


def is_of_one_row(program: Program, function: Function, value: int) -> bool:
    """What belongs to a single row (`order.lines.filter(…)`): seldom many, however long the table is."""
    step, last = function.values[function.origin(value)], ""
    for _ in range(DEPTH):
        if type(step) is not f.Call or step.receiver < 0:
            break
        last = step.callee
        step = function.values[function.origin(step.receiver)]
    if type(step) is not f.Attr or step.name.endswith(_TABLES):
        return False
    owner = program.type_of(function, step.base)
    if owner is None:
        return last in _NARROWS
    if last in _NARROWS and not owner.meta and program.types.has_kind(owner, "model"):
        return True
    table = program.schema.table(owner.cls) if owner.cls and not last else None
    return program.schema.relation(owner.cls, step.name) is not None or (
        table is not None and step.name in table.columns  # a list that one column holds
    )


def _given(program: Program, function: Function, name: str) -> Iterator[tuple[Function, int]]:
    """What callers pass to a parameter."""
    for caller, call in program.calls.callers(function)[:CALLERS]:
        step = caller.values[call]
        if type(step) is f.Call and caller is not function:
            yield caller, passed(step, function, name)


def _reads(program: Program, function: Function, value: int, step: f.AnyValue) -> bool:
    """The value comes from a file, another machine or the caller: `json.load(file)`, `request.body`."""
    if type(step) is f.Call:
        model = program.model(function, value)
        return model is not None and (not _READS.isdisjoint(model.effects) or model.source == "remote")
    if type(step) is f.Attr:
        owner = program.type_of(function, step.base)
        held = program.models.attribute(owner.name, step.name) if owner else None
        return held is not None and held.source == "remote"
    held = program.models.value(step.path) if type(step) is f.Ref else None
    return held is not None and held.source == "remote"


def is_chosen_outside(program: Program, function: Function, value: int) -> bool:
    """The value itself is part of a request: `request.GET`, `flask.request.args`."""
    step = function.values[function.origin(value)]
    if type(step) is f.Call:
        model = program.model(function, function.origin(value))
        return model is not None and model.source == "remote"
    return _reads(program, function, value, step)


def _made_of(function: Function, step: f.AnyValue) -> tuple[int, ...]:
    """The values that a value is as long as."""
    if type(step) is f.Call:
        return (step.receiver, *step.args[:1])
    if type(step) is f.Attr or type(step) is f.Index:
        return (step.base,)
    if type(step) is f.Collection and step.region >= 0:
        return (function.regions[step.region].subject,)
    return step.options if type(step) is f.Phi else ()
