"""The same work is written again in a slightly different way.

The copies drift apart: a mistake is mended in one and lives on in the other, and nobody can say which of them is right. An assistant
that does not know of the first writes a third.

Keep the one that is named, give it the parameters that the others need, and call it from all places.

## Bad: renamed, reordered, with a line more

```shop/invoices.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    tax = net * rate
    return round(net + tax, 2)
```

```shop/quotes.py
import logging

def quote_sum(positions, vat):  # finding: shop.invoices.invoice_total
    logging.info("summing up %s positions", len(positions))
    subtotal = 0
    for position in positions:
        amount = position.price * position.amount
        if position.discount:
            amount -= amount * position.discount / 100
        subtotal += amount
    return round(subtotal + subtotal * vat, 2)
```

## Good: what looks alike and is not

```shop/views.py
class Orders:
    def get(self, request):
        form = OrderForm(request.GET)
        if not form.is_valid():
            return self.fail(form.errors)
        return self.show(Order.objects.filter(customer=form.customer))

class Products:
    def get(self, request):
        return self.show(Product.objects.filter(active=True).order_by("name"), page=request.GET.get("page", 1))
```

## Good: what is kept as it was

```shop/totals.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    return round(net + net * rate, 2)
```

```shop/_legacy/totals.py
def invoice_total(lines, rate):
    net = 0
    for line in lines:
        price = line.price * line.amount
        if line.discount:
            price -= price * line.discount / 100
        net += price
    return round(net + net * rate, 2)
```

## Good: two languages, each with its own parser

```parsing/c.py
class Symbol:
    def fill(self, declaration, location):
        if self.declaration is not None:
            raise ValueError(f"{location}: declared twice")
        assert declaration.name
        self.declaration = declaration
        self.location = location
        self.kind = declaration.kind
        for parameter in declaration.parameters:
            self.add(parameter)
```

```parsing/cpp.py
class Symbol:
    def fill(self, declaration, location):
        if self.declaration is not None:
            raise ValueError(f"{location}: declared twice")
        assert declaration.name
        self.declaration = declaration
        self.location = location
        for argument in declaration.templates:
            self.add_template(argument)
        for parameter in declaration.parameters:
            self.add(parameter)
```
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from seatrial.model.finding import Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Function, Program
from seatrial.program.derived import derived
from seatrial.program.shapes import Alike, alike, features, shape
from seatrial.rules.contract import Match, rule

LEAST_FEATURES = 14
"""Below, functions are alike by chance or not worth sharing: some five lines."""
LEAST_SIMILARITY = 0.7
LEAST_LINES = 5
SAME_FILE = 0.1
"""How much more alike two functions of one file have to be."""
NEIGHBOURS = 0.95
"""How alike functions of one file have to be to be no variations that are kept beside each other."""
METHODS = 0.8
"""How alike methods of one name in two classes have to be; the name asks for some likeness."""
PARALLEL = 0.88
"""How alike methods, or functions whose names differ by a word (`show_params`, `show_metrics`), have to be."""
COUNTERPARTS = 0.95
"""How alike methods of one name have to be in two classes of one name: such classes are parallel on purpose."""
_NUMBER = re.compile(r"\d+")
_VERSION = re.compile(
    r"(?<![a-zA-Z])v\d+(?![a-zA-Z])|(?<![\w.])\d+\.\d+(?!\d)|(?<![a-zA-Z])(?:legacy|deprecated|obsolete|compat)(?![a-zA-Z])"
)
_STANDS_ALONE = re.compile(r"(?:^|/)(?:examples?|demos?|samples?|legacy|deprecated|obsolete)(?:_\w+)?/")
"""Where copies are meant: an example shows all of itself, and what is kept as it was is mended nowhere."""
_STANDS_IN = re.compile(r"_?(?:Anonymous|Null|No|Dummy|Fake|Stub|Mock|Empty|Missing)[A-Z]")
"""Classes that stand in for another, whose interface they offer without sharing its base."""
MODULES = 3
"""In so many modules of a folder a name is a slot that others fill."""
SMALL = 7
"""Lines of methods that are no burden twice."""
_PAIRS = (
    "add/remove add/delete push/pull encode/decode forward/backward forwards/backwards get/set start/stop open/close "
    "enable/disable load/dump load/save load/store read/write up/down upgrade/downgrade before/after min/max first/last "
    "left/right create/delete create/update create/drop import/export send/receive show/hide increase/decrease c/cpp "
    "increment/decrement start/end next/previous next/prev old/new from/to in/out input/output request/response begin/end x/y "
    "row/column rows/columns cancel/terminate pack/unpack source/target upload/download insert/delete attach/detach "
    "login/logout subscribe/unsubscribe grant/revoke approve/reject accept/decline pre/post sync/async true/false"
)
_OPPOSITES = frozenset(frozenset(pair.split("/")) for pair in _PAIRS.split())
"""Words and their contraries: functions that are named by them do alike things on purpose."""
OUTSIDE = ("db.read", "db.write", "http")


@rule(severity=Severity.WARNING, category=("clone",), cwe=(1041,), confirmed_by="twin")
def check(program: Program) -> Iterator[Match]:
    """Families of functions that are alike; each member but the one to keep is reported."""
    judged = [file for file in program.files if file.role is Role.CODE]
    shapes = {file.functions[at]: bag for file in judged for at, bag in _shapes(file).items()}
    families: dict[Function, dict[Function, Alike]] = {}
    for pair in alike(shapes, LEAST_SIMILARITY):
        if not _is_variant(program, pair):
            families.setdefault(pair.left, {})[pair.right] = pair
            families.setdefault(pair.right, {})[pair.left] = pair
    for family in _connected(families):
        keep = min(family, key=lambda fn: _rank(program, fn, families))
        yield _told([_match(program, fn, keep, families) for fn in family if fn is not keep])


@derived(dict[int, dict[int, int]])
def _shapes(file: File) -> dict[int, dict[int, int]]:
    """The shapes of a file's functions that are long enough to be compared, by their places in the file."""
    functions = enumerate(file.functions)
    return {at: shape(fn) for at, fn in functions if _counts(fn) and features(fn) >= LEAST_FEATURES}


