"""Packages in rows."""

from hypothesis import given
from hypothesis import strategies as st

from seatrial.model.verdict import Edge
from seatrial.reports.html import _layers

NAMES = st.sampled_from(["a", "a.b", "a.b.c", "a.d", "e", "e.f", "g"])
edges = st.lists(st.builds(Edge, NAMES, NAMES, st.integers(1, 9), st.booleans())).map(
    lambda found: [edge for edge in found if edge.source != edge.target]
)


def names(found: list[Edge]) -> set[str]:
    return {name for edge in found for name in (edge.source, edge.target)}


@given(edges)
def test_every_package_stands_in_one_row(found: list[Edge]) -> None:
    down = _layers.order(found)
    assert sorted(down) == sorted(names(found))
    assert sorted(name for row in _layers.rows(found, down) for name in row) == sorted(down)


@given(edges)
def test_without_circles_nothing_points_upwards(found: list[Edge]) -> None:
    acyclic = [edge for edge in found if edge.source < edge.target]
    rows = _layers.rows(acyclic, _layers.order(acyclic))
    height = {name: number for number, row in enumerate(rows) for name in row}
    assert all(height[edge.source] < height[edge.target] for edge in acyclic)


@given(edges, st.integers(1, 7))
def test_folding_keeps_to_the_limit(found: list[Edge], most: int) -> None:
    folded, _ = _layers.fold(found, most)
    assert len(names(folded)) <= most
    assert all(edge.source != edge.target for edge in folded)


def test_parts_of_a_package_are_one_when_there_are_too_many() -> None:
    found = [Edge(f"shop.api.v{n}", "shop.store.db", n, in_cycle=n == 3) for n in range(1, 9)]
    assert _layers.fold(found, 5) == ([Edge("shop.api", "shop.store", 36, in_cycle=True)], 0)


def test_the_lighter_side_of_a_circle_goes_back_up() -> None:
    assert _layers.order([Edge("a", "b", 1, in_cycle=True), Edge("b", "a", 9, in_cycle=True)]) == ["b", "a"]
