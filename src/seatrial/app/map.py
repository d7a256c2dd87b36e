"""The architecture map: which package imports which, and which of these imports lie on a circle."""

from collections import Counter
from collections.abc import Iterator

from seatrial.model.source import Role
from seatrial.model.verdict import Edge
from seatrial.program import File, Program
from seatrial.program.graph import components


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
    for file in program.files:
        if file.role is not Role.CODE:
            continue
        source = _package(file)
        for fact in file.facts.imports:
            is_ours = not (fact.type_only or program.names.foreign[fact.module])
            target = program.names.imported_file(file, fact) if is_ours else None
            if target is not None and (package := _package(target)) != source:
                yield source, package


def _package(file: File) -> str:
    return file.package or file.module
