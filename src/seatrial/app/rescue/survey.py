"""What a tree is like, file by file: complexity, importers, ways in, tests that name it, and what was found in it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import closing
from itertools import chain
from pathlib import Path

import msgspec

from seatrial import registry
from seatrial.app import cache, workspace
from seatrial.app.audit import Audited, Request, find, report_on
from seatrial.app.progress import Progress
from seatrial.app.rescue.history import Told, tell
from seatrial.app.rescue.mentions import WORD, Mentions, closeness
from seatrial.facts import extract
from seatrial.model.finding import Finding
from seatrial.model.route import Route
from seatrial.model.source import Role
from seatrial.model.verdict import Counts, State
from seatrial.program import File, Function, Program, link
from seatrial.program.imports import Import, When

_BRANCHES = frozenset({"for", "while", "comprehension", "if", "case", "except"})
_TELLING = 5
"""Letters of a name; shorter ones are in every test."""
_ANSWERED = frozenset({State.SUPPRESSED, State.CLEARED})


class Measured(msgspec.Struct, frozen=True):
    """A function: its lines, and its cyclomatic complexity (McCabe 1976: one, and one for each branch)."""

    symbol: str
    line: int
    end_line: int
    complexity: int


class Module(msgspec.Struct, frozen=True):
    """A file of judged code. `importers` are files of judged code; `tests` those of test code that name it."""

    path: str
    name: str
    lines: int
    functions: tuple[Measured, ...]
    importers: frozenset[str]
    routes: tuple[Route, ...]
    tests: tuple[str, ...]
    importing_tests: tuple[str, ...] = ()
    """Those of them that import it."""
    close_tests: tuple[str, ...] = ()
    """Those of them that import it or are named after it, the nearest first."""

    @property
    def complexity(self) -> int:
        """That of all its functions together."""
        return sum(one.complexity for one in self.functions)

    @property
    def worst(self) -> Measured | None:
        """The most complex function; the first of several. None if there is none."""
        return max(self.functions, key=lambda one: (one.complexity, -one.line), default=None)

    def around(self, line: int) -> Measured | None:
        """The innermost function that holds a line; None if none does."""
        found = [one for one in self.functions if one.line <= line <= one.end_line]
        return max(found, key=lambda one: one.line, default=None)


class Survey(msgspec.Struct, frozen=True):
    """The whole tree. Nothing that a card says rests on anything else."""

    modules: Mapping[str, Module]
    findings: tuple[Finding, ...]
    """Those that stand in code that is not test code, at the confidence of the settings."""
    test_findings: tuple[Finding, ...]
    imports: Mapping[str, frozenset[str]]
    """For each module (dotted) those that it imports as it is loaded."""
    test_words: Mapping[str, frozenset[str]]
    """For each file of test code the names in it."""
    told: Told
    counts: Counts
    gate_open: bool
    gaps: int


def survey(root: Path, progress: Progress) -> Survey:
    """Audits the tree and measures it. Runs nothing of it. Raises as `audit`."""
    request = Request(root=root, gate=True)
    audited = find(request, progress)
    verdict = report_on(audited, request).verdict
    standing = [one.finding for one in verdict.judged if one.state not in _ANSWERED]
    progress.step("measuring")
    program, texts = _program(root, audited)
    return Survey(
        modules=_modules(program, audited.analysis.routes, texts),
        findings=tuple(one for one in standing if not one.in_test),
        test_findings=tuple(one for one in standing if one.in_test),
        imports=_load_imports(program),
        test_words=texts,
        told=tell(root),
        counts=audited.analysis.counts,
        gate_open=verdict.open,
        gaps=len(audited.analysis.gaps),
    )


def _program(root: Path, audited: Audited) -> tuple[Program, dict[str, frozenset[str]]]:
    """The linked program, and the names in each file of test code."""
    tree = workspace.checkout(root, workspace.Selection(registry.suffixes(), audited.settings.exclude))
    with closing(cache.users_own()) as store:
        facts = extract(tree.sources, registry.languages(), store, 1)
    texts = {s.file.path: frozenset(WORD.findall(s.text)) for s in tree.sources if s.file.role is Role.TEST}
    return link(facts.files, tree.manifests), texts


def _modules(program: Program, routes: Iterable[Route], texts: Mapping[str, frozenset[str]]) -> dict[str, Module]:
    by_path: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        by_path[route.place.path].append(route)
    importers, testers = _importers(program)
    files = [file for file in program.files if file.role is Role.CODE and not file.facts.generated]
    tests = Mentions(texts)
    tests.look_for({*chain.from_iterable(map(_public, files)), *(w for r in routes for w in WORD.findall(r.path))})
    return {
        file.path: _module(file, importers[file.path], tuple(by_path[file.path]), testers[file.path], tests)
        for file in files
    }


def _module(
    file: File, importers: Iterable[str], routes: tuple[Route, ...], testers: Iterable[str], tests: Mentions
) -> Module:
    path = file.path
    close = sorted({*testers, *tests.named_after(path)}, key=lambda test: (-closeness(test, path), test))
    asking = chain.from_iterable(tests.asking(route.path) for route in routes)
    return Module(
        path,
        file.module,
        file.facts.lines,
        tuple(_measured(function) for function in file.functions if function.facts.kind == "function"),
        frozenset(importers),
        routes,
        tuple(sorted({*close, *tests.naming(path, _public(file)), *asking})),
        tuple(sorted(testers)),
        tuple(close),
    )


def _public(file: File) -> frozenset[str]:
    """The names that a module offers: only a word that nothing else is likely to be called."""
    functions = {one.name for one in file.functions if one.facts.kind == "function" and one.parent is file.body}
    names = functions | {cls.name for cls in file.classes}
    return frozenset(name for name in names if not name.startswith("_") and len(name) > _TELLING)


def _measured(function: Function) -> Measured:
    facts = function.facts
    branches = sum(region.kind in _BRANCHES for region in facts.regions)
    return Measured(function.symbol, facts.line, facts.end_line, 1 + branches)


def _importers(program: Program) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """For each file the files of code that import it, and those of test code."""
    importers: dict[str, set[str]] = defaultdict(set)
    testers: dict[str, set[str]] = defaultdict(set)
    for one in program.imports.all:
        if one.source is not one.target and not one.implicit:
            kind = testers if one.source.is_test else importers if one.source.role is Role.CODE else {}
            kind.setdefault(one.target.path, set()).add(one.source.path)
    return importers, testers


def _load_imports(program: Program) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in program.imports.all:
        if one.when is When.LOAD and one.source is not one.target and not _is_harmless(one):
            found[one.source.module].add(one.target.module)
    return {module: frozenset(targets) for module, targets in found.items()}


def _is_harmless(one: Import) -> bool:
    """A package is run because something below it is asked for, or by what lies in it: that is no choice."""
    return one.implicit or (one.target.is_package and one.source.module.startswith(f"{one.target.module}."))
