"""A collection is copied whole for each element that is added to it.

Adding the ten-thousandth element copies the nine thousand nine hundred and ninety-nine before it: ten times the data is a hundred
times the work, and memory for two copies.

Gather the parts in a list (`append`, `extend`) or in a `bytearray` or `io.StringIO`, and join them once after the loop.

## Bad: what is read from outside

```lists.py
import csv

def names(path):
    found = []
    with open(path) as file:
        for row in csv.reader(file):
            found = found + [row[0]]  # finding: found is copied whole for each element of csv.reader(…)
    return found

def pairs(path):
    found = ()
    for line in open(path).readlines():
        if line:
            found += (line, line.strip())  # finding: found
    return found

def spread(file):
    found = []
    for row in csv.DictReader(file):
        found = [*found, row]  # finding: found
    return found

def index(response):
    found = {}
    for row in response:
        found = {**found, row["key"]: row}  # finding: found
    return found

def seen(groups):
    found = set()
    for group in groups:
        found = found.union(group)  # finding: found
    return found

def load(path):
    rows = open(path).readlines()
    return index(rows), seen(rows)
```

## Bad: a data frame or array for each element

```frames.py
import numpy as np
import pandas as pd

def table(rows):
    df = pd.DataFrame()
    for row in rows:
        df = pd.concat([df, pd.DataFrame([row])], ignore_index=True)  # finding: df
    return df

def older(rows):
    df = pd.DataFrame()
    for row in rows:
        df = df.append(row, ignore_index=True)  # finding: df
    return df

def points(rows):
    array = np.array([])
    for row in rows:
        array = np.append(array, row.x)  # finding: array
    return array
```

## Good

```lists.py
def names(rows):
    found = []
    for row in rows:
        found.append(row.name)
        found += [row.name]
    return found

def attributes(names, count):
    for name in range(count):
        names = {**names, "id": name}
    return names

def best(rows):
    found = 0
    for row in rows:
        found = max(found, row.size)
    return found

def few(row):
    found = []
    for name in ("a", "b"):
        found = found + [row[name]]
    return found

def each(rows):
    for row in rows:
        found = []
        found = found + [row.name]
        yield found

def window(rows):
    last = []
    for row in rows:
        last = last[1:] + [row]
    return last

def batches(rows):
    batch = ()
    for row in rows:
        batch = batch + (row,)
        if len(batch) > 100:
            yield batch
            batch = ()

def first(groups):
    found = []
    for group in groups:
        found = found + [group]
        return found

def total(rows):
    count = 0
    for row in rows:
        count = count + row.size
    return count + sum(row.size for row in rows) + sum([row.size for row in rows], 0)

def text(rows):
    out = ""
    for row in rows:
        out += row.name
    return out

def matches(rows, terms):
    for term in terms:
        rows = rows | term.rows
    return rows
```

```frames.py
import pandas as pd

def table(rows):
    return pd.concat([pd.DataFrame([row]) for row in rows])

def pages(frames):
    parts = []
    for frame in frames:
        parts.append(pd.concat([frame, frame]))
    return parts
```

```download.py
def body(response):
    data = bytearray()
    for chunk in response.iter_content(1024):
        data += chunk
    return bytes(data)
```

## Not found yet

```lists.py
def names(rows):
    found = []
    for row in rows:
        found = found + [row.name]  # gap: nothing says that there are many
    return found

def flat(node):
    return [node] + [x for child in node.children for x in flat(child)]  # gap: recursion copies each level again
```
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Loop, Program
from seatrial.rules.contract import HINTED, Match, rule
from seatrial.rules.scale._data import is_data, named
from seatrial.rules.scale._fewness import is_narrowed
from seatrial.rules.scale._worth import recurring

_PHIS = frozenset({f.Phi})
_COPIED = frozenset({"builtins.list", "builtins.tuple", "builtins.bytes", "builtins.dict", "builtins.set"})
_FRAMES = ("pandas.", "numpy.", "torch.", "polars.")
"""What makes a new table or array even of a few rows takes a tenth of a millisecond."""
_IN_PLACE = frozenset({"builtins.list", "builtins.dict", "builtins.set"})
"""What `+=` and `|=` fill without a copy."""


@rule(severity=Severity.WARNING, category=("quadratic",), cwe=(407,), confirmed_by="growth", most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """Variables that each round of a loop replaces by a copy of themselves with something added; lists added up."""
    for function in program.index.with_loops():
        found: dict[str, Match] = {}
        for phi in function.of(_PHIS):
            step = function.values[phi]
            if function.region_of[phi] >= 0 and type(step) is f.Phi and max(step.options, default=phi) > phi:
                for at, loop in _carried(program, function, phi):
                    found.setdefault(named(function, at), _match(program, loop, at))
        yield from found.values()
    yield from _added_up(program)


def _carried(program: Program, function: Function, phi: int) -> Iterator[tuple[int, Loop]]:
    """The first copy of a variable that a loop carries from round to round."""
    copies = _Copies(program, function, phi).found()
    loop = _loop(program, function, phi) if copies else None
    if loop is not None:
        yield copies[0], loop


def _match(program: Program, loop: Loop, at: int) -> Match:
    function = loop.function
    name = named(function, at)
    return Match(
        message=f"{name} is copied whole for each element of {loop.over}",
        function=function,
        line=function.values[at].line,
        key=f"{name} in {loop.over}",
        path=(loop.step(), function.step(at, f"copies {name}")),
        confidence=recurring(program, function, _confidence(program, loop, at)),
    )


def _confidence(program: Program, loop: Loop, at: int) -> float:
    """How likely it is ever felt: a few hundred short lists are copied in no time, and a few hundred tables are not."""
    query = program.queries.query(loop.function, loop.facts.subject)
    if query is not None and is_narrowed(program, loop.function, loop.facts.subject, query.table):
        return 0.6
    if is_data(program, loop.function, loop.facts.subject):
        return 0.85
    step = loop.function.values[at]
    made = program.target(loop.function, at).external if type(step) is f.Call else ""
    return 0.8 if made.startswith(_FRAMES) else 0.6


def _loop(program: Program, function: Function, phi: int) -> Loop | None:
    """The loop that carries the variable; None for one that waits (`while`), or goes over a few."""
    around = next(iter(function.loops(phi)), None)
    loop = program.loops.around(function, phi)
    return loop if loop and around and loop.facts.start == around.start else None


@dataclass
class _Copies:
    """What a loop makes of a variable: the values that copy it whole, if it does nothing else to it."""

    program: Program
    function: Function
    phi: int
    seen: set[int] = field(default_factory=set)
    copies: list[int] = field(default_factory=list)

    def found(self) -> list[int]:
        """The copies, in order; none if the variable is sometimes set to something else."""
        step = self.function.values[self.phi]
        back = [v for v in step.options if v > self.phi] if type(step) is f.Phi else []
        return sorted(self.copies) if all(self._follows(value) for value in back) else []

    def _follows(self, value: int) -> bool:
        if value == self.phi or value in self.seen:
            return True
        self.seen.add(value)
        step = self.function.values[value]
        if type(step) is f.Phi:
            return all(self._follows(option) for option in step.options)
        before = self._before(step, value)
        if before < 0 or not self._follows(before):
            return False
        if not self._is_in_place(value):
            self.copies.append(value)
        return True

    def _before(self, step: f.AnyValue, value: int) -> int:
        """The value that a copy is made of, or NONE: `old + [x]`, `[*old, x]`, `{**old, …}`, `concat([old, x])`."""
        if type(step) is f.Binary and step.op in {"+", "|"}:
            return step.left if self._is_collection(value) else f.NONE
        if type(step) is f.Collection and step.region < 0:
            return self._spread(step)
        return self._given(step, value) if type(step) is f.Call else f.NONE

    def _is_collection(self, value: int) -> bool:
        found = self.program.type_of(self.function, value)
        return found is not None and found.name in _COPIED

    def _spread(self, step: f.Collection) -> int:
        """The first that is spread, if more is added than keys that are written out, which can only be set again."""
        values = self.function.values
        keys = step.items[2::2] if step.kind == "dict" else step.items[1:]
        spread = (values[item] for item in step.items[:2] if item >= 0)
        first = next((one for one in spread if type(one) is f.Spread), None)
        return first.value if first and any(type(values[k]) is not f.Const for k in keys) else f.NONE

    def _given(self, step: f.Call, value: int) -> int:
        """The first of several inputs of a library's function that makes one of them."""
        model = self.program.model(self.function, value)
        if (
            model is None
            or model.cost != "n"
            or model.returns == "item"
            or (model.carries is not None and not model.carries)
        ):
            return f.NONE
        given = [v for v in (step.receiver, *step.args) if v >= 0]
        listed = self.function.values[given[0]] if given else None
        given = [*listed.items, *given[1:]] if type(listed) is f.Collection and listed.region < 0 else given
        return given[0] if len(given) > 1 else f.NONE

    def _is_in_place(self, value: int) -> bool:
        found = self.program.type_of(self.function, value)
        if found is None or found.name not in _IN_PLACE:
            return False
        stores = (self.function.values[user] for user in self.function.users.get(value, ()))
        return any(type(step) is f.Store and step.augmented for step in stores)


