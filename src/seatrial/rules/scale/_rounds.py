"""Rounds: what tells that a loop goes few rounds, or that each of them is work of its own."""

from seatrial.model import facts as f
from seatrial.program import Effect, Function, Loop, Program, Size, written
from seatrial.program.chains import chain
from seatrial.rules.scale._data import is_data, is_of_one_row, is_sent

_KEEP = frozenset({"!list", "!set", "!sorted", "!enumerate", "!tuple", "!reversed", "!frozenset"})
_DEFINES = ("Create", "Drop")
"""Beginnings of the names of statements that make or remove a table: `DropTable(table)`."""
_PIECES = frozenset({"page", "get_page"})
"""Methods that give many rows at once: a loop over pages is no loop over rows."""
_SESSIONS = ("sqlalchemy", "sqlmodel", "flask_sqlalchemy")
"""Libraries whose sessions keep each row that they have read, and give it by its key."""
_TRIMS = frozenset({"strip", "rstrip", "lstrip", "format", "lower", "upper"})
_NAMES = frozenset({f.Call, f.Attr})
_PUTS = frozenset({"add", "merge"})
_BROAD = frozenset({"!Exception", "!BaseException"})


def is_of_one(program: Program, loop: Loop) -> bool:
    """It goes over what belongs to a single row: `for line in order.lines.all()`, or over several such, one by one."""
    function, rows = loop.function, kept(loop.function, loop.facts.subject)
    step = function.values[rows]
    together = step.args if type(step) is f.Call and step.callee == "itertools.chain" else (rows,)
    if type(step) is f.Phi:  # or those few that are written out
        together = tuple(kept(function, one) for one in step.options if not _is_written_out(function, one))
    return bool(together) and all(is_of_one_row(program, function, kept(function, one)) for one in together)


def _is_written_out(function: Function, value: int) -> bool:
    step = function.values[kept(function, value)]
    return type(step) is f.Collection and step.region < 0 and not any(item < 0 for item in step.items)


def kept(function: Function, value: int) -> int:
    """The collection, without what only puts it in order."""
    value = function.origin(value)
    while True:
        step = function.values[value]
        if type(step) is f.Call and step.callee in _KEEP and step.args:
            value = function.origin(step.args[0])
        elif type(step) is f.Binary and step.op == "-":
            value = function.origin(step.left)
        else:
            return value


def outlives_failures(loop: Loop) -> bool:
    """A round that fails is told and the next one begins: each element is a job of its own."""
    inside = [r for r in loop.function.regions if loop.facts.start <= r.start and r.end <= loop.facts.end]
    return any(_is_broad(loop.function, r) and not _raises(loop.function, r) for r in inside if r.kind == "except")


def _is_broad(function: Function, region: f.Region) -> bool:
    kind = function.values[function.origin(region.subject)] if region.subject >= 0 else None
    return kind is None or (type(kind) is f.Ref and kind.path in _BROAD)


def _raises(function: Function, region: f.Region) -> bool:
    return any(type(step) in {f.Raise, f.Return} for step in function.values[region.start : region.end])


def keeps(program: Program, loop: Loop) -> bool:
    """Each round gives a row to the session: it is looked up to be changed, or made where it is missing."""
    function = loop.function
    inside = (call for call in function.calls if loop.facts.start <= call < loop.facts.end)
    return any(_is_put(program, function, call) for call in inside)


def _is_put(program: Program, function: Function, call: int) -> bool:
    step = function.values[call]
    if type(step) is not f.Call or step.callee.rpartition(".")[2] not in _PUTS:
        return False
    owner = written(function, step.receiver) if step.receiver >= 0 else step.callee.rpartition(".")[0]
    return owner.endswith("session") or program.types.has_kind(program.target(function, call).receiver, "session")


def is_typed(loop: Loop) -> bool:
    """What somebody has typed, parted at its commas."""
    function, pending = loop.function, [loop.facts.subject]
    while pending:
        step = function.values[function.origin(pending.pop())]
        if type(step) is f.Call and step.callee == "split" and step.args:
            mark = function.values[function.origin(step.args[0])]
            return type(mark) is f.Const and mark.value == ","
        if type(step) is f.Call and step.receiver < 0:
            pending += step.args[-1:]
        if type(step) is f.Collection and step.region >= 0:
            pending.append(function.regions[step.region].subject)
    return False


def are_different(function: Function, value: int) -> bool:
    """Each key that the rows have is taken once, so that it is asked for once: `{line.order_id for line in lines}`.

    Or by the query: `lines.values_list("order", flat=True).distinct()`, `set(lines.values_list("order", flat=True))`.
    """
    given = function.values[function.origin(value)]
    step = function.values[kept(function, value)]
    if type(step) is f.Collection:
        return step.kind == "set" and step.region >= 0
    names = [call.callee.rpartition(".")[2] for _, call in chain(function, kept(function, value))]
    once = "distinct" in names or (type(given) is f.Call and given.callee in {"!set", "!frozenset"})
    return once and "values_list" in names


