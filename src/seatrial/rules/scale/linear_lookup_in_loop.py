"""A list is searched from its beginning for each element of another collection.

Ten times the data is a hundred times the work: at ten thousand elements a page takes seconds, at a hundred thousand it never ends, and
it is the processor that is busy, so nothing else answers either.

Make a set or a dictionary of the list once, before the loop; then each look-up costs the same however long it is.

## Bad

```match.py
def unknown(names, lines):
    known = [line.strip() for line in lines]
    return [n for n in names if n not in known]  # finding: known
```

```join.py
def join(orders, customers):
    rows = []
    for order in orders:
        owner = next(c for c in customers if c.id == order.customer_id)  # finding: customers
        rows.append((order, owner))
    return rows
```

```seen.py
def unique(items):
    seen = []
    for item in items:
        if item not in seen:  # finding: seen
            seen.append(item)
    return seen
```

## Good

```match.py
KINDS = ["a", "b"]

def unknown(names, lines):
    known = {line.strip() for line in lines}
    return [n for n in names if n not in known and n not in KINDS]

def words(names, text):
    return [n for n in names if n in text]

def pairs(rows):
    return [cell for row in rows for cell in row if cell in row.title]
```

## Not found yet

```match.py
def unknown(names, known: "Sequence[str]"):
    return [n for n in names if n not in known]  # gap: a parameter may be a set
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Function, Loop, Program, Size, written
from seatrial.rules.contract import Match, rule

_SEARCHES = frozenset({"index", "count", "remove"})
"""Methods of lists that go through them from the beginning."""


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Membership tests, searching methods and `next(… for …)` on lists that a loop does not change with each element."""
    for function in program.index.with_loops():
        for value, step in enumerate(function.values):
            if function.region_of[value] < 0:
                continue
            searched = _searched(step)
            loop = program.loops.around(function, value) if searched >= 0 else None
            if loop and _is_list(program, function, searched) and _stays(loop, searched):
                yield _match(program, loop, step.line, searched)
        yield from _scans(program, function)


def _searched(step: f.AnyValue) -> int:
    if type(step) is f.Compare and step.op in {"in", "not in"}:
        return step.right
    if type(step) is f.Call and step.receiver >= 0 and step.callee in _SEARCHES and len(step.args) == 1:
        return step.receiver
    return f.NONE


def _is_list(program: Program, function: Function, value: int) -> bool:
    found = program.type_of(function, value)
    if found is None or found.name != "builtins.list":
        return False
    return program.size(function, value) is not Size.BOUNDED or _grows(function, value)


def _grows(function: Function, value: int) -> bool:
    """A list that begins as a literal and is filled inside the body."""
    origin = function.origin(value)
    for user in function.users.get(origin, ()):
        step = function.values[user]
        if type(step) is f.Call and step.receiver == origin and step.callee in {"append", "extend", "insert"}:
            if function.loops(user):
                return True
        elif type(step) is f.Phi and len(step.options) == 1 and _grows_alias(function, user):
            return True
    return False


def _grows_alias(function: Function, alias: int) -> bool:
    return any(
        type(step) is f.Call and step.callee in {"append", "extend", "insert"} and step.receiver == alias
        for step in (function.values[u] for u in function.users.get(alias, ()))
    )


def _stays(loop: Loop, value: int) -> bool:
    """The list is the same in each round: it was made before the loop."""
    return loop.function.origin(value) < loop.facts.start


def _match(program: Program, loop: Loop, line: int, searched: int, *, by_key: bool = False) -> Match:
    function = loop.function
    name = written(function, searched) or "a list"
    return Match(
        message=f"{name} is searched from its beginning for each element of {loop.over}",
        function=function,
        line=line,
        key=f"{name} in {loop.over}",
        path=(
            loop.step(),
            Step(Place(function.file.path, line, line), f"goes through {name}"),
        ),
        confidence=_confidence(program, loop, searched, by_key=by_key),
    )


def _confidence(program: Program, loop: Loop, searched: int, *, by_key: bool) -> float:
    """How likely both sides are long: rows and what is gathered from data are; options and names of fields are not."""
    function = loop.function
    rows = Size.ROWS in {loop.size, program.size(function, searched)}
    if rows or program.queries.query(function, searched) is not None:
        return 0.85
    step = function.values[function.origin(searched)]
    gathered = type(step) is f.Collection and step.region >= 0
    if not (gathered or by_key or _grows(function, searched)):
        return 0.6
    return 0.75 if program.is_served(function) or not program.endpoints else 0.65


def _scans(program: Program, function: Function) -> Iterator[Match]:
    """`next(x for x in rows if x.id == …)` and `[x for x in rows if x.id == …]` inside another loop."""
    for index, region in enumerate(function.regions):
        if region.kind != "comprehension" or region.subject < 0 or not _selects_by_key(function, index):
            continue
        loop = program.loops.around(function, region.subject)
        if loop is None or not _stays(loop, region.subject):
            continue
        if program.size(function, region.subject) is not Size.BOUNDED:
            yield _match(program, loop, region.line, region.subject, by_key=True)


def _selects_by_key(function: Function, comprehension: int) -> bool:
    """The comprehension keeps the elements that equal something: `… if x.key == wanted`."""
    region = function.regions[comprehension]
    for inner in function.regions:
        if inner.kind == "if" and inner.parent == comprehension and inner.subject >= region.start:
            step = function.values[inner.subject]
            if type(step) is f.Compare and step.op == "==":
                return True
    return False
