"""The linked program: every file's facts, and the questions that can be asked of the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from posixpath import dirname

from seatrial.libraries import FunctionModel, Models
from seatrial.model.facts import FileFacts
from seatrial.model.outside import Outside
from seatrial.model.source import Installed, Manifest, Role, SourceFile
from seatrial.program import tables
from seatrial.program.aside import TESTING, aside
from seatrial.program.beginnings import Beginnings
from seatrial.program.calls import Calls
from seatrial.program.effects import Effects
from seatrial.program.endpoints import Endpoint
from seatrial.program.endpoints import read as read_endpoints
from seatrial.program.endpoints.kept import fed, set_up
from seatrial.program.endpoints.kept import read as read_kept
from seatrial.program.imports import Imports
from seatrial.program.index import Index
from seatrial.program.kept import Kept
from seatrial.program.locks import Locks
from seatrial.program.loops import Loops
from seatrial.program.manifests import parse
from seatrial.program.manifests.existing import Existing
from seatrial.program.manifests.needs import Need, needs
from seatrial.program.manifests.owned import Import as Outward
from seatrial.program.manifests.owned import outward
from seatrial.program.manifests.suspects import Suspect, suspects
from seatrial.program.mentions import Mentions
from seatrial.program.modules import Modules, module_names, source_roots
from seatrial.program.names import Names
from seatrial.program.needed import needed
from seatrial.program.occasions import Occasions
from seatrial.program.parts import Class, File, Function
from seatrial.program.queries import Queries
from seatrial.program.rows import Rows
from seatrial.program.schema import Schema
from seatrial.program.senders import Senders
from seatrial.program.serving import Serving
from seatrial.program.serving import read as read_servings
from seatrial.program.serving.arrivals import Arrivals
from seatrial.program.sizes import Size, size
from seatrial.program.taint import Taint
from seatrial.program.types import Types
from seatrial.program.users import user_class

_ANSWERING = frozenset({"form", "serializer", "view"})
"""What classes are whose methods frameworks call to answer a request."""


class Program:
    """All files of the audited tree, linked. Answers are computed on demand and remembered; nothing is ever changed."""

    def __init__(
        self,
        files: Sequence[File],
        modules: Modules,
        manifests: Sequence[Manifest],
        models: Models,
        options: Mapping[str, object],
        outside: Outside,
    ) -> None:
        self.files = tuple(file for file in files if file.functions)
        self.texts = tuple(file for file in files if not file.functions)
        """Files that are no code: of them only `File.facts.written` says something."""
        self.manifests = tuple(manifests)
        self.outside = outside
        """What is known from outside the tree: what is installed, advisories, names that exist."""
        self.installed = outside.installed
        self.models = models
        self.modules = modules
        self.options = options
        """Settings that rules read: `layers` and the like, as given in `seatrial.toml`."""
        self.names = Names(modules)
        self.types = Types(self.names, models)
        self._senders = Senders(self.names, self.judged, models.methods)
        self.types.callers = self._senders.of
        self.calls = Calls(self.types, self.judged, self.classes)
        self.type_of = self.types.of
        """The type of a value (of a function, by its id), or None if it is not known."""
        self.target = self.calls.target
        """What a call (of a function, by its id) reaches."""
        self.types.fields_from_schema = self.schema.type_of
        self.types.user_class = lambda: self._user_class
        self.types.manager_called = self.schema.manager_called

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """Every body of the program, module and class bodies too."""
        return tuple(function for file in self.files for function in file.functions)

    @cached_property
    def judged(self) -> tuple[Function, ...]:
        """Every body but those of tests: what callers are looked for in."""
        return tuple(function for file in self.files if not file.is_test for function in file.functions)

    @cached_property
    def code(self) -> tuple[Function, ...]:
        """Every body of the code that is judged: not tests, migrations, examples or generated files."""
        return tuple(function for file in self.files if file.role is Role.CODE for function in file.functions)

    @cached_property
    def tests(self) -> tuple[Function, ...]:
        """Every body of test code."""
        return tuple(function for file in self.files if file.is_test for function in file.functions)

    @cached_property
    def classes(self) -> tuple[Class, ...]:
        """Every class of the program."""
        return tuple(cls for file in self.files for cls in file.classes)

    @cached_property
    def schema(self) -> Schema:
        """The tables that the models declare."""
        return Schema(self.types, lambda: tables.read(self))

    @cached_property
    def _user_class(self) -> Class | None:
        return user_class(self.types, self.files)

    @cached_property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """Every way in, with what checks the caller on it."""
        return read_endpoints(self)

    @cached_property
    def kept_tables(self) -> frozenset[str]:
        """The dotted names of the tables that only administrators fill."""
        return read_kept(self)

    @cached_property
    def set_up_tables(self) -> frozenset[str]:
        """The dotted names of the tables to which only pages of Django's admin are seen to add rows."""
        return set_up(self)

    @cached_property
    def fed_tables(self) -> frozenset[str]:
        """The dotted names of the tables that people fill who are no administrators: they grow with the callers."""
        return fed(self)

    @cached_property
    def open_tables(self) -> frozenset[str]:
        """Those of the `fed_tables` that people fill who need no permission of their own for it."""
        return fed(self, by_anybody=True)

    def is_for_admins(self, function: Function) -> bool:
        """True for the handler of an endpoint, if nobody but administrators gets through to it on any way."""
        return function in self._administered

    @cached_property
    def _administered(self) -> frozenset[Function]:
        kept = {endpoint.handler for endpoint in self.endpoints if endpoint.is_for_admins}
        return frozenset(kept - {endpoint.handler for endpoint in self.endpoints if not endpoint.is_for_admins})

    def is_served(self, function: Function) -> bool:
        """True when an endpoint leads to the function: what comes in from outside can reach it."""
        return function in self._served

    def is_awaited(self, function: Function) -> bool:
        """True when somebody outside may be waiting for the function, and it is no background job alone.

        A route, or a class that frameworks answer requests with (forms, serializers), leads to it; or the program has
        no endpoints: then it is used by programs that are not known.
        """
        return function in self._answered or not self.endpoints

    def is_background(self, function: Function) -> bool:
        """True when endpoints lead to the function, but none for whose end somebody waits: tasks, schedules."""
        return self.is_served(function) and not self.is_awaited(function)

    @cached_property
    def _served(self) -> frozenset[Function]:
        return self.reached(endpoint.handler for endpoint in self.endpoints)

    @cached_property
    def _answered(self) -> frozenset[Function]:
        routes = (endpoint.handler for endpoint in self.endpoints if endpoint.kind in {"route", "websocket"})
        answering = (c for c in self.classes if self._is_answering(c))
        return self.reached((*routes, *(method for cls in answering for method in cls.methods.values())))

    def _is_answering(self, cls: Class) -> bool:
        return not cls.file.is_test and bool(self.types.kinds(self.types.instance(cls)) & _ANSWERING)

    @cached_property
    def occasions(self) -> Occasions:
        """What makes functions run: requests, tasks, commands."""
        return Occasions(self.calls, self._senders, Beginnings(self).of)

    @cached_property
    def mentions(self) -> Mentions:
        """Which names the code says."""
        return Mentions(self)

    def reached(self, first: Iterable[Function]) -> frozenset[Function]:
        """The functions given, and all that calls lead to from there."""
        waiting = list(first)
        found = set(waiting)
        while waiting:
            for function in self.calls.reached(waiting.pop()):
                if function not in found:
                    found.add(function)
                    waiting.append(function)
        return frozenset(found)

    @cached_property
    def queries(self) -> Queries:
        """What database calls read, write and load ahead."""
        return Queries(self.types, self.calls, self.schema.way_back)

    @cached_property
    def effects(self) -> Effects:
        """What functions and calls do to the world."""
        return Effects(self.calls, self.queries, self.code)

    @cached_property
    def imports(self) -> Imports:
        """The import graph."""
        return Imports(self.files, self.names)

    @cached_property
    def aside(self) -> frozenset[str]:
        """The paths of files that lie beside the program: what its developers run by hand."""
        testing = frozenset() if self.options.get("include-tests") else TESTING
        return aside(self.files, self.imports, testing)

    @cached_property
    def needs(self) -> tuple[Need, ...]:
        """What the code needs from elsewhere, and how the manifests provide for it."""
        return tuple(needs(self.files, self.outward, parse(self.manifests, self.installed)))

    @cached_property
    def outward(self) -> tuple[Outward, ...]:
        """The imports that lead out of the repository and of the standard library."""
        return tuple(outward(self.files))

    @cached_property
    def suspects(self) -> tuple[Suspect, ...]:
        """Names, imported or required, that nothing shows to exist."""
        requirements = parse(self.manifests, self.installed)
        return tuple(suspects(requirements, self.needs, Existing(self.outside)))

    @cached_property
    def locks(self) -> Locks:
        """What functions lock, and in which order."""
        return Locks(self.types, self.calls, self.effects, self.judged, self.index)

    @cached_property
    def rows(self) -> Rows:
        """Which relations are read from a row."""
        return Rows(self)

    @cached_property
    def served_rows(self) -> tuple[Serving, ...]:
        """The queries whose rows a library shows one by one, with what each row asks of the database."""
        return tuple(read_servings(self))

    @cached_property
    def arrivals(self) -> Arrivals:
        """By which ways rows arrive where they are read."""
        return Arrivals(self)

    @cached_property
    def loops(self) -> Loops:
        """Loops over collections that grow with data."""
        return Loops(self.types)

    @cached_property
    def index(self) -> Index:
        """Calls by name and bodies by region, of the judged code."""
        return Index(file for file in self.files if file.role is Role.CODE)

    @cached_property
    def taint(self) -> Taint:
        """Which values from outside reach a call that they can harm."""
        return Taint(self)

    def size(self, function: Function, value: int) -> Size:
        """How large the collection that a value holds can become."""
        return size(self.types, function, value)

    def model(self, function: Function, call: int) -> FunctionModel | None:
        """What the library models say of a call, or None: it reaches the program's own code, or nothing is known."""
        return self.calls.target(function, call).model


