"""A list is searched from its beginning for each element of another collection.

Ten times the data is a hundred times the work: at ten thousand elements a page takes seconds, at a hundred thousand it never ends, and
it is the processor that is busy, so nothing else answers either.

Make a set or a dictionary of the list once, before the loop; then each look-up costs the same however long it is.

## Bad: for each row that is serialized

```shop/serializers.py
from rest_framework import serializers
from shop.models import Order

class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = Order
        fields = ["number"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.totals = totals()

    def to_representation(self, order):
        rows = [row for row in self.totals if row["number"] == order.number]  # finding: self.totals
        return {"number": order.number, "total": rows[0]["total"]}

def totals():
    return [{"number": order.number, "total": order.total} for order in Order.objects.all()]
```

```shop/models.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()
    total = models.IntegerField()
```

## Bad: in a function that a loop calls

```shop/lines.py
from shop.models import Order

def find(lines, number):
    return next((line for line in lines if line.number == number), None)  # finding: lines

def totals(lines: list):
    return [find(lines, order.number).total for order in Order.objects.all()]
```

```shop/models.py
from django.db import models

class Order(models.Model):
    number = models.IntegerField()
```

## Good

```schemas.py
KINDS = ["a", "b"]

def find(schemas, digest):
    return next((s for s in schemas if s.digest == digest), None)

def resolve(references, schemas: list):
    index = {s.digest: s for s in schemas}
    return [index[r.digest] for r in references], find(schemas, "root")

def kinds(references):
    return [find(KINDS, r.digest) for r in references]

def indexed(schemas, digest, index=None):
    if index is not None:
        return index.get(digest)
    return next((s for s in schemas if s.digest == digest), None)

def resolve_all(references, schemas: list, index=None):
    return [indexed(schemas, r.digest, index=index) for r in references]

def inner(groups):
    return [find(group.schemas, group.digest) for group in groups]
```

```states.py
def checked(lines, states: list[str]):
    return [line for line in lines if line.state in states]

def ready(lines):
    return checked(lines, ["new", "paid"])
```

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

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Function, Loop, Program, Size, written
from seatrial.program.arguments import passed
from seatrial.program.branches import is_left_out
from seatrial.program.handed import is_serializer
from seatrial.rules.contract import SLIGHT, Match, gathered, rule
from seatrial.rules.scale._data import is_of_one_row
from seatrial.rules.scale._fewness import is_narrowed
from seatrial.rules.scale._worth import weighed

_FEW = re.compile(
    r"(?i)(fields?|columns?|headers?|roles?|models?|settings?|options?|choices?|languages?|locales?|versions?|permissions?"
    r"|param(eter)?s?|errors?|bases|__bases__|mro|plugins?|steps?|types?|kinds?|scopes?|tags?|currenc(y|ies)|channels?|config"
    r"|categor(y|ies)|countr(y|ies)|rates|hosts|resources|_meta|settings|keys|args|kwargs)\b(\(.*\))?$"
)
"""Ends of names of things of which there are few."""
_PER_ROW = frozenset({"to_representation", "get_attribute"})
_SEARCHES = frozenset({"index", "count", "remove"})
"""Methods of lists that go through them from the beginning."""
_SEARCHING = frozenset({f.Compare, f.Call})


@rule(severity=Severity.NOTE, category=("quadratic",), cwe=(407,), confirmed_by="growth")
def check(program: Program) -> Iterator[Match]:
    """Membership tests, searching methods and `next(… for …)` on lists that a loop does not change with each element."""
    for function in program.index.with_loops():
        found = list(_found(program, function))
        if found:
            yield gathered(found, last=True)


def _found(program: Program, function: Function) -> Iterator[Match]:
    for value in function.of(_SEARCHING):
        step = function.values[value]
        searched = _searched(step)
        if searched < 0 or function.region_of[value] < 0:
            continue
        loop = program.loops.around(function, value) if not _is_edit(function, value) else None
        if loop and _is_list(program, function, searched) and _stays(loop, searched):
            yield _match(program, loop, step.line, searched)
    yield from _scans(program, function)
    yield from _lent(program, function)


def _searched(step: f.AnyValue) -> int:
    if type(step) is f.Compare and step.op in {"in", "not in"}:
        return step.right
    if type(step) is f.Call and step.receiver >= 0 and step.callee in _SEARCHES and len(step.args) == 1:
        return step.receiver
    return f.NONE


def _is_edit(function: Function, value: int) -> bool:
    """`names.remove(name)` under a condition takes out what was picked: the order of the list is the point."""
    step = function.values[value]
    picked = (region.kind in {"if", "else"} for region in function.enclosing(value))
    return type(step) is f.Call and step.callee == "remove" and next(picked, False)


def _is_list(program: Program, function: Function, value: int) -> bool:
    found = program.type_of(function, value)
    if found is None or found.name != "builtins.list":
        return False
    bounded = program.size(function, value) is Size.BOUNDED or _is_given_few(program, function, value)
    return not bounded or _grows(function, value)


def _is_given_few(program: Program, function: Function, value: int) -> bool:
    """A parameter that every caller gives a list written out in the program."""
    step = function.values[function.origin(value)]
    if type(step) is not f.Param:
        return False
    calls = ((caller, caller.values[call]) for caller, call in program.calls.callers(function))
    given = [(caller, passed(call, function, step.name)) for caller, call in calls if type(call) is f.Call]
    return bool(given) and all(v >= 0 and program.size(g, v) is Size.BOUNDED for g, v in given)


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
        confidence=weighed(program, function, _confidence(program, loop, searched, by_key=by_key)),
    )


def _confidence(program: Program, loop: Loop, searched: int, *, by_key: bool) -> float:
    """How likely both sides are long: readers find few of these lists long enough to act on, most have some ten elements."""
    function = loop.function
    few = _are_few(loop.over, written(function, searched)) or _is_of_row(program, loop) or _is_kept(program, loop)
    if few or _is_listed_of_row(program, function, searched):
        return 0.6
    is_read = program.size(function, searched) is Size.ROWS or program.queries.query(function, searched) is not None
    if is_read and not by_key and _is_table(program, function, searched):
        return 0.8
    step = function.values[function.origin(searched)]
    is_gathered = type(step) is f.Collection and step.region >= 0
    return SLIGHT if is_gathered or by_key or is_read or _grows(function, searched) else 0.6


def _is_table(program: Program, function: Function, searched: int) -> bool:
    """What is searched are all rows of a table, read here."""
    query = program.queries.query(function, searched)
    called = program.target(function, function.origin(searched)).functions
    return not called and query is not None and not (query.filtered or query.bounded)


def _is_listed_of_row(program: Program, function: Function, searched: int) -> bool:
    """What is searched are the rows that belong to another: `[user for user in ticket.watchers.all()]`."""
    step = function.values[function.origin(searched)]
    if type(step) is f.Call and step.callee == "copy" and step.receiver >= 0:
        step = function.values[function.origin(step.receiver)]
    is_listed = type(step) is f.Collection and step.region >= 0
    return is_listed and is_of_one_row(program, function, function.regions[step.region].subject)  # type: ignore[union-attr]  # it is a collection


def _is_kept(program: Program, loop: Loop) -> bool:
    """The loop goes over rows that administrators keep by hand."""
    query = program.queries.query(loop.function, loop.facts.subject)
    return query is not None and query.table in program.kept_tables


def _are_few(*names: str) -> bool:
    """Named after things of which there are few: fields of a form, roles of a user, types, languages."""
    return any(_FEW.search(name) for name in names)


def _is_of_row(program: Program, loop: Loop) -> bool:
    """The loop goes over what belongs to one row, or to what was sent: `order.tags`."""
    function = loop.function
    over = function.values[function.origin(loop.facts.subject)]
    while type(over) is f.Call and over.receiver >= 0 and over.callee in {"all", "items", "values"}:
        over = function.values[function.origin(over.receiver)]
    if is_narrowed(program, function, loop.facts.subject, ""):
        return True
    base = program.type_of(function, over.base) if type(over) is f.Attr else None
    return base is not None and bool(program.types.kinds(base) & {"model", "schema"})


def _scans(program: Program, function: Function) -> Iterator[Match]:
    """`next(x for x in rows if x.id == …)` and `[x for x in rows if x.id == …]` inside another loop."""
    for index, region in enumerate(function.regions):
        if region.kind != "comprehension" or region.subject < 0 or not _selects_by_key(function, index):
            continue
        loop = program.loops.around(function, region.subject)
        if loop is None and _is_served(program, function, region):
            yield _for_each_row(function, region)
        if loop is None or not _stays(loop, region.subject):
            continue
        if program.size(function, region.subject) is not Size.BOUNDED:
            yield _match(program, loop, region.line, region.subject, by_key=True)


def _selects_by_key(function: Function, comprehension: int) -> bool:
    """The comprehension keeps the elements that equal something: `… if x.key == wanted`."""
    region = function.regions[comprehension]
    inner = (r for r in function.regions if r.kind == "if" and r.parent == comprehension)
    return any(r.subject >= region.start and _is_equality(function, r.subject) for r in inner)


def _is_equality(function: Function, condition: int) -> bool:
    """Something is compared with a key that differs from time to time, not with a name of the program (a kind, a state)."""
    step = function.values[condition]
    if type(step) is not f.Compare or step.op != "==":
        return False
    return not any(type(function.values[function.origin(i)]) in {f.Const, f.Ref} for i in (step.left, step.right))


def _is_served(program: Program, function: Function, region: f.Region) -> bool:
    """A serializer's method, run once for each row, that searches what the serializer keeps."""
    subject = function.values[function.origin(region.subject)]
    kept = type(subject) is f.Attr and type(function.values[subject.base]) is f.Param and subject.base == 0
    cls = function.cls
    return kept and cls is not None and function.name in _PER_ROW and is_serializer(program.types, cls)


