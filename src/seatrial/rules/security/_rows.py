"""Rows that an endpoint finds by an id from the request, and what it asks about them before it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program, Type, written
from seatrial.program.endpoints import Endpoint, lexicon
from seatrial.rules.security._callers import CALLERS, is_caller

_IDS = frozenset({"pk", "id", "uuid", "guid", "slug", "code", "key", "token"})
_SECRETS = frozenset({"key", "token", "code", "secret", "signature", "hash", "uuid", "guid"})
"""Words for ids that nobody can guess: who knows one may have it."""
_SENT = frozenset(
    {"data", "POST", "json", "form", "body", "args", "GET", "query_params", "values", "kwargs", "get_json"}
)
_PLAIN = frozenset({"int", "str", "unquote", "UUID", "get", "strip", "pop"})
"""Calls that hand on an id as it is."""
_ROW_NAMES = frozenset({"object", "obj", "instance", "row", "record", "item"})
_CONSTANTS = frozenset({f.Const})
_COMPARING = frozenset({f.Compare, f.Call})
_MANAGERS = frozenset({"objects", "_default_manager", "all_objects"})
OF_ALL = "get_queryset"
"""The method of a view by which its library finds rows: what it asks does not hold for rows that are found otherwise."""
STEPS = 3
"""How many calls deep an endpoint's own code is followed."""
MOST = 60
"""How many bodies are looked at for one endpoint."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A call that gives one row by an id that the request chose; `cls` None: of a class that is not known."""

    function: Function
    call: int
    cls: Class | None