def link(
    sources: Iterable[tuple[SourceFile, FileFacts]],
    manifests: Sequence[Manifest] = (),
    models: Models | None = None,
    options: Mapping[str, object] | None = None,
    installed: Sequence[Installed] = (),
    outside: Outside | None = None,
    kept: Kept | None = None,
) -> Program:
    """The program made of these files' facts.

    `options["source-roots"]` may name more folders from which modules are found. Files are put in the order of their
    paths, so that the result does not depend on the order given.
    """
    known = sorted(sources, key=lambda pair: pair[0].path)
    pairs = [pair for pair in known if pair[1].functions]
    texts = [File(source.path, source.role, "", facts) for source, facts in known if not facts.functions]
    options = options or {}
    paths = [s.path for s, _ in pairs]
    packages = frozenset(dirname(p) for p in paths if p.rpartition("/")[2].startswith("__init__."))
    declared = options.get("source-roots", ())
    roots = source_roots((*paths, *(m.path for m in manifests)), declared if isinstance(declared, list | tuple) else ())
    imported = frozenset(i.module.partition(".")[0] for _, facts in pairs for i in facts.imports)
    named = []
    kept = kept or Kept()
    for source, facts in pairs:
        names = module_names(source.path, packages, roots, imported)
        module = names[0][1] if names else ""
        named.append((File(source.path, source.role, module, facts, kept.of(source.content)), names))
    return Program(
        [*(file for file, _ in named), *texts],
        Modules(named, roots),
        manifests,
        models or _models(pairs),
        options,
        replace(outside or Outside(), installed=tuple(installed)),
    )


def _models(pairs: Iterable[tuple[SourceFile, FileFacts]]) -> Models:
    from seatrial.libraries import load  # noqa: PLC0415 - only for callers that bring no models of their own

    return load(needed(facts for _, facts in pairs))
