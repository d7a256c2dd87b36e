"""Beginnings: which occasions begin with a function (see `occasions`)."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.derived import derived
from seatrial.program.handed import ADMIN
from seatrial.program.manifests import parse
from seatrial.program.occasions import Occasion
from seatrial.program.parts import File
from seatrial.program.running import is_command_file, scripts
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.endpoints import Endpoint
    from seatrial.program.parts import Class, Function
    from seatrial.program.program import Program

    Begun = Iterator[tuple[Occasion, Function]]

_KINDS = {
    "route": Occasion.REQUEST,
    "websocket": Occasion.REQUEST,
    "task": Occasion.TASK,
    "schedule": Occasion.TASK,
    "signal": Occasion.TASK,
    "command": Occasion.COMMAND,
}
"""By the kind of an endpoint."""
_CLASSES = {"command": Occasion.COMMAND, "migration": Occasion.UPGRADE, "task": Occasion.TASK}
"""By the kind of a class whose methods a framework calls."""
_ANSWERING = frozenset({"form", "serializer", "view"})
_TASK_FILES = ("/jobs.py", "/cron.py", "/cronjobs.py")
_UPGRADE_FOLDERS = re.compile(r"(?:\w+_)?(?:migrations|upgrades)|alembic")
_DECORATED = {
    "command": Occasion.COMMAND,
    "task": Occasion.TASK,
    "shared_task": Occasion.TASK,
    "periodic_task": Occasion.TASK,
    "actor": Occasion.TASK,
    "job": Occasion.TASK,
    "upgrade": Occasion.UPGRADE,
    "downgrade": Occasion.UPGRADE,
    "migration": Occasion.UPGRADE,
    "on_startup": Occasion.START,
    "before_first_request": Occasion.START,
}
"""By the last name of a decorator."""
_NAMED = (
    (
        Occasion.START,
        re.compile(r"_?(?:init|initialize|initialise|setup|set_up|bootstrap|seed|populate)_[a-z]\w*|lifespan"),
    ),
    (Occasion.UPGRADE, re.compile(r"_?(?:upgrade|downgrade|migrate|backfill|repair)_[a-z]\w*|upgrade|downgrade")),
)
"""By the name of a function, where no request or task leads to it as well."""
_UPGRADED = frozenset({"pre_migrate", "post_migrate"})
"""Signals that are sent when a schema is brought up to date."""
_ENTRIES = re.compile(r"(?:\[(?:project|tool\.poetry)\.scripts\]([^\[]*)|console_scripts([^\]]*))")
_ENTRY = re.compile(r"([\w.]+):(\w+)")
_WAITS = frozenset({"sleep", "wait", "wait_for", "accept", "recv", "poll", "select", "get_message", "blpop", "brpop"})
"""Calls by which a loop waits for work."""
_LEAVES = frozenset({"exit", "_exit", "quit"})
"""Calls by which a program ends."""
_QUIET = frozenset({"property", "cached_property", "staticmethod", "classmethod", "cache", "lru_cache"})
"""Decorators that hand nothing over."""
_NAMED_VALUES, _PATHS = frozenset({f.Attr, f.Free}), frozenset({f.Ref})


class Beginnings:
    """Answers what begins with a function, when it is asked about; something does with all that nothing calls."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[Function, frozenset[Occasion]] = {}
        self._classes: dict[Class, Occasion | None] = {}

    def of(self, function: Function) -> frozenset[Occasion]:
        """The occasions that begin with a function."""
        found = self._known.get(function)
        if found is None:
            said = (*self._told.get(function, ()), *self._of_method(function), *_of_body(self._program, function))
            found = self._known[function] = frozenset(said or self._of_rest(function))
        return found

    @cached_property
    def _told(self) -> dict[Function, set[Occasion]]:
        """What is said of functions elsewhere than where they stand."""
        found: dict[Function, set[Occasion]] = defaultdict(set)
        parsing = ((Occasion.COMMAND, body) for body, _ in self._program.index.calls("parse_args", "parse_known_args"))
        ways = (_of_endpoints, _of_scripts, _of_entries, _of_signals, _of_loops)
        for occasion, function in chain(parsing, *(way(self._program) for way in ways)):
            found[function].add(occasion)
        return dict(found)

    def _of_method(self, method: Function) -> Iterator[Occasion]:
        """A framework calls the methods of the class, or of one below it."""
        cls = method.cls
        if cls is not None and cls.methods.get(method.name) is method:
            yield from filter(None, map(self._of_class, (cls, *self._program.calls.below(cls))))

    def _of_class(self, cls: Class) -> Occasion | None:
        """When a framework calls the methods of a class."""
        if cls not in self._classes:
            occasion = Occasion.ADMIN if cls in self._administered else _of_kind(self._program, cls)
            self._classes[cls] = occasion if not cls.file.is_test else None
        return self._classes[cls]

    @cached_property
    def _administered(self) -> set[Class | None]:
        """The views whose endpoints are all for administrators."""
        views = [endpoint for endpoint in self._program.endpoints if endpoint.cls is not None]
        others = {endpoint.cls for endpoint in views if not endpoint.is_for_admins}
        return {endpoint.cls for endpoint in views} - others

    def _of_rest(self, function: Function) -> Iterator[Occasion]:
        """Its name is handed to somebody, or nothing calls it."""
        if function.file.is_test or not function.is_callable or (function.parent and function.parent.is_callable):
            return
        if function.name in self._referred:
            yield Occasion.HANDED
        elif all(caller is function for caller, _ in self._program.calls.callers(function)):
            yield Occasion.UNUSED if _is_unused(self._program, function) else Occasion.HANDED

    @cached_property
    def _referred(self) -> frozenset[str]:
        return frozenset[str]().union(*(_referred(file) for file in self._program.files if not file.is_test))


