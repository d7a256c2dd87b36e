"""Two functions that the audit takes for one, on the same inputs: alike on all, or the smallest that tells them apart.

They run in the program's own interpreter, in a process of the sandbox that ends with them. What they take follows their
annotations, defaults and code, and a seed; only inputs that at least one of them answers count.
"""

from collections.abc import Iterator, Sequence

import msgspec

from seatrial.model.evidence import Outcome
from seatrial.model.pair import Pair
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

_ENOUGH = 200
"""Inputs that were answered: fewer say nothing."""
_ANSWERS = 3
"""Different answers: two functions that always say the same are alike by chance."""
_MOSTLY = 0.9
"""Code that looks alike and differs on a larger part of the inputs does other work."""


class Shown(msgspec.Struct, frozen=True):
    """An input as text, and what each of the two makes of it."""

    arguments: str
    left: str
    right: str


class Compared(msgspec.Struct, frozen=True):
    """What came of a pair. `why` says why it was not tried; `apart` counts the inputs on which they differ."""

    why: str
    inputs: int = 0
    apart: int = 0
    answers: int = 0
    shown: Shown | None = None


def claims(bench: Bench) -> Iterator[Claim]:
    """What the pairs show."""
    for pair, compared in run(bench):
        yield _claim(pair, *_judged(pair, compared))


def run(bench: Bench) -> Iterator[tuple[Pair, Compared]]:
    """Every pair that the audit names."""
    if not bench.pairs:
        return
    asked = [{side: msgspec.to_builtins(getattr(pair, side)) for side in ("left", "right")} for pair in bench.pairs]
    told = bench.application.beside("twins", {"pairs": asked, "seed": bench.seed})
    yield from zip(bench.pairs, msgspec.json.decode(told, type=Sequence[Compared]), strict=True)


def _judged(pair: Pair, one: Compared) -> tuple[Outcome, str]:
    names = f"{pair.left.name} and {pair.right.name}"
    if one.why:
        return Outcome.INCONCLUSIVE, f"{names} were not run: {one.why}"
    if one.inputs < _ENOUGH or (one.answers < _ANSWERS and one.shown is None):
        return Outcome.INCONCLUSIVE, f"{names} answer too few of the inputs that were made up ({one.inputs})"
    if one.shown is None:
        return Outcome.PROVEN, f"{names} answer alike on {one.inputs} of {one.inputs} inputs"
    shown = f"({one.shown.arguments}): {pair.left.name} {one.shown.left}, {pair.right.name} {one.shown.right}"
    told = f"{names} differ on {one.apart} of {one.inputs} inputs, the smallest {shown}"
    is_other = pair.rule == "duplicate-logic" and one.apart > _MOSTLY * one.inputs  # by names, one of them may be wrong
    return (Outcome.CLEARED if is_other else Outcome.INCONCLUSIVE), told


def _claim(pair: Pair, outcome: Outcome, reason: str) -> Claim:
    return Claim(
        trial="twin",
        outcome=outcome,
        rules=(pair.rule,),
        operation="",
        lines=(f"{pair.right.path}:{pair.right.line} {pair.right.name}",),
        exact=True,
        reason=reason,
    )
