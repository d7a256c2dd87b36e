"""Loading modules on paper: whether a circle of imports breaks when one of its modules is asked for first.

A module runs from top to bottom and stops at each import until that module has run; one that is already running is
handed over half done (the Python reference, 5.3.1 "The module cache"). A name that it binds only further down is then
missing.
"""

from __future__ import annotations

from collections import deque
from functools import cached_property
from itertools import chain, groupby, islice
from typing import TYPE_CHECKING, NamedTuple

from seatrial.model import facts as f
from seatrial.model.facts import NONE
from seatrial.program.imports import Import, is_held, names_target

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from seatrial.program.parts import File


_NAMING = frozenset({f.Ref, f.Call})
_MOST = 20
"""Of so many modules that ask for another, each is loaded on paper."""


class Broken(NamedTuple):
    """Loading `entry` first fails: `by` asks for `name` of a module that runs and has not bound it yet."""

    entry: File
    by: Import
    name: str


def spot(broken: Broken) -> tuple[File, File]:
    """Where it fails: two that fail there fail for one reason."""
    return broken.by.source, broken.by.target


class Loading:
    """Loads the modules of a program on paper, along the imports that run as a module loads."""

    def __init__(
        self,
        graph: Mapping[File, Mapping[File, Sequence[Import]]],
        set_up: Sequence[File] = (),
        starts: Sequence[File] = (),
        later: Collection[File] = (),
    ) -> None:
        """What starts the program loads all of `set_up` before what needs one of them, and one of `starts` first.

        `later`: modules that are loaded while it runs.
        """
        self._graph = graph
        self._set_up = set_up
        self._starts = starts
        self._later = later
        self._packages = [file for file in graph if file.is_package]
        self._orders: dict[File, list[list[Import]]] = {}
        self._known: dict[File, list[Broken]] = {}

    def broken(self, entry: File) -> list[Broken]:
        """What fails when a program asks for the module before any other, each as if those before it were mended.

        What needs that which is set up is asked for after that.
        """
        if entry not in self._known:
            self._known[entry] = self._load(entry)
        return self._known[entry]

    def breaks(self, members: Collection[File], circle: Sequence[File]) -> list[Broken]:
        """What fails between `members` when a module of the circle is asked for first, or one that always is."""
        entries = dict.fromkeys([*circle, *self._starts])
        every = (one for entry in entries for one in self.broken(entry))
        return [one for one in every if one.by.source in members and one.by.target in members]

    def beginnings(self, broken: Broken) -> Iterator[tuple[File, bool]]:
        """The modules by which one comes to what fails, asked for first, and whether each meets the failure.

        Nothing else asks for them: a program, a test, a plug-in. Or a running program does, which has come by them
        without failing. The nearest first.
        """
        outermost = [broken.entry] if broken.entry in self._starts else islice(self._outermost(broken.entry), _MOST)
        for file in outermost:
            yield file, file not in self._later and any(spot(one) == spot(broken) for one in self.broken(file))

    def _outermost(self, module: File) -> Iterator[File]:
        seen, waiting = {module}, deque([module])
        while waiting:
            file = waiting.popleft()
            asking = [one for one in self._asking.get(file, ()) if one not in seen]
            seen.update(asking)
            waiting.extend(asking)
            if file.is_test or file in self._later or file not in self._asking:
                yield file

    @cached_property
    def _asking(self) -> dict[File, list[File]]:
        """The modules that ask for each as they are loaded."""
        found: dict[File, list[File]] = {}
        for file, targets in self._graph.items():
            for target in targets:
                found.setdefault(target, []).append(file)
        return found

    def _load(self, entry: File) -> list[Broken]:
        lines: dict[File, int] = {}
        found = list(self._failing(entry, lines, set()))
        if entry in self._starts or (not entry.is_test and lines.keys().isdisjoint(self._set_up)):
            return found
        return list(self._failing(entry, dict(self._ready), set(self._ready)))

    @cached_property
    def _ready(self) -> dict[File, int]:
        """The modules that have run when all is set up, and the last lines on which they import."""
        lines: dict[File, int] = {}
        finished: set[File] = set()
        for one in self._set_up:
            deque(self._failing(one, lines, finished), maxlen=0)
        return lines

    def _failing(self, entry: File, lines: dict[File, int], finished: set[File]) -> Iterator[Broken]:
        """Loads a module into a program that has come to `lines`, and has `finished` some modules."""
        for first in (*self._holders(entry), entry):
            for one in self._run(first, lines, finished):
                name = _missing(one, lines[one.target], chain(finished, self._graph[one.source]))
                if name and not one.facts.guarded:
                    yield Broken(entry, one, name)

    def _run(self, first: File, lines: dict[File, int], finished: set[File]) -> Iterator[Import]:
        """Runs a module that has not run yet; gives each import of a module that is still running."""
        if first in lines:
            return
        lines[first] = 0
        running = [(first, iter(self._order(first)))]
        while running:
            file, rest = running[-1]
            for imports in rest:
                target = imports[0].target
                if target in finished:
                    continue
                if target not in lines:
                    lines[file], lines[target] = imports[0].facts.line, 0
                    running.append((target, iter(self._order(target))))
                    break
                for one in imports:
                    lines[file] = one.facts.line
                    yield one
            else:
                finished.add(file)
                running.pop()

    def _order(self, file: File) -> list[list[Import]]:
        """The imports of a module as they run, those of one module together that follow one another.

        A package runs before what is asked for below it.
        """
        if file not in self._orders:
            every = [one for imports in self._graph.get(file, {}).values() for one in imports]
            at = {id(fact): position for position, fact in enumerate(file.facts.imports)}
            every.sort(key=lambda one: (one.facts.line, not one.implicit, at[id(one.facts)]))
            self._orders[file] = [list(imports) for _, imports in groupby(every, key=lambda one: one.target)]
        return self._orders[file]

    def _holders(self, entry: File) -> list[File]:
        """The packages around a module, the outermost first, and what its tests share: they run before it."""
        around = sorted((file for file in self._packages if is_held(file, entry)), key=lambda file: len(file.path))
        shared = [file for file in self._shared if entry.is_test and f"{entry.path}/".startswith(f"{file.folder}/")]
        return [*shared, *around]

    @cached_property
    def _shared(self) -> list[File]:
        """The `conftest.py` of tests, the outermost first."""
        found = (file for file in self._graph if file.path.rpartition("/")[2] == "conftest.py")
        return sorted(found, key=lambda file: len(file.path))