def _told(family: list[Match]) -> Match:
    """The likeliest member of a family, which tells of the others: who mends one mends them all."""
    first, *others = sorted(
        family, key=lambda one: (-one.confidence, one.function.file.path if one.function else "", one.line)
    )
    steps = tuple(Step(one.path[-1].place, one.path[-1].message) for one in others)
    also = tuple(dict.fromkeys(f for one in others for f in (one.function, *one.also) if f and f not in first.also))
    more = f", as {'does' if len(others) == 1 else 'do'} {len(others)} more" if others else ""
    return replace(first, message=first.message + more, path=first.path + steps, also=first.also + also)


def _counts(function: Function) -> bool:
    return function.facts.kind == "function" and function.facts.end_line - function.facts.line + 1 >= LEAST_LINES


def _is_variant(program: Program, pair: Alike) -> bool:
    """One overrides the other, both implement what a common base or the language asks for, or they are twins for
    synchronous and asynchronous callers: alike by design.
    """
    left, right = pair.left, pair.right
    if left.parent is right or right.parent is left:
        return True
    if left.facts.is_async != right.facts.is_async or left.name.startswith("__"):
        return True  # twins for two worlds; what the language asks of each class
    if left.name != right.name or not left.cls or not right.cls:
        return False
    mine, theirs = program.types.mro(left.cls), program.types.mro(right.cls)
    return bool(set(mine) & set(theirs)) or bool(
        set(program.types.outer_bases(left.cls)) & set(program.types.outer_bases(right.cls))
    )


def _connected(families: dict[Function, dict[Function, Alike]]) -> Iterator[list[Function]]:
    seen: set[Function] = set()
    for start in families:
        if start in seen:
            continue
        group, waiting = [], [start]
        while waiting:
            function = waiting.pop()
            if function not in seen:
                seen.add(function)
                group.append(function)
                waiting.extend(families[function])
        yield sorted(group, key=lambda fn: (fn.file.path, fn.facts.line))


def _rank(
    program: Program, function: Function, families: dict[Function, dict[Function, Alike]]
) -> tuple[int, int, int, str, int]:
    """The one to keep: public, used most, alike to most, then by place."""
    private = function.name.startswith("_")
    return (
        private,
        -len(program.calls.callers(function)),
        -len(families[function]),
        function.file.path,
        function.facts.line,
    )