# --- by what frameworks are told ---


def _of_endpoints(program: Program) -> Begun:
    for endpoint in program.endpoints:
        occasion = _occasion(endpoint)
        yield from ((occasion, function) for function in (endpoint.handler, *endpoint.entries))
        yield from ((Occasion.TASK, function) for function in endpoint.later)


def _occasion(endpoint: Endpoint) -> Occasion:
    if endpoint.kind == "signal" and endpoint.framework == "signal":
        return Occasion.HANDED  # of the operating system
    found = _KINDS[endpoint.kind]
    return Occasion.ADMIN if found is Occasion.REQUEST and endpoint.is_for_admins else found


def _of_kind(program: Program, cls: Class) -> Occasion | None:
    kinds = program.types.kinds(program.types.instance(cls))
    if kinds & _ANSWERING:
        return Occasion.REQUEST
    if program.types.class_derives(cls, ADMIN):
        return Occasion.ADMIN
    return next((occasion for kind, occasion in _CLASSES.items() if kind in kinds), None)


# --- by place, name, and what is written around ---


def _of_body(program: Program, function: Function) -> Iterator[Occasion]:
    """A body of a module or class runs as the module is loaded, but for what it does as a script."""
    if function.file.is_test:
        return
    if not function.is_callable:
        occasion = Occasion.START if not scripts(function) else None
    else:
        occasion = _placed(program, function) or _decorated(function)
    if occasion is not None:
        yield occasion


def _of_scripts(program: Program) -> Begun:
    """What a file that can be started as a script calls when it is, and what as it is loaded."""
    for file in program.files:
        alone = scripts(file.body) if not file.is_test else []
        for call, reached in program.calls.leads(file.body) if alone else ():
            yield Occasion.COMMAND if any(r.start <= call < r.end for r in alone) else Occasion.START, reached


def _placed(program: Program, function: Function) -> Occasion | None:
    file = function.file
    folders = file.folder.split("/")
    if file.role is Role.MIGRATION or any(map(_UPGRADE_FOLDERS.fullmatch, folders)):
        return Occasion.UPGRADE
    if is_command_file(file) or file.path in program.aside:
        return Occasion.COMMAND
    if file.path.endswith(_TASK_FILES) and not function.name.startswith("_") and function.name != "main":
        return Occasion.TASK
    return next((occasion for occasion, name in _NAMED if name.fullmatch(function.name)), None)


def _decorated(function: Function) -> Occasion | None:
    """By the name of a decorator: `@app.cli.command("name")`, `@on_event("startup")`."""
    for name, texts in _decorators(function):
        if "startup" in texts:
            return Occasion.START
        if name in _DECORATED:
            return _DECORATED[name]
    return None