def _missing(one: Import, reached: int, there: Iterable[File]) -> str:
    """The name that an import needs of a module that runs and has come to the line `reached`; empty if it has all.

    `there`: modules that have run, or that the importer asks for itself: a package has its own, whatever it binds.
    """
    whole = one.implicit or names_target(one)  # `from package.module import name` asks the package for no name
    names = read_at_load(one) if whole else {one.facts.path.rpartition(".")[2]}
    late = [name for name in sorted(names) if not one.facts.star and _line_of(one.target, name) >= reached]
    if not late:
        return ""
    modules = {file.module for file in there}
    return next((name for name in late if f"{one.target.module}.{name}" not in modules), "")


def _line_of(file: File, name: str) -> int:
    """The line on which a module binds a name; 0 if that cannot be told."""
    value = file.body.facts.names.get(name, NONE)
    return 0 if value < 0 or type(file.body.values[value]) is f.Phi else file.body.values[value].line


def read_at_load(one: Import) -> set[str]:
    """What the importer reads, its imports aside, of a module as it is loaded itself: `VERSION` of `shop.VERSION`."""
    start = f"{one.target.module}."
    imports = {(fact.line, fact.path) for fact in one.source.facts.imports}
    bodies = (body for body in one.source.functions if not body.is_callable)
    found = set()
    for body in bodies:
        for value in body.of(_NAMING):
            step = body.values[value]
            path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
            if path.startswith(start) and (step.line, path) not in imports and not body.is_annotation(value):
                found.add(path.removeprefix(start).partition(".")[0])
    return found