def _added_up(program: Program) -> Iterator[Match]:
    """`sum(lists, [])` and `reduce(add, lists, [])`."""
    for function, call in program.index.calls("sum", "reduce"):
        step = function.values[call]
        assert type(step) is f.Call
        start = {"!sum": 1, "functools.reduce": 2}.get(step.callee, len(step.args))
        given = function.values[function.origin(step.args[start])] if len(step.args) > start else None
        if type(given) is not f.Collection or given.kind not in {"list", "tuple"}:
            continue
        if step.callee == "!sum" or _adds(program, function, step.args[0]):
            yield _sum(program, function, call, step.args[start - 1])


def _adds(program: Program, function: Function, value: int) -> bool:
    """The function given is `operator.add`, or a lambda that does the same."""
    target = program.calls.value(function, value)
    added = (t.values[t.origin(r)] for t in target.functions for r in t.returns)
    return target.external in {"operator.add", "operator.concat"} or any(
        type(a) is f.Binary and a.op == "+" for a in added
    )


def _sum(program: Program, function: Function, call: int, lists: int) -> Match:
    confidence = 0.8 if is_data(program, function, lists) else 0.6
    over = named(function, lists)
    return Match(
        message=f"a list is copied whole for each element of {over} that is added to it",
        function=function,
        line=function.values[call].line,
        key=f"added up {over}",
        path=(function.step(call, "adds lists one by one, each time into a new one"),),
        mend="Chain them: `list(itertools.chain.from_iterable(lists))`, or a comprehension with two loops.",
        confidence=recurring(program, function, confidence),
    )
