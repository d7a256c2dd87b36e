"""Likeness of functions: the quick search for pairs finds what comparing each with each would."""

import random
from collections import Counter
from itertools import combinations
from math import log
from typing import Any

import pytest

from seatrial.program.shapes import alike

LEAST = 0.7


def bags(seed: int) -> dict[Any, Counter[int]]:
    """Families of bags that share most of their features, some of which are common and some rare."""
    draw = random.Random(seed)
    found: dict[Any, Counter[int]] = {}
    for family in range(30):
        core = [draw.choice((draw.randrange(5), 100 + draw.randrange(3_000))) for _ in range(draw.randrange(10, 30))]
        for member in range(draw.randrange(1, 5)):
            kept = [feature for feature in core if draw.random() > 0.15]
            found[f"{family}.{member}"] = Counter([*kept, *(draw.randrange(4_000) for _ in range(draw.randrange(6)))])
    return found


def by_definition(shapes: dict[Any, Counter[int]]) -> dict[frozenset[Any], float]:
    """The similarity of each pair that has enough of it, a fourth of which is in features that few share."""
    spread = Counter(feature for bag in shapes.values() for feature in bag)
    weight = {feature: log(1 + len(shapes) / count) for feature, count in spread.items()}
    size = {name: sum(weight[x] * n for x, n in bag.items()) for name, bag in shapes.items()}
    found = {}
    for left, right in combinations(shapes, 2):
        common = {x: weight[x] * n for x, n in (shapes[left] & shapes[right]).items()}
        rare = sum(shared for x, shared in common.items() if spread[x] <= 40)
        similarity = 2 * sum(common.values()) / (size[left] + size[right])
        if similarity >= LEAST and 8 * rare >= LEAST * (size[left] + size[right]):
            found[frozenset((left, right))] = similarity
    return found


@pytest.mark.parametrize("seed", range(8))
def test_pairs_are_those_of_the_definition(seed: int) -> None:
    shapes = bags(seed)
    found = list(alike(shapes, LEAST))
    expected = by_definition(shapes)
    assert len(expected) > 5
    assert {frozenset((pair.left, pair.right)): pytest.approx(pair.similarity) for pair in found} == expected
    assert len(found) == len(expected)
