"""The architecture map: which package imports which, and which of these imports lie on a circle."""

from collections import Counter
from collections.abc import Iterator

from seatrial.model.source import Role
from seatrial.model.verdict import Edge
from seatrial.program import File, Program
from seatrial.program.graph import components
from seatrial.program.imports import When


def edges(program: Program) -> tuple[Edge, ...]:
    """The run-time imports between the packages of judged code, counted, sorted."""
    weights = Counter(_imports(program))
    targets: dict[str, list[str]] = {}
    for source, target in sorted(weights):
        targets.setdefault(source, []).append(target)
    circle = {package: number for number, found in enumerate(components(targets)) for package in found}
    return tuple(
        Edge(source, target, weight, circle.get(source, -1) == circle.get(target, -2))
        for (source, target), weight in sorted(weights.items())
    )


def _imports(program: Program) -> Iterator[tuple[str, str]]:
    asked = (one for one in program.imports.all if not one.implicit and one.when is not When.TYPES)
    targets = {(one.source, id(one.facts)): one.target for one in asked}  # the last is the nearest: the submodule
    for (source, _), target in targets.items():
        if source.role is Role.CODE and (package := _package(target)) != _package(source):
            yield _package(source), package


def _package(file: File) -> str:
    return file.package or file.module
