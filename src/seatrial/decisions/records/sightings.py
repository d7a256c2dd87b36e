"""Where files go against a record: a rejected option that is there, a rule that does not hold."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from seatrial.decisions.records.imports import Import, imports, is_within, module_of
from seatrial.decisions.records.patterns import Searcher
from seatrial.model.decided import Sighting
from seatrial.model.globs import matcher
from seatrial.model.record import Names, Record, Rule, RuleKind

_PROSE = (".md", ".rst", ".txt", ".adoc")


class Needed(NamedTuple):
    """A distribution (its name in normal form) that a manifest requires."""

    name: str
    path: str
    line: int


class Tree(NamedTuple):
    """Files by their paths (as text), and what the manifests among them require."""

    files: Mapping[str, str]
    needed: Sequence[Needed] = ()


class _Clause(NamedTuple):
    """Something that a record speaks against, and how it is found in a tree."""

    record: Record
    key: str
    find: Callable[[Tree], Iterable[tuple[str, int, str]]]


def sightings(records: Iterable[Record], tree: Tree) -> list[Sighting]:
    """Every place in the tree that a record speaks against, in order. What a rule's command says is not asked."""
    found = (
        Sighting(clause.record.id, clause.key, path, line, what)
        for record in records
        for clause in _clauses(record)
        for path, line, what in clause.find(tree)
    )
    return sorted(set(found))


def brought_in(now: Iterable[Sighting], before: Iterable[Sighting]) -> list[Sighting]:
    """Those that were not there before, in whatever file and line: what is moved is not brought in."""
    there = Counter((one.record, one.clause, one.what) for one in before)
    new = []
    for one in now:
        key = (one.record, one.clause, one.what)
        there[key] -= 1
        if there[key] < 0:
            new.append(one)
    return new


def covered(patterns: Names, paths: Iterable[str]) -> Iterator[str]:
    """The paths that the patterns mean; without patterns, all that are not prose."""
    if patterns:
        return filter(matcher(patterns), paths)
    return (path for path in paths if not path.endswith(_PROSE))


def _clauses(record: Record) -> Iterator[_Clause]:
    everywhere = record.scope.paths
    for number, option in enumerate(record.rejected):
        key, match = f"rejected.{number}", option.match
        if match.imports:
            yield _Clause(record, key, partial(_imported, match.imports, everywhere))
        if match.pattern:
            yield _Clause(record, key, partial(_matched, match.pattern, everywhere))
        if match.dependency:
            yield _Clause(record, key, partial(_required, match.dependency))
    for number, rule in enumerate(record.rules):
        if find := _rule(rule, rule.paths or everywhere):
            yield _Clause(record, f"rules.{number}", find)


def _rule(rule: Rule, paths: Names) -> Callable[[Tree], Iterable[tuple[str, int, str]]] | None:
    match rule.kind:
        case RuleKind.IMPORT_FORBIDDEN:
            return partial(_imported, rule.imports, paths)
        case RuleKind.PATTERN_FORBIDDEN:
            return partial(_matched, rule.pattern, paths)
        case RuleKind.PATTERN_REQUIRED:
            return partial(_lacking, rule.pattern, paths)
        case RuleKind.DEPENDENCY_FORBIDDEN:
            return partial(_required, rule.dependency)
        case RuleKind.LAYERS:
            return partial(_upwards, rule.layers, paths)
        case RuleKind.COMMAND:
            return None


def _imported(modules: Names, paths: Names, tree: Tree) -> Iterator[tuple[str, int, str]]:
    last = tuple(module.rpartition(".")[2] for module in modules)
    for path in covered(paths, tree.files):
        text = tree.files[path]
        if path.endswith((".py", ".pyi")) and any(name in text for name in last):
            for one in imports(path, text):
                if any(is_within(one, module) for module in modules):
                    yield path, one.line, f"imports {one.name}"


def _matched(pattern: str, paths: Names, tree: Tree) -> Iterator[tuple[str, int, str]]:
    search = Searcher(pattern)
    for path in covered(paths, tree.files):
        for number, line in enumerate(tree.files[path].splitlines(), 1):
            if search.finds(line):
                yield path, number, f"says `{line.strip()[:80]}`"


def _lacking(pattern: str, paths: Names, tree: Tree) -> Iterator[tuple[str, int, str]]:
    search = Searcher(pattern)
    for path in covered(paths, tree.files):
        if not any(search.finds(line) for line in tree.files[path].splitlines()):
            yield path, 1, f"{path} does not say `{pattern}`"


def _required(names: Names, tree: Tree) -> Iterator[tuple[str, int, str]]:
    wanted = {normal(name) for name in names}
    for one in tree.needed:
        if one.name in wanted:
            yield one.path, one.line, f"requires {one.name}"


def normal(name: str) -> str:
    """A distribution's name in normal form (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _upwards(layers: Sequence[str | Names], paths: Names, tree: Tree) -> Iterator[tuple[str, int, str]]:
    """Imports from a lower layer (a later one) into a higher."""
    depth = {name: n for n, layer in enumerate(layers) for name in ((layer,) if isinstance(layer, str) else layer)}
    for path in covered(paths, tree.files):
        here = _layer(module_of(path), depth) if path.endswith(".py") else None
        for one in imports(path, tree.files[path]) if here else ():
            there = _layer(one, depth)
            if here and there and depth[there] < depth[here]:
                yield path, one.line, f"imports {one.name}: {here} lies below {there}"


def _layer(module: Import, depth: Mapping[str, int]) -> str | None:
    """The layer that a module lies in; of several around it, the nearest."""
    return max((name for name in depth if is_within(module, name)), key=len, default=None)