class Rows:
    """Answers what endpoints find by id, and what they ask about it. Remembers what each body asks."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self._asking: dict[Function, frozenset[Class | None]] = {}
        self._bodies: dict[int, tuple[Function, ...]] = {}
        self._found: dict[int, tuple[Lookup, ...]] = {}
        self._giving: dict[Function, tuple[int, ...]] = {}

    # --- what is reached ---

    def bodies(self, endpoint: Endpoint) -> tuple[Function, ...]:
        """The code that runs for an endpoint, as far as it is followed: its entries, its class's other methods, calls."""
        key = id(endpoint)
        if key not in self._bodies:
            self._bodies[key] = self._followed(endpoint)
        return self._bodies[key]

    def _followed(self, endpoint: Endpoint) -> tuple[Function, ...]:
        methods = endpoint.cls.methods if endpoint.cls else {}
        own = (m for n, m in methods.items() if n != OF_ALL and m not in self._handlers)
        found = dict.fromkeys((*endpoint.entries, *own))
        edge, reached = list(found), self.program.calls.reached
        for _ in range(STEPS):
            if not edge or len(found) == MOST:
                break
            called: dict[Function, None] = {}
            for function in edge:
                called.update(dict.fromkeys(reached(function)))
            edge = [one for one in called if one not in found][: MOST - len(found)]
            found.update(dict.fromkeys(edge))
        return tuple(found)

    @cached_property
    def _handlers(self) -> frozenset[Function]:
        """What requests arrive at: other endpoints of the same class."""
        return frozenset(endpoint.handler for endpoint in self.program.endpoints)

    # --- what is asked ---

    def asked(self, function: Function) -> frozenset[Class | None]:
        """The classes of the rows about which a body asks whether the caller may; None for one that is not known.

        `may_edit(user, order)`, `order.is_visible_to(user)`.
        """
        if function not in self._asking:
            found = (self._subjects(function, call) for call in function.calls)
            self._asking[function] = frozenset(self.of_class(function, value) for values in found for value in values)
        return self._asking[function]

    def asks(self, function: Function, call: int) -> bool:
        """The call asks about a row."""
        return bool(self._subjects(function, call))

    def _subjects(self, function: Function, call: int) -> list[int]:
        step = function.values[call]
        if not isinstance(step, f.Call) or not lexicon.speaks_of_check(_last(step)):
            return []
        given = (*step.args, *(value for _, value in step.keywords))
        is_about_receiver = step.receiver >= 0 and any(is_caller(function, value) for value in given)
        about = (*given, step.receiver) if is_about_receiver else given
        return [value for value in about if self.is_row(function, value)]

    def compares_caller(self, function: Function, callers: tuple[str, ...]) -> bool:
        """Who calls is compared with something, asked for in a query, or given to code of the program."""
        for at in function.of(_COMPARING):
            step = function.values[at]
            if isinstance(step, f.Compare) and any(is_caller(function, i, callers) for i in f.operands(step)):
                return True
            if isinstance(step, f.Call) and self._hands_on(function, at, callers):
                return True
        return False

    def _hands_on(self, function: Function, call: int, callers: tuple[str, ...]) -> bool:
        target = self.program.target(function, call)
        is_query = target.model is not None and target.model.query in {"build", "one", "all"}
        if is_query and is_tied(function, call, callers):
            return True
        is_row = target.made is not None and self.program.types.has_kind(
            self.program.types.instance(target.made), "model"
        )
        is_own = bool(target.functions or target.made) and not is_row
        return is_own and any(is_caller(function, value, callers) for value in inputs(function, call))

    def of_class(self, function: Function, value: int) -> Class | None:
        """The class of a row."""
        found = self.program.type_of(function, function.origin(value))
        return found.cls if found and not found.meta else None

    def is_row(self, function: Function, value: int) -> bool:
        """The value is one row of the database, as its type, its source or its name says, and not the caller."""
        at = function.origin(value)
        step = function.values[at]
        found = self.program.type_of(function, at)
        if is_caller(function, at) or (found is not None and found == self.user):
            return False
        if found is not None and not found.meta and self.program.types.has_kind(found, "model"):
            return True
        if isinstance(step, f.Call):
            return self.gives_row(function, at)
        return isinstance(step, f.Attr | f.Param) and step.name in _ROW_NAMES

    def gives_row(self, function: Function, call: int) -> bool:
        """The call reads one row."""
        target = self.program.target(function, call)
        step = function.values[call]
        is_get = isinstance(step, f.Call) and (_last(step) == "get_object_or_404" or _of_manager(function, step))
        is_one = target.model is not None and target.model.query == "one" and "db.read" in target.model.effects
        return is_get or is_one or (bool(target.functions) and not target.made and self._is_typed_row(function, call))

    def _is_typed_row(self, function: Function, call: int) -> bool:
        found = self.program.type_of(function, call)
        return found is not None and not found.meta and self.program.types.has_kind(found, "model")

    @cached_property
    def user(self) -> Type:
        """Who is logged in."""
        return self.program.types.user()

    # --- what is found ---

    def lookups(self, endpoint: Endpoint) -> tuple[Lookup, ...]:
        """The rows that the endpoint's own code, its view class's included, finds by an id from the request."""
        key = id(endpoint)
        if key not in self._found:
            self._found[key] = tuple(self._lookups(endpoint))
        return self._found[key]

    def _lookups(self, endpoint: Endpoint) -> Iterator[Lookup]:
        ids = _parameters(endpoint)
        for function in self._own(endpoint):
            given = self._rows_given(function)
            if not given:
                continue
            known = ids | {p.name for p in function.facts.params if function.cls and _names_row(p.name)}
            for call in given:
                if any(is_id(function, v, known) for v in inputs(function, call)):
                    yield Lookup(function, call, self.of_class(function, call))

    def _rows_given(self, function: Function) -> tuple[int, ...]:
        if function not in self._giving:
            self._giving[function] = tuple(call for call in function.calls if self.gives_row(function, call))
        return self._giving[function]

    def _own(self, endpoint: Endpoint) -> Iterator[Function]:
        family = set(self.program.types.mro(endpoint.cls)) if endpoint.cls else set()
        for function in self.bodies(endpoint):
            if function in endpoint.entries or function.cls in family:
                yield function


def inputs(function: Function, call: int) -> Iterator[int]:
    """What a query is given, along the chain of its calls: `rows.filter(a=x).filter(M.b == y).first()`."""
    at = call
    while at >= 0:
        step = function.values[function.origin(at)]
        if not isinstance(step, f.Call):
            return
        for value in (*step.args, *(held for _, held in step.keywords)):
            compared = function.values[function.origin(value)]
            yield from (compared.left, compared.right) if isinstance(compared, f.Compare) else (value,)
        at = step.receiver


