"""Directed graphs: strongly connected components, shortest ways, and edges whose removal leaves no circle."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from itertools import islice, pairwise
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(edges: Mapping[Node, Collection[Node]]) -> list[list[Node]]:
    """The strongly connected components with more than one node, each in the order in which its nodes were met.

    Tarjan 1972, without recursion: import graphs are deep.
    """
    index: dict[Node, int] = {}
    low: dict[Node, int] = {}
    stack: list[Node] = []
    on_stack: set[Node] = set()
    found: list[list[Node]] = []
    for start in edges:
        if start in index:
            continue
        work = [(start, iter(edges.get(start, ())))]
        index[start] = low[start] = len(index)
        stack.append(start)
        on_stack.add(start)
        while work:
            node, following = work[-1]
            child = next((c for c in following if c not in index or c in on_stack), None)
            if child is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    _close(node, stack, on_stack, found)
            elif child not in index:
                index[child] = low[child] = len(index)
                stack.append(child)
                on_stack.add(child)
                work.append((child, iter(edges.get(child, ()))))
            else:
                low[node] = min(low[node], index[child])
    return found


def _close(node: Node, stack: list[Node], on_stack: set[Node], found: list[list[Node]]) -> None:
    component = []
    while True:
        member = stack.pop()
        on_stack.discard(member)
        component.append(member)
        if member == node:
            break
    if len(component) > 1:
        found.append(component[::-1])


def shortest(edges: Mapping[Node, Iterable[Node]], start: Node, goal: Node) -> list[Node]:
    """The nodes of a shortest way from `start` to `goal`, both included; empty if there is none."""
    before: dict[Node, Node] = {start: start}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        if node == goal:
            way = [goal]
            while way[-1] != start:
                way.append(before[way[-1]])
            return way[::-1]
        for following in edges.get(node, ()):
            if following not in before:
                before[following] = node
                waiting.append(following)
    return []


def cuts(
    component: Sequence[Node], edges: Mapping[Node, Collection[Node]], cost: Mapping[tuple[Node, Node], float]
) -> list[tuple[Node, Node]]:
    """Edges whose removal leaves no circle in a component, the cheapest for what they break first (greedy).

    In each round the circle with the fewest edges that is left is cut at its cheapest edge.
    """
    inside = set(component)
    # dictionaries keep their order: the same cuts in every run
    rest = {n: dict.fromkeys(m for m in edges.get(n, ()) if m in inside and m != n) for n in component}
    removed: list[tuple[Node, Node]] = []
    while True:
        circular = components(rest)
        if not circular:
            return removed
        for part in circular:
            circle = _shortest_circle(part, rest)
            edge = min(pairwise(circle), key=cost.__getitem__)
            del rest[edge[0]][edge[1]]
            removed.append(edge)


def circulation(
    component: Sequence[Node], edges: Mapping[Node, Collection[Node]], most: int = 300
) -> Counter[tuple[Node, Node]]:
    """How many shortest circles each edge of a component lies on; at most `most` edges are closed to one."""
    inside = set(component)
    rest = {n: [m for m in edges.get(n, ()) if m in inside and m != n] for n in component}
    found: Counter[tuple[Node, Node]] = Counter()
    for source, target in islice(((s, t) for s in component for t in rest[s]), most):
        circle = [source, *shortest(rest, target, source)]
        found.update(pairwise(circle))
    return found


def _shortest_circle(part: Sequence[Node], edges: Mapping[Node, Collection[Node]]) -> list[Node]:
    best: list[Node] = []
    for node in part:
        for following in edges[node]:
            back = shortest(edges, following, node)
            if back and (not best or len(back) + 1 < len(best)):
                best = [node, *back]
                if len(best) == len(("a", "b", "a")):
                    return best
    return best