def _decorators(function: Function) -> Iterator[tuple[str, set[object]]]:
    """The last name of each decorator, and the constants given to it."""
    outer = function.parent
    for decorator in function.facts.decorators if outer else ():
        assert outer is not None
        step = outer.values[decorator]
        given = [outer.values[value] for value in step.args] if type(step) is f.Call else []
        texts: set[object] = {value.value for value in given if type(value) is f.Const}
        yield written(outer, decorator).partition("(")[0].rpartition(".")[2], texts


def _of_entries(program: Program) -> Begun:
    """The commands that are installed with the program: `shop = "shop.main:run"`."""
    found = (m[1] or m[2] for manifest in program.manifests for m in _ENTRIES.finditer(manifest.text))
    named = {entry.groups() for text in found for entry in _ENTRY.finditer(text)}
    for file in program.files if named else ():
        yield from (
            (Occasion.COMMAND, function) for function in file.functions if (file.module, function.symbol) in named
        )


def _of_signals(program: Program) -> Begun:
    """`post_migrate.connect(fill)`."""
    for body, call in program.index.calls("connect"):
        step = body.values[call]
        assert type(step) is f.Call
        owner = written(body, step.receiver) if step.receiver >= 0 else step.callee.rpartition(".")[0]
        if step.args and owner.rpartition(".")[2] in _UPGRADED:
            reached = program.calls.value(body, step.args[0]).functions
            yield from ((Occasion.UPGRADE, function) for function in reached)


def _of_loops(program: Program) -> Begun:
    """What a service does in each round of the loop in which it waits for work."""
    for function in program.index.with_regions("while"):
        for region in function.regions:
            if region.kind == "while" and _waits(function, region):
                yield Occasion.TASK, function


def _waits(function: Function, region: f.Region) -> bool:
    """A loop that goes on until somebody stops it, and waits for something in each round."""
    asked = function.values[region.subject] if region.subject >= 0 else None
    steps = function.values[region.start : region.end]
    names = {step.callee.rpartition(".")[2].lstrip("!") for step in steps if type(step) is f.Call}
    ends = any(type(step) is f.Return or (type(step) is f.Jump and step.kind == "break") for step in steps)
    ends = ends or not _LEAVES.isdisjoint(names)
    return not (ends and type(asked) is f.Const) and not _WAITS.isdisjoint(names)


# --- what nothing calls ---


@derived(list[str])
def _referred(file: File) -> list[str]:
    """The names that a file reads as values, and does not only call."""
    found: set[str] = set()
    for function in file.functions:
        values = function.values
        found.update([values[at].path.rpartition(".")[2] for at in function.of(_PATHS)])  # type: ignore[union-attr] # all have a path
        found.update([values[at].name for at in function.of(_NAMED_VALUES)])  # type: ignore[union-attr] # both have a name
    return sorted(found)


def _is_unused(program: Program, function: Function) -> bool:
    """Nothing says its name, and it is not there for others to call: a method that overrides, an offered function."""
    if function.facts.kind == "lambda" or function.name.startswith("__"):
        return False
    if any(param.name == "request" for param in function.facts.params):
        return False  # a view, whose way in is not seen
    if any(name not in _QUIET for name, _ in _decorators(function)):
        return False
    if function.cls is not None and program.types.outer_bases(function.cls) and not _is_of_row(program, function):
        return False
    return _is_ours(program, function) and not program.mentions.in_code(function.name, function.file)


def _is_of_row(program: Program, function: Function) -> bool:
    """A property of a row, which overrides nothing of a library: only code and templates read it, by its name."""
    row = program.types.instance(function.cls) if function.cls else None
    return program.types.has_kind(row, "model") and program.types.is_property(function)


def _is_ours(program: Program, function: Function) -> bool:
    """It is private, or of an application: what a library offers is called by others."""
    if any(name.startswith("_") and not name.endswith("__") for name in function.dotted.split(".")):
        return True
    part = parse(program.manifests, program.installed).part_of(function.file.path)
    return bool(program.endpoints) and not (part and part.published)