def are_given(function: Function, value: int) -> bool:
    """Rows that were made here, with all that they point to: `bulk_create(rows)` gives them back."""
    step = function.values[kept(function, value)]
    return type(step) is f.Call and step.callee.rpartition(".")[2] in {"bulk_create", "abulk_create"}


def is_loaded(program: Program, loop: Loop, chain: tuple[str, ...]) -> bool:
    """The rows come with what the chain leads to, on one of the ways at least: who wrote it has thought of it."""
    function, subject = loop.function, loop.facts.subject
    queries = (program.queries.query(function, value) for value in (subject, *options(function, subject)))
    return any(query is not None and query.loads(*chain) for query in queries)


def is_read(program: Program, function: Function, value: int) -> bool:
    """A query gives the rows, here or in a function that is called: else somebody has picked them and listed them."""
    rows = kept(function, value)
    step = function.values[rows]
    if type(step) is f.Collection and step.region >= 0:
        return is_read(program, function, function.regions[step.region].subject)
    if any(program.queries.query(function, way) for way in (value, rows, *options(function, value))):
        return True
    reached = program.target(function, rows).functions if type(step) is f.Call else ()
    return any(program.queries.query(one, back) for one in reached for back in one.returns)


def are_many(program: Program, function: Function, value: int, *, local: bool = False) -> bool:
    """Somebody outside says how many elements there are: who sends them, or what was read.

    `local`: in this very function; what it is given was chosen outside only if requests are handed to it.
    """
    if is_sent(program, function, value):
        return True
    if local and type(function.values[function.origin(value)]) is f.Param:
        return program.occasions.answers(function)
    picked = program.size(function, value) is Size.ROWS and not is_read(program, function, value)
    return not picked and is_data(program, function, value, local=local)


def is_whole(program: Program, loop: Loop) -> bool:
    """It goes over all rows of a table, as far as one sees."""
    query = program.queries.query(loop.function, loop.facts.subject)
    return query is not None and query.whole and not query.filtered


def asks_what_is_loaded(function: Function) -> bool:
    """The function does one thing with rows that were loaded ahead and another without: `if is_prefetched(order, "lines")`."""
    steps = (function.values[at] for at in function.of(_NAMES))
    names = (step.callee if type(step) is f.Call else step.name for step in steps)  # type: ignore[union-attr] # both kinds have it
    return any("_prefetch" in name for name in names)


def is_instead(function: Function, value: int) -> bool:
    """The rows are asked for only where what was loaded ahead is not there: `except AttributeError`."""
    regions = (r for way in (value, *options(function, value)) for r in function.enclosing(way))
    return any(r.kind == "except" and written(function, r.subject).endswith("AttributeError") for r in regions)


def options(function: Function, value: int) -> tuple[int, ...]:
    """What a collection may be, where branches make it differently."""
    step = function.values[kept(function, value)]
    return step.options if type(step) is f.Phi else ()


def asks_for_many(loop: Loop, effect: Effect) -> bool:
    """The query asks for all parts of the element at once (`filter(id__in=ids)`): there is one for each group."""
    function, region = loop.function, loop.facts
    calls = chain(function, effect.value) if effect.via is None else ()
    parts = (value for _, step in calls for name, value in step.keywords if name.endswith("__in"))
    return any(region.start <= function.origin(value) < region.end for value in parts)


def is_element(function: Function, value: int) -> bool:
    """The value is what a loop gives, a part of it, or its text trimmed: `command.strip()`."""
    step = function.values[function.origin(value)]
    if type(step) is f.Call and step.args and step.callee.rpartition(".")[2].startswith(_DEFINES):
        return is_element(function, step.args[0])
    if type(step) is f.Call and step.receiver >= 0 and step.callee.rpartition(".")[2].lstrip(":?") in _TRIMS:
        return is_element(function, step.receiver)
    return type(step) is f.Element or (type(step) is f.Part and is_element(function, step.of))


def is_work(program: Program, loop: Loop, effect: Effect) -> bool:
    """To run what the elements are is what the loop is for: statements, queries. Or it only counts rounds."""
    function = loop.function
    over = function.values[function.origin(loop.facts.subject)]
    if type(over) is f.Call and over.callee == "!range" and not loop.uses_element:
        return True
    step = function.values[effect.value]
    model = program.model(function, effect.value) if type(step) is f.Call and effect.via is None else None
    if type(step) is not f.Call or model is None:
        return False
    if step.callee in _PIECES:
        return True
    given = (*model.statement.select(step), step.receiver)
    return any(is_element(function, value) for value in given if value >= 0)


def is_remembered(program: Program, loop: Loop, names: tuple[str, ...]) -> bool:
    """What the names lead to is a row by its key, which a session asks for once, however many rows point to it."""
    row = program.type_of(loop.function, loop.element)
    cls = row.cls if row is not None else None
    for name in names:
        relation = program.schema.relation(cls, name) if cls is not None else None
        if cls is None or relation is None or relation.many or relation.reverse:
            return False
        if not any(base.startswith(_SESSIONS) for base in program.types.outer_bases(cls)):
            return False
        cls = relation.target.cls if relation.target is not None else None
    return True
