"""Entries: where values from outside come in: parameters of handlers, and what library models call sources."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from seatrial.libraries.form import ValueModel
from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.parts import Function
from seatrial.program.taint import patterns
from seatrial.program.taint.constraints import Constraints
from seatrial.program.words import written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.libraries import FunctionModel
    from seatrial.libraries.form import Danger, Origin
    from seatrial.program.program import Program
    from seatrial.program.types import Types

_PLACE = re.compile(
    r"\(\?P<(?P<group>\w+)>(?P<pattern>(?:[^()\\]|\\.)*)\)"
    r"|<(?:(?P<converter>[^:<>]+):)?(?P<name>[A-Za-z_]\w*)>|\{(?P<variable>[A-Za-z_]\w*)(?::(?P<kind>\w+))?\}"
)
"""A variable part of a URL: `<int:id>` (Django, Flask), `{id:int}` (Starlette), `(?P<id>[0-9]+)` (Django)."""

_BY_PATH = frozenset({"django", "flask", "rest_framework"})
"""Frameworks that fill parameters from the URL's path alone."""

_TEXTS = frozenset({"", "str", "string", "default", "path", "regex", "re"})
"""Converters that let text through; others do not, nor do those of a program's own: confining is what they are for."""
_ANYTHING = frozenset({"path", "regex"})
"""Converters that let a separator through; all others stop at a slash."""

_NAMES_PATH = re.compile(r"(?:path|file(?:_?name)?|folder|dir(?:ectory)?|url|uri)$")
"""Names of parameters for which an address is written that lets a separator through."""

_TEXT = frozenset({"str", "bytes", "list", "dict", "set", "tuple", "file"})

_REQUESTS = frozenset({"request", "req", "self.request"})
_READS = frozenset(
    {
        "GET", "POST", "FILES", "COOKIES", "META", "args", "form", "values", "files", "cookies", "headers", "params",
        "query_params", "path_params", "json", "data", "body", "query_string", "get_json", "get_data", "stream",
        "rfile", "QUERY_PARAMS", "DATA", "match_info", "query", "post",
    }
)  # fmt: skip
"""Attributes of a request of unknown type that frameworks agree on."""

_WEBAPP2 = ("get", "self.request")
"""What handlers of webapp2 ask for parameters with; requests of other frameworks have no such method."""

_VERBS = frozenset({"route", "get", "post", "put", "patch", "delete", "api_route", "websocket"})


_INJECTORS = frozenset({"Depends", "Security"})


_PRESUMED = ValueModel(source="remote")

_UNBOUND = "request"
"""What handlers call the request of frameworks that keep it in a variable; a fragment may use it without the import."""


class Handler(NamedTuple):
    """A function that requests arrive at, the URL it is reached by (empty: not known), and who calls it."""

    function: Function
    path: str
    framework: str = ""


