"""Shapes: what a function computes, without its names, order and layout, as a bag of small features.

A feature is a value's own label (operator, callee, attribute, literal) with the labels of what it is made from. Because
facts are in static single assignment form, renaming variables, reordering independent statements, and naming or
inlining intermediate results leave the bag as it is; an inserted or changed line changes only the few features around
it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

from seatrial.model import facts as f

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from seatrial.program.parts import Function

_COMMON = 40
"""A feature in more functions than this tells nothing about kinship, and is not used to find candidates."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Two functions and how much of their work is the same, 0 to 1 (Dice coefficient over weighted features)."""

    left: Function
    right: Function
    similarity: float
    shared: float
    """Weight of what they share: about how many bits of surprise it would be by chance."""


def shape(function: Function) -> Counter[int]:
    """The features of a function, with how often each occurs."""
    values = function.values
    labels = [label(step) if (label := _LABELS.get(type(step))) else type(step).__name__ for step in values]
    found = [
        hash((labels[at], *[labels[i] for i in _PARTS[type(values[at])](values[at]) if i >= 0]))
        for at in function.of(_PARTS.keys())
    ]
    found += [
        hash((region.kind, labels[region.subject] if region.subject >= 0 else 0))
        for region in function.regions
        if region.kind != "annotation"
    ]
    return Counter(found)


def alike(shapes: Mapping[Function, Counter[int]], least: float) -> Iterator[Alike]:
    """The pairs of functions whose similarity is at least `least`, each once, in no particular order."""
    spread: Counter[int] = Counter(feature for bag in shapes.values() for feature in bag)
    weights = {feature: log(1 + len(shapes) / count) for feature, count in spread.items()}
    sizes = {function: sum(weights[x] * n for x, n in bag.items()) for function, bag in shapes.items()}
    holders: dict[int, list[Function]] = defaultdict(list)
    for function, bag in shapes.items():
        yield from _partners(function, bag, shapes, (weights, sizes, holders, spread), least)


def _partners(
    function: Function,
    bag: Counter[int],
    shapes: Mapping[Function, Counter[int]],
    tables: tuple[Mapping[int, float], Mapping[Function, float], dict[int, list[Function]], Mapping[int, int]],
    least: float,
) -> Iterator[Alike]:
    weights, sizes, holders, spread = tables
    met: Counter[Function] = Counter()
    size = sizes[function]
    for feature, count in bag.items():
        if 1 < spread[feature] <= _COMMON:
            for other in holders[feature]:
                met[other] += weights[feature] * min(count, shapes[other][feature])  # type: ignore[assignment] # a weighted count
            holders[feature].append(function)
    for other, rare in met.items():
        if 4 * rare < least * (size + sizes[other]) / 2:  # too little in rare features to be worth the whole sum
            continue
        shared = sum(weights[x] * min(n, shapes[other][x]) for x, n in bag.items() if x in shapes[other])
        similarity = 2 * shared / (size + sizes[other])
        if similarity >= least:
            yield Alike(other, function, similarity, shared)


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