def _match(
    program: Program, function: Function, keep: Function, families: dict[Function, dict[Function, Alike]]
) -> Match:
    pair = families[function].get(keep) or max(families[function].values(), key=lambda p: p.similarity)
    return Match(
        message=f"{function.symbol} does the work of {keep.dotted} again ({pair.similarity:.0%} alike)",
        function=function,
        line=function.facts.line,
        key=keep.symbol,
        path=(_step(keep, "the one to keep"), _step(function, "written again here")),
        confidence=min(_confidence(program, pair), 0.65 if _is_meant(program, pair) else 0.95),
        weight=1.0 + min(pair.shared, 400) / 200,
        mend=f"Keep {keep.dotted}, give it the parameters that the others need, and call it from here.",
        also=(keep,),
    )


def _is_meant(program: Program, pair: Alike) -> bool:
    """Twins with a purpose, which nobody would make one: opposites, neighbours, versions, parts of one interface."""
    left, right = pair.left, pair.right
    mine, theirs = _words(left.name), _words(right.name)
    if _are_opposite(mine, theirs) or _versions(left) != _versions(right) or _are_numbered(left.name, right.name):
        return True
    if any(_STANDS_ALONE.search(side.file.path) for side in (left, right)) or _are_small_twins(pair):
        return True
    if left.file is right.file and pair.similarity < NEIGHBOURS:
        return True
    if _is_set_up_file(left) != _is_set_up_file(right) or (pair.similarity < COUNTERPARTS and _is_slot(program, pair)):
        return True
    if mine == theirs and left.cls and right.cls:
        return pair.similarity < (COUNTERPARTS if left.cls.name == right.cls.name else METHODS)
    if mine == theirs:
        return False
    if left.cls and right.cls:
        return pair.similarity < PARALLEL
    return len(mine) == len(theirs) > 1 and bool({*mine} & {*theirs}) and pair.similarity < PARALLEL


def _is_set_up_file(function: Function) -> bool:
    """What installs a package cannot use it yet."""
    return function.file.path.rpartition("/")[2] == "setup.py"


def _is_slot(program: Program, pair: Alike) -> bool:
    """Functions of one name in several modules of one folder, which something else calls by that name: plug-ins."""
    left, right = pair.left, pair.right
    folder = left.file.path.rpartition("/")[0]
    if left.name != right.name or left.cls or right.cls or folder != right.file.path.rpartition("/")[0]:
        return False
    beside = (file for file in program.files if file.path.rpartition("/")[0] == folder)
    return sum(any(fn.name == left.name and not fn.cls for fn in file.functions) for file in beside) >= MODULES


def _are_small_twins(pair: Alike) -> bool:
    """The same few lines in two classes that share an interface and nothing else: a stand-in has them on purpose."""
    left, right = pair.left, pair.right
    sizes = (side.facts.end_line - side.facts.line + 1 for side in (left, right))
    if not left.cls or not right.cls or left.name != right.name:
        return False
    return max(sizes) <= SMALL or any(_STANDS_IN.match(cls.name) for cls in (left.cls, right.cls))


def _are_numbered(left: str, right: str) -> bool:
    """Names that differ in a number alone: `_detach_2_1` and `_detach_2_2` speak to two versions of something."""
    return left != right and _NUMBER.sub("", left) == _NUMBER.sub("", right)


def _words(name: str) -> list[str]:
    return name.lower().strip("_").split("_")


def _versions(function: Function) -> list[str]:
    """What the path of a module says of its age: `api.v2.views`, `legacy/views`. What is kept as it was is no debt."""
    return _VERSION.findall(function.file.path)


def _are_opposite(mine: list[str], theirs: list[str]) -> bool:
    """Names that differ by a word and its contrary: `lock_row` and `unlock_row`, `push` and `pull`."""
    ours, others = {*mine} - {*theirs}, {*theirs} - {*mine}
    return any(
        {one, other} in _OPPOSITES or _is_undone(one, other) or _is_undone(other, one)
        for one in ours
        for other in others
    )


def _is_undone(word: str, other: str) -> bool:
    return any(other == prefix + word for prefix in ("un", "de", "dis", "re", "a", "not"))


def _confidence(program: Program, pair: Alike) -> float:
    """What only computes is a helper that could be shared; what talks to the world is often alike because its work is."""
    more = pair.similarity - LEAST_SIMILARITY
    if pair.left.file is pair.right.file:  # beside each other, likeness is seen and often meant
        more -= SAME_FILE
    if any(program.effects.of(side, kind) for side in (pair.left, pair.right) for kind in OUTSIDE):
        return min(0.95, 0.54 + 1.5 * more)
    return min(0.95, 0.7 + (0.8 if more > 0 else 1.5) * more)


def _step(function: Function, message: str) -> Step:
    return function.head(f"{message}: {function.symbol}")