class Entries:
    """Answers who chose a value that has no history in the program."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._models = program.models
        self._constraints = Constraints(program)
        self._requests = tuple(name for name in program.models.types if program.models.kind(name) == "request")
        self._handlers: dict[int, list[Handler]] | None = None
        self._external: dict[str, ValueModel | None] = {}

    # --- names and attributes ---

    def external(self, name: str) -> ValueModel | None:
        """What is known of the source that an external name leads to: `flask.request.args`, `sys.argv`."""
        if name not in self._external:
            self._external[name] = self._find(name)
        return self._external[name]

    def _find(self, name: str) -> ValueModel | None:
        given = self._models.value(name)
        if given is not None and given.source:
            return given
        owner, _, last = name.rpartition(".")
        if not owner:
            return None
        if owner == _UNBOUND and last in _READS:
            return _PRESUMED
        base = self._program.types.held(owner)
        given = self._models.attribute(base.name, last) if base else None
        return given if given is not None and given.source else self._find(owner)

    def attribute(self, function: Function, step: f.Attr) -> ValueModel | None:
        """What is known of the source that `base.name` is."""
        base = self._program.type_of(function, step.base)
        if base is None:
            is_request = step.name in _READS and written(function, step.base) in _REQUESTS
            return _PRESUMED if is_request else None
        for name in self._program.types.outer_bases(base.cls) if base.cls else (base.name,):
            given = self._models.attribute(name, step.name)
            if given is not None and given.source:
                return given
        return None

    def call(self, function: Function, step: f.Call, model: FunctionModel | None) -> Origin | None:
        """Who chose what a call gives."""
        if model is not None and model.source:
            return model.source
        if step.receiver < 0:
            return "remote" if _is_read_of_unbound(step.callee) and model is None else None
        asked = written(function, step.receiver)
        is_request = (step.callee in _READS and asked in _REQUESTS) or (step.callee, asked) == _WEBAPP2
        return "remote" if is_request and model is None else None

    # --- handlers ---

    def handlers(self, function: Function) -> Sequence[Handler]:
        """Each way in which requests arrive at a function; empty if it is no handler."""
        if self._handlers is None:
            self._handlers = defaultdict(list)
            for handler in self._find_handlers():
                self._handlers[id(handler.function)].append(handler)
        return self._handlers.get(id(function), ())

    def remote(self, function: Function, name: str, danger: Danger) -> bool:
        """True when a parameter of a handler is filled by the request in a way that can do this harm."""
        handlers = self.handlers(function)
        if not any(_lets_through(handler, name, danger) for handler in handlers):
            return False
        position = next((i for i, p in enumerate(function.facts.params) if p.name == name), 0)
        is_self = position == 0 and function.cls is not None
        is_given = name in {"request", "self"} or (name == "sid" and any(h.framework == "socketio" for h in handlers))
        return not is_self and not is_given and self._can_hold_text(function, name, danger)

    def _can_hold_text(self, function: Function, name: str, danger: Danger) -> bool:
        position = next(i for i, p in enumerate(function.facts.params) if p.name == name)
        param = function.facts.params[position]
        if injected(self._program.types, function, param) is not None or self._constraints.bind(
            function.parent, (param.annotation, param.default), danger
        ):
            return False
        found = self._program.type_of(function, position)
        if danger == "path" and found is not None and found.name == "builtins.bytes":
            return False  # what is sent, not what it is called
        if found is None or found.cls is None:
            return found is None or found.name.rpartition(".")[2] in _TEXT
        return self._program.types.has_kind(found, "schema")

    def _find_handlers(self) -> Iterator[Handler]:
        """Those of the endpoints, those registered with an application that nobody knows, and their dependencies."""
        yield from self._presumed()
        yield from self._dependencies()
        for endpoint in self._program.endpoints:
            if endpoint.kind in {"route", "websocket"}:
                called = (entry for entry in endpoint.entries if not self._is_part(endpoint.handler, entry))
                yield from (Handler(entry, endpoint.path, endpoint.framework) for entry in called)

    def _is_part(self, handler: Function, entry: Function) -> bool:
        """A method of a view class that its other methods call: no request does."""
        if entry.cls is None or entry is handler:
            return entry.cls is not None and entry.name.startswith("_")
        return entry.name.startswith("_") or bool(self._program.calls.callers(entry))

    def _presumed(self) -> Iterator[Handler]:
        for function in self._program.functions:
            for decorator in function.facts.decorators:
                body = function.parent
                step = body.values[decorator] if body else None
                if body is None or type(step) is not f.Call or step.callee.rpartition(".")[2] not in _VERBS:
                    continue
                path = _url(body, step)
                target = self._program.target(body, decorator)
                if path.startswith("/") and target.model is None and not target.functions:
                    yield Handler(function, path)

    def _dependencies(self) -> Iterator[Handler]:
        for body, call in self._program.index.calls(*_INJECTORS):
            step = body.values[call]
            for value in step.args[:1] if type(step) is f.Call else ():
                reached = self._program.calls.value(body, value)
                yield from (Handler(function, "") for function in reached.functions)


def injected(types: Types, function: Function, param: f.ParamFacts) -> tuple[Function, int] | None:
    """The `Depends(…)` (or `Security(…)`) that fills a parameter: (body, id of the call), or None."""
    outer = function.parent
    if outer is None:
        return None
    inside = [(outer, param.default)]
    if said := annotated.metadata(types, outer, param.annotation):
        inside += [(said[0], value) for value in said[1]]
    for body, value in inside:
        step = body.values[value] if value >= 0 else None
        if type(step) is f.Call and step.callee.rpartition(".")[2] in _INJECTORS:
            return body, value
    return None


def _is_read_of_unbound(callee: str) -> bool:
    """`request.get_json()`, `request.args.get("name")` where nothing in the file binds `request`."""
    first, _, rest = callee.removeprefix("?").partition(".")
    return callee[:1] == "?" and first == _UNBOUND and rest.partition(".")[0] in _READS


def _url(body: Function, step: f.Call) -> str:
    for value in (*step.args[:1], *(v for n, v in step.keywords if n in {"path", "rule", "route"})):
        text = body.values[body.origin(value)]
        if type(text) is f.Const and isinstance(text.value, str):
            return text.value
    return ""


def _lets_through(handler: Handler, name: str, danger: Danger) -> bool:
    """True when the URL lets an attack into the parameter, or (by query or body) does not concern it."""
    for found in _PLACE.finditer(handler.path):
        if found["group"] == name:
            return not patterns.refuses(found["pattern"], danger, "fullmatch")
        if name in {found["name"], found["variable"]}:
            converter = (found["converter"] or found["kind"] or "").partition("(")[0]
            return converter in _TEXTS and (danger != "path" or converter in _ANYTHING)
    if handler.path or handler.framework not in _BY_PATH:
        return handler.framework not in _BY_PATH
    return danger != "path" or bool(_NAMES_PATH.search(name))  # the URL is not known; few let a separator through