def is_id(function: Function, value: int, ids: frozenset[str], depth: int = 0) -> bool:
    """The value is an id that the request chose."""
    step = function.values[function.origin(value)]
    if isinstance(step, f.Param):
        return step.name in ids
    if depth > STEPS:
        return False
    if isinstance(step, f.Index):
        key = function.values[function.origin(step.key)]
        return isinstance(key, f.Const) and _names_row(str(key.value)) and _is_sent(function, step.base)
    if isinstance(step, f.Call) and _last(step) in _PLAIN:
        if step.receiver >= 0 and _is_sent(function, step.receiver) and step.args:
            key = function.values[function.origin(step.args[0])]
            return isinstance(key, f.Const) and _names_row(str(key.value))
        return any(is_id(function, given, ids, depth + 1) for given in step.args)
    return False


def is_tied(function: Function, call: int, callers: tuple[str, ...] = ()) -> bool:
    """The query is given who calls: `.get(pk=pk, owner=request.user)`, `request.user.orders.get(pk=pk)`.

    `callers`: parameters of the body that tell who calls.
    """
    step = function.values[call]
    at = call
    while isinstance(step, f.Call | f.Attr):
        if isinstance(step, f.Attr) and step.name in CALLERS:
            return True
        at = step.receiver if isinstance(step, f.Call) else step.base
        if at < 0:
            break
        step = function.values[function.origin(at)]
    return any(is_caller(function, value, callers) for value in inputs(function, call))


def _of_manager(function: Function, step: f.Call) -> bool:
    """`self.model.objects.get(…)`, whatever the model."""
    base = function.values[function.origin(step.receiver)] if step.receiver >= 0 else None
    return _last(step) == "get" and isinstance(base, f.Attr) and base.name in _MANAGERS


def _is_sent(function: Function, value: int) -> bool:
    step = function.values[function.origin(value)]
    name = step.name if isinstance(step, f.Attr | f.Param) else _last(step) if isinstance(step, f.Call) else ""
    if isinstance(step, f.Ref):
        name = step.path.rpartition(".")[2]
    return name in _SENT


def _parameters(endpoint: Endpoint) -> frozenset[str]:
    """The handler's parameters that name a row: those of the path, or all that are called so when it is not known."""
    names = {p.name for entry in endpoint.entries for p in entry.facts.params if _names_row(p.name)}
    return frozenset(name for name in names if not endpoint.path or name in endpoint.path or endpoint.cls)


PROOFS = frozenset({"token", "signature", "sig", "secret", "hash", "uidb64", "signed"})
"""Words of parameters that nobody can guess, and that are no names of things: who knows one may."""


def takes_proof(endpoint: Endpoint, words: frozenset[str] = _SECRETS - {"uuid", "guid"}) -> bool:
    """A parameter that nobody can guess: who knows it may."""
    names = (param.name for entry in endpoint.entries for param in entry.facts.params)
    return any(words & set(lexicon.words(name)) for name in names)


def _names_row(name: str) -> bool:
    said = lexicon.words(name)
    return bool(said) and said[-1] in _IDS and not _SECRETS & set(said)


def takes_row(function: Function) -> bool:
    """A decorator or dependency that is told by the path which row is meant, as a rule to ask about it."""
    if any(_names_row(param.name) for param in function.facts.params):
        return True
    is_open = any(param.kind == "double-star" for param in function.facts.params)
    texts = (function.values[at] for at in function.of(_CONSTANTS)) if is_open else ()
    return any(type(text) is f.Const and _names_row(str(text.value)) for text in texts)


def _last(step: f.Call) -> str:
    return _last_name(step.callee)


@lru_cache(maxsize=65_536)
def _last_name(callee: str) -> str:
    return callee.rpartition(".")[2].lstrip("!:?")


_VIEW_KWARGS = 4
"""Where `process_view` of a middleware gets what the path says: self, request, view, args, kwargs."""


def is_asked_ahead(program: Program) -> bool:
    """A middleware of the program's own looks at what the paths say before any view runs, and turns callers away.

    Which views it means stands in tables that are not read.
    """
    hooks = (cls.methods["process_view"] for cls in program.classes if "process_view" in cls.methods)
    return any(_VIEW_KWARGS in hook.users and _refuses(hook) for hook in hooks if not hook.file.is_test)


def _refuses(function: Function) -> bool:
    """Something in it speaks of permissions: what it raises, or what it calls."""
    raised = (
        written(function, step.value) for step in function.values if isinstance(step, f.Raise) and step.value >= 0
    )
    called = (function.values[call] for call in function.calls)
    names = [_last(step) for step in called if isinstance(step, f.Call)]
    return any(map(lexicon.speaks_of_check, names)) or any(map(lexicon.is_refusal, (*raised, *names)))