def _for_each_row(function: Function, region: f.Region) -> Match:
    name = written(function, region.subject)
    return Match(
        message=f"{name} is searched from its beginning for each row that is serialized",
        function=function,
        line=region.line,
        key=f"{name} in {function.name}",
        path=(
            function.head("runs once for each row"),
            Step(Place(function.file.path, region.line, region.line), f"goes through {name}"),
        ),
        confidence=0.8,
    )


def _lent(program: Program, function: Function) -> Iterator[Match]:
    """Parameters that a function searches by a key, and that a loop around one of its calls passes again and again."""
    for index, region in enumerate(function.regions):
        subject = function.origin(region.subject) if region.subject >= 0 else f.NONE
        searched = function.values[subject] if subject >= 0 else None
        if type(searched) is not f.Param or not _finds(function, index):
            continue
        for caller, call in program.calls.callers(function):
            step = caller.values[call]
            given = passed(step, function, searched.name) if type(step) is f.Call else f.NONE
            loop = program.loops.around(caller, call) if given >= 0 and caller is not function else None
            if loop is None or is_left_out(function, region.start, caller, call):
                continue
            if _stays(loop, given) and program.size(caller, given) is not Size.BOUNDED:
                yield _called(program, loop, call, given, function, region)
                break


def _finds(function: Function, index: int) -> bool:
    """The loop looks for the one element whose key equals something: a comprehension, or a `return` under `==`."""
    region = function.regions[index]
    if region.kind == "comprehension":
        return _selects_by_key(function, index)
    if region.kind != "for":
        return False
    inner = (r for r in function.regions if r.kind == "if" and r.parent == index)
    return any(_is_equality(function, r.subject) and type(function.values[r.end - 1]) is f.Return for r in inner)


def _called(program: Program, loop: Loop, call: int, given: int, function: Function, region: f.Region) -> Match:
    name = written(function, region.subject)
    line = next((r.line for r in function.regions if r.kind == "if" and r.start >= region.start), region.line)
    caller = loop.function
    return Match(
        message=f"{name} is searched from its beginning for each element of {loop.over}, by {caller.symbol}",
        function=function,
        line=line if region.kind == "for" else region.line,
        key=f"{name} in {caller.symbol}",
        path=(
            loop.step(),
            caller.step(call, f"calls {function.symbol}"),
            Step(Place(function.file.path, region.line, region.line), f"goes through {name}"),
        ),
        confidence=_confidence_of_call(program, loop, given, name),
        also=(caller,),
    )


def _confidence_of_call(program: Program, loop: Loop, given: int, name: str) -> float:
    if _are_few(loop.over, name, written(loop.function, given)) or _is_of_row(program, loop):
        return 0.6
    return 0.8 if Size.ROWS in {loop.size, program.size(loop.function, given)} else SLIGHT
