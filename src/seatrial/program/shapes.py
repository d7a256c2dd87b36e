"""Shapes: what a function computes, without its names, order and layout, as a bag of small features.

A feature is a value's own label (operator, callee, attribute, literal) with the labels of what it is made from. Because
facts are in static single assignment form, renaming variables, reordering independent statements, and naming or
inlining intermediate results leave the bag as it is; an inserted or changed line changes only the few features around
it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from math import log
from operator import mul
from typing import TYPE_CHECKING, Any

import msgspec

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from seatrial.program.parts import Function

_COMMON = 40
"""A feature in more functions than this tells nothing about kinship, and is not used to find candidates."""
_OWN = 3
"""A feature in no more functions than this belongs to them."""
_ROUNDING = 1e-9
"""How much the sums of weights may be off."""


class Alike(msgspec.Struct, frozen=True):
    """Two functions and how much of their work is the same, 0 to 1 (Dice coefficient over weighted features)."""

    left: Function
    right: Function
    similarity: float
    shared: float
    """Weight of what they share: about how many bits of surprise it would be by chance."""
    own: float
    """How much of that hardly any other function has, 0 to 1: the rest is how things are done in this program."""


def features(function: Function) -> int:
    """How many features the function has: the total of its `shape`, told more cheaply."""
    return len(list(function.of(_COUNTED))) + sum(region.kind != "annotation" for region in function.regions)


def shape(function: Function) -> Counter[int]:
    """The features of a function, with how often each occurs: numbers that are the same in every process."""
    values = function.values
    labels = [_number(label(step) if (label := _LABELS.get(type(step))) else type(step).__name__) for step in values]
    found = [
        hash((labels[at], *[labels[i] for i in _PARTS[type(values[at])](values[at]) if i >= 0]))
        for at in function.of(_COUNTED)
    ]
    found += [
        hash((_number(region.kind), labels[region.subject] if region.subject >= 0 else 0))
        for region in function.regions
        if region.kind != "annotation"
    ]
    return Counter(found)


def wired_alike(left: Function, right: Function) -> bool:
    """Each value is made of the same ones in both, counted from the first: not so `a[i][k]` and `a[k][i]`."""
    return _wiring(left) == _wiring(right)


def built_alike(left: Function, right: Function) -> bool:
    """Step by step of the same kinds, whatever their names and numbers: neither has a step more."""
    kinds = _COUNTED - {f.Unary}  # a number below 0 is one too
    mine, theirs = ([type(side.values[at]) for at in side.of(kinds)] for side in (left, right))
    return mine == theirs


def _wiring(function: Function) -> list[tuple[int, ...]]:
    return [tuple(_PARTS[type(step)](step)) for step in map(function.values.__getitem__, function.of(_COUNTED))]


def alike(shapes: Mapping[Function, Mapping[int, int]], least: float) -> Iterator[Alike]:
    """The pairs of functions whose similarity is at least `least`, each once, in no particular order."""
    likeness = _Likeness(shapes, least)
    holders: dict[int, list[Function]] = defaultdict(list)
    for function in shapes:
        telling = likeness.telling(function)
        for other in dict.fromkeys(other for feature in telling for other in holders[feature]):
            found = likeness.of(other, function)
            if found is not None:
                yield found
        for feature in telling:
            holders[feature].append(function)


class _Likeness:
    """The weights of all features, and by them the similarity of any two functions."""

    def __init__(self, shapes: Mapping[Function, Mapping[int, int]], least: float) -> None:
        self._shapes = shapes
        self._least = least
        self._spread = Counter(chain.from_iterable(shapes.values()))
        by_spread = [0.0, *(log(1 + len(shapes) / count) for count in range(1, len(shapes) + 1))]
        self._weights = {feature: by_spread[count] for feature, count in self._spread.items()}
        self._alone = by_spread[1] if shapes else 0.0
        """The weight of a feature that only one function has: one of these."""
        self._single = {feature for feature, count in self._spread.items() if count == 1}
        weight_of = self._weights.__getitem__
        self._sizes = {function: sum(map(mul, map(weight_of, bag), bag.values())) for function, bag in shapes.items()}

    def telling(self, function: Function) -> list[int]:
        """Features of which every function that is similar enough has at least one.

        Two that share `least` of their work share at least `least / (2 - least)` of each one's own. So if the rarest
        features are put aside until less than that is left, one of them must be shared (Chaudhuri et al. 2006, "A
        primitive operator for similarity joins in data cleaning").
        """
        bag, spread, weights = self._shapes[function], self._spread, self._weights
        spare = self._sizes[function] * (1 + _ROUNDING - self._least / (2 - self._least))
        spare -= self._alone * sum(map(bag.__getitem__, bag.keys() & self._single))
        found = []
        for _, feature in sorted([(spread[x], x) for x in bag if 1 < spread[x] <= _COMMON]) if spare >= 0 else ():
            found.append(feature)
            spare -= weights[feature] * bag[feature]
            if spare < 0:
                break
        return found

    def of(self, left: Function, right: Function) -> Alike | None:
        """How alike the two are; None if that is too little, or if most of it is what many share."""
        mine, theirs = self._shapes[right], self._shapes[left]
        both = self._sizes[left] + self._sizes[right]
        if 2 * min(self._sizes[left], self._sizes[right]) * (1 + _ROUNDING) < self._least * both:
            return None  # more than the smaller one has they cannot share
        common = [(x, self._weights[x] * min(n, theirs[x])) for x, n in mine.items() if x in theirs]
        rare = sum([weight for x, weight in common if self._spread[x] <= _COMMON])
        shared = sum([weight for _, weight in common])
        if 8 * rare < self._least * both or 2 * shared / both < self._least:
            return None
        own = sum([weight for x, weight in common if self._spread[x] <= _OWN])
        return Alike(left, right, 2 * shared / both, shared, own / shared)


@lru_cache(maxsize=65_536)
def _number(label: object) -> int:
    """A number for a label: texts have another `hash` in each process, numbers have not."""
    return int.from_bytes(blake2b(repr(label).encode(), digest_size=7).digest(), "big")


def _callee(step: f.Call) -> str:
    return "()" + step.callee.rpartition(".")[2].lstrip(":!?")


def _collection(step: f.Collection) -> str:
    return step.kind + ("*" if step.region >= 0 else "")


_LABELS: Mapping[type, Callable[[Any], Any]] = {
    f.Call: _callee,
    f.Ref: lambda v: v.path.rpartition(".")[2].lstrip(":!?"),
    f.Const: lambda v: (v.kind, v.value),
    f.Attr: lambda v: "." + v.name,
    f.Binary: lambda v: v.op,
    f.Compare: lambda v: v.op,
    f.Unary: lambda v: v.op,
    f.Collection: _collection,
    f.StoreAttr: lambda v: "=." + v.name,
    f.Jump: lambda v: v.kind,
    f.Param: lambda _: "input",
    f.Free: lambda _: "input",
    f.Phi: lambda _: "input",
    f.Element: lambda _: "input",
    f.Part: lambda _: "input",
}

_PARTS: Mapping[type, Callable[[Any], Iterable[int]]] = {
    f.Call: lambda v: (v.receiver, *v.args, *(i for _, i in v.keywords)),
    f.Attr: lambda v: (v.base,),
    f.Index: lambda v: (v.base, v.key),
    f.Binary: lambda v: (v.left, v.right),
    f.Compare: lambda v: (v.left, v.right),
    f.Unary: lambda v: (v.value,),
    f.Template: lambda v: v.parts,
    f.Collection: lambda v: v.items[:8],
    f.Conditional: lambda v: (v.test, v.then, v.other),
    f.StoreAttr: lambda v: (v.value,),
    f.StoreItem: lambda v: (v.key, v.value),
    f.Return: lambda v: (v.value,),
    f.Raise: lambda v: (v.value,),
    f.Yield: lambda v: (v.value,),
    f.Delete: lambda v: (v.target,),
    f.Await: lambda v: (v.value,),
}
_COUNTED = frozenset(_PARTS)
