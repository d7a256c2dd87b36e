"""A function was written a second time beside the first, which stayed: their names say the same work and two ways to do it.

Callers pick one by chance, a mistake is mended in one and lives on in the other, and the reader has to find out which of
them counts. Assistants that are asked to make something faster or clearer often add a version and leave the first.

Keep the better one under the plain name, move its callers, and delete the other; if both are needed, let one call the other
and say in its name what is different for the caller, not how it works inside.

## Bad: two ways, two names

```shop/prices.py
def total(lines, rate):
    result = 0
    for line in lines:
        result += line.price * line.amount
    return result * (1 + rate)

def total_optimized(lines, rate):  # finding: shop.prices.total
    return sum(line.price * line.amount for line in lines) * (1 + rate)
```

## Bad: methods of one class

```shop/stock.py
class Stock:
    def find_gaps(self, days):
        gaps = []
        for day in range(days):
            if day not in self.counted:
                gaps.append(day)
        return gaps

    def find_gaps_faster(self, days):  # finding: Stock.find_gaps
        return sorted(set(range(days)) - set(self.counted))
```

## Good: other work, or one in terms of the other

```shop/lookup.py
import functools

def price(sku):
    rows = load(sku)
    return rows[0].price

@functools.cache
def price_fast(sku):
    found = price(sku)
    return found

def sha1(data):
    state = start(1).update(data)
    return state.digest(data, 20)

def sha2(data):
    state = start(2).update(data)
    return state.digest(data, 32)

def get(name):
    row = rows.find(name, 1)
    return row.value + row.default

def get_builtin(name):
    row = given.find(name, 1)
    return row.value + row.default

def simple_search(text):
    words = text.split()
    return find(words)

def advanced_search(text):
    words = parse(text)
    return find_all(words)

def fast_forward(branch):
    head = branch.head
    return move(head)

def forward(branch, mail):
    copy = mail.copy()
    return send(branch, copy)
```

```shop/routes.py
def orders_v1(request):
    rows = request.rows()
    return {"orders": rows}

def orders_v2(request):
    rows = request.rows()
    return {"items": rows, "count": len(rows)}
```
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import permutations

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Function, Program
from seatrial.program.derived import derived
from seatrial.rules.contract import Match, rule

LEAST_VALUES = 8
"""Shorter bodies are other names for one expression."""
SURE, LIKELY, GUESSED = 0.75, 0.6, 0.4
OUTSIDE = ("db.read", "db.write", "http")
_PLAIN = (
    "recursive recursively iterative iteratively bruteforce brute_force fast faster fastest slow slower slowest quicker "
    "efficient optimized optimised unoptimized improved better naive oneliner one_liner rewritten refactored"
)
"""How something is done, whatever it is."""
_OTHERS = (
    "by_recursion by_iteration alt alternative alternate pythonic builtin stdlib std_lib vectorized vectorised memoized "
    "memoised dynamic_programming dynamic dp top_down bottom_up divide_and_conquer two_pointers bitwise dfs bfs"
)
"""How something is done, but for the names in which it is part of what is done (`get_builtin`)."""
_EITHER = "|".join(sorted(f"{_PLAIN} {_OTHERS}".split(), key=len, reverse=True))
_LEADING = re.compile(rf"^(?:(?:{_EITHER})_)+")
_TRAILING = re.compile(rf"_(?:with_|by_)?(?:{_EITHER})(?P<more>_.*)?$|_(?:using|via)_.+$")
_AGED = re.compile(r"_(?:old|new|legacy|v\d)$|(?<=[a-z]{3})_?[1-9]$")
"""Which version it is: words that say so only at the end of a name (`new_orders` are orders)."""
_LEFT = re.compile(r"_(?:old|new)$")
"""Ages that nobody gives to a format or an interface that others still speak."""
_NUMBERED = re.compile(r"_v\d$")
_SURELY = frozenset(_PLAIN.split())
LONG_STEM = 3
"""Words of a name that says so much that whatever follows the way something is done belongs to it."""


@rule(severity=Severity.WARNING, category=("clone",), cwe=(1041,), confirmed_by="twin")
def check(program: Program) -> Iterator[Match]:
    """The later versions of functions of one file or class that take as much and give as much."""
    for file in program.files:
        if file.role is Role.CODE:
            for places in _families(file):
                family = [file.functions[at] for at in places]
                if not any(_calls(program, one, other) for one, other in permutations(family, 2)):
                    yield _match(program, family)


@derived(list[list[int]])
def _families(file: File) -> list[list[int]]:
    """The versions of each function, by their places in the file."""
    by_name = {(fn.facts.parent, fn.name): fn for fn in file.functions}
    stems = {key: stem for key in by_name if (stem := _stem(key[1])) != key[1]}
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for parent, stem in {(key[0], stem) for key, stem in stems.items()}:
        names = {stem, *(name for (above, name), told in stems.items() if above == parent and told == stem)}
        for name in names:
            one = by_name.get((parent, name))
            if one and _counts(one):
                found[(parent, stem, *_contract(one))].append(one.index)
    return sorted(sorted(family) for family in found.values() if len(family) > 1 and not _all_numbered(file, family))


def _stem(name: str) -> str:
    """The name without the words that tell how the work is done, or which version of it this is."""
    plain = name.lstrip("_")
    stem = _LEADING.sub("", plain)
    stem = _TRAILING.sub(_kept, stem)
    stem = _AGED.sub("", stem)
    words = stem.split("_")
    if stem == plain or (len(words) == 1 and not _SURELY & {*plain.split("_")}):
        return name
    return name[: len(name) - len(plain)] + stem


def _kept(trailing: re.Match[str]) -> str:
    """What is left of a trailing way: all of it, if more words follow and the stem is too short to end here."""
    words = trailing.string[: trailing.start()].split("_")
    return trailing.group() if trailing["more"] and len(words) < LONG_STEM else ""


def _counts(function: Function) -> bool:
    outer = function.parent
    if function.facts.kind != "function" or len(function.values) < LEAST_VALUES or outer is None:
        return False
    return not any(type(outer.values[i]) is f.Call for i in function.facts.decorators)  # a route, or registered


def _contract(function: Function) -> tuple[object, ...]:
    facts = function.facts
    kinds = tuple(param.kind in {"star", "double-star"} for param in facts.params)
    return kinds, facts.is_async, facts.is_generator, bool(function.returns)


def _all_numbered(file: File, family: list[int]) -> bool:
    """Versions of an interface, each of which somebody speaks: `orders_v1` and `orders_v2`."""
    return all(_NUMBERED.search(file.functions[at].name) for at in family)


def _calls(program: Program, one: Function, other: Function) -> bool:
    return any(caller is one for caller, _ in program.calls.callers(other))


def _match(program: Program, family: list[Function]) -> Match:
    keep = min(family, key=lambda fn: (-len(program.calls.callers(fn)), _stem(fn.name) != fn.name, fn.facts.line))
    first, *others = [fn for fn in family if fn is not keep]
    more = f", as {'does' if len(others) == 1 else 'do'} {len(others)} more" if others else ""
    return Match(
        message=f"{first.symbol} is a second version of {keep.dotted}: the names tell the same work, done in another way{more}",
        function=first,
        line=first.facts.line,
        key=keep.symbol,
        path=(keep.head(f"one version: {keep.symbol}"), *(fn.head(f"another: {fn.symbol}") for fn in (first, *others))),
        confidence=_confidence(program, keep, first),
        mend=f"Keep one of them under the name {_stem(first.name)}, and delete the rest or let them call it.",
        also=(keep, *others),
    )


def _confidence(program: Program, keep: Function, other: Function) -> float:
    """How sure it is that they do the same: what another way reaches outside is often another thing."""
    if any(program.effects.of(side, kind) for side in (keep, other) for kind in OUTSIDE):
        return GUESSED
    if _AGED.search(keep.name) and _AGED.search(other.name):
        return GUESSED  # steps and formats are numbered too
    return SURE if _is_sure(keep, other) else LIKELY


def _is_sure(keep: Function, other: Function) -> bool:
    """Nothing but the way they are done tells them apart: they take the same, by name, and return something."""
    ways = _SURELY & {*keep.name.split("_"), *other.name.split("_")}
    same = [p.name for p in keep.facts.params] == [p.name for p in other.facts.params]
    return bool(ways or _LEFT.search(other.name) or _LEFT.search(keep.name)) and same and bool(keep.returns)
