"""The form of a library model: what can be said of a name. `docs/libraries.md` shows an example of each."""

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, TypeAlias

import msgspec

from seatrial.libraries.arguments import NOTHING, Arguments
from seatrial.libraries.vocabulary import Claim, Danger, Effect, HookKind, Origin, QueryStep, Risk, Scope, TypeKind
from seatrial.model.facts import Call

__all__ = [
    "Cache",
    "Claim",
    "Danger",
    "Effect",
    "Field",
    "FunctionModel",
    "Hook",
    "HookKind",
    "Library",
    "Origin",
    "QueryStep",
    "Risk",
    "Risks",
    "Scope",
    "Sink",
    "Sinks",
    "TypeKind",
    "TypeModel",
    "ValueModel",
    "arguments",
    "decode_hook",
]

Literals: TypeAlias = dict[str, bool | int | str | list[bool | int | str]]
"""Argument → the literal value, or canonical name, that it has (or a list of such)."""


class Sink(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Arguments that must not hold foreign text (or, as a risk, a call that must not be)."""

    arguments: Arguments = NOTHING
    when: Literals = {}
    """It only counts when all of these hold."""
    unless: Literals = {}
    """It does not count when one of these holds."""
    text: bool = False
    """Only text counts; a list or tuple of arguments is safe."""

    def applies(self, call: Call, literal: Callable[[int], object]) -> bool:
        """Whether the call is a sink at all. `literal` gives a value's constant or canonical name; None if unknown."""

        def holds(argument: str, wanted: object) -> bool:
            values = wanted if isinstance(wanted, list) else [wanted]
            found = [literal(value) for value in arguments(argument).select(call)]
            return any(type(one) is type(value) and one == value for one in found for value in values)

        wanted = all(holds(*condition) for condition in self.when.items())
        return wanted and not any(holds(*condition) for condition in self.unless.items())


class Sinks(dict[Danger, Sink]):
    """Danger → sink. In TOML, a sink without conditions is written as the text of its arguments alone."""


class Risks(dict[Risk, Sink]):
    """Risk → the calls that run it."""


class Hook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """A function is handed over, to be called later."""

    kind: HookKind
    callback: Arguments = NOTHING
    """Which argument is the function; empty: the call decorates it."""
    path: Arguments = NOTHING
    """Which argument is the URL (or the name) it is reached by."""
    methods: tuple[str, ...] = ()
    """HTTP methods."""
    methods_in: Arguments = NOTHING
    """Which argument lists the HTTP methods; `methods` if it is not given."""
    each: Arguments = NOTHING
    """Called once for each element of these arguments."""
    passes: Arguments = NOTHING
    """Which arguments it is called with."""
    origin: Origin | None = None
    """Who chose what it is called with."""


class Cache(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Results are kept. `bound`: the argument that limits how many; `default`: the limit without it (0: none)."""

    bound: Arguments = NOTHING
    default: int = 0
    key: Literal["arguments", "text"] = "arguments"
    """What a result is kept under: the arguments themselves, which live as long, or what is made of them."""
    keyed: Arguments = NOTHING
    """Which argument makes the key, instead."""


class Field(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """The call declares a part of a table."""

    kind: Literal["column", "relation", "index", "constraint", "key"]
    to: Arguments = NOTHING
    """Which argument names the other model or table."""
    many: bool = False
    """A relation to many rows (or, for a foreign key's other side, never)."""
    reverse: Arguments = NOTHING
    """Which argument names the attribute on the other side."""
    unique: Arguments = NOTHING
    """Which argument, when true, makes it unique."""
    index: Arguments = NOTHING
    """Which argument, when true, makes an index."""
    indexed: bool = False
    """It is always indexed."""
    eager: Arguments = NOTHING
    """Which argument says how a relation is fetched (`joined`, `selectin`, … are eager; `select` is lazy)."""
    more: Arguments = NOTHING
    """Which argument holds further keywords, as a mapping."""
    columns: Arguments = NOTHING
    """Which arguments name the columns of an index or constraint."""


class FunctionModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a function, method or constructor does. All fields may be left out: then nothing is known of it."""

    returns: str = ""
    """Canonical type of the result, perhaps with `[item]`; `self`: the receiver's type and item; `item`, `items`: one,
    or all, of those; `item-and-new`: one, and whether it was made just now."""
    item: Arguments = NOTHING
    """What the result holds elements of: the class given, or the item of the collection given, in this argument."""
    effects: tuple[Effect, ...] = ()
    subject: Arguments = NOTHING
    """What is read or written: a row, model class or query. Empty: the receiver."""
    statement: Arguments = NOTHING
    """The SQL text or statement that says what is read or written."""
    sinks: Sinks = Sinks()
    risks: Risks = Risks()
    source: Origin | None = None
    """The result was chosen by someone outside."""
    cleans: tuple[Danger | Literal["all"], ...] = ()
    """The result is harmless in these sinks."""
    validates: tuple[Danger | Literal["all"], ...] = ()
    """When the result is true, receiver and arguments are harmless in these sinks."""
    carries: Arguments | None = None
    """Inputs that live on in the result. Empty: none (a length, a truth value). None: not known."""
    fills: Arguments = NOTHING
    """Inputs that live on in the receiver."""
    keys: Arguments = NOTHING
    """Under which keys, outermost first, it puts what it fills with or takes out what it gives."""
    opens: bool = False
    """The result must be closed; its type says how."""
    awaited: bool = False
    """The result must be awaited; `returns` is what the `await` gives."""
    kept: bool = False
    """Nothing else holds the result: whoever calls must keep it."""
    timeout: Arguments = NOTHING
    """Without this argument it may wait for ever."""
    query: QueryStep | None = None
    relations: Arguments = NOTHING
    """Which arguments name the relations that are fetched along."""
    hook: Hook | None = None
    scope: Scope | None = None
    guard: str = ""
    """What it checks of the caller, as decorator, dependency or call: `login`, `permission`, `csrf`, `rate`…"""
    exempts: str = ""
    """The guard that it takes away: `csrf_exempt`."""
    cache: Cache | None = None
    field: Field | None = None
    replaces: Arguments = NOTHING
    """In a test: which arguments name what is replaced, as a dotted text, or as an object and the name below it."""
    claims: Claim | None = None
    """What it says of its arguments in a test; it raises when that does not hold."""
    cost: Literal["", "1", "log n", "n", "n log n", "n^2"] = ""
    """Work in the size of the receiver or first argument."""


class TypeModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a class is. Methods are functions `<class>.<method>`, attributes are values `<class>.<attribute>`."""

    bases: tuple[str, ...] = ()
    kind: TypeKind | None = None
    item: str = ""
    """Canonical type of one element."""
    closes: tuple[str, ...] | None = None
    """Methods that close it. None: as its bases; empty: it needs no closing, even if they do."""
    pool: bool = False
    """It keeps connections to use them again: one serves the whole program."""
    in_session: bool = False
    """What is written through it waits for the commit of its session."""
    handlers: tuple[str, ...] = ()
    """Methods of a view that requests arrive at."""
    guards: tuple[str, ...] = ()
    """Attributes of a subclass, or keyword arguments of its constructor, that list what checks the caller."""
    guard: str = ""
    """What it checks of the caller, when `kind` is `guard`."""
    named: tuple[str, ...] = ()
    """What parameters and attributes of this type are usually called: a guess, for where no better is known."""
    construct: FunctionModel | None = None
    """What calling the class does; the result's type and whether it opens something follow from the type."""


class ValueModel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """What a module's variable, or a class's attribute, holds."""

    type: str = ""
    item: str = ""
    """Type of its elements; `self`: the class it is reached through."""
    source: Origin | None = None
    cleans: tuple[Danger | Literal["all"], ...] = ()
    """It is harmless in these sinks, whatever it is read from."""
    effects: tuple[Effect, ...] = ()
    """What reading it does."""
    guard: str = ""
    """What its truth says of the caller."""


class Library(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file. Names may hold braces: `"requests.{get,post}"` are two names with one meaning."""

    modules: tuple[str, ...]
    """Top-level modules: the file is read when the program imports one of them."""
    distributions: tuple[str, ...] = ()
    """The packages, as named on an index, that bring these modules."""
    needs: tuple[str, ...] = ()
    """Modules whose models this one builds on."""
    aliases: dict[str, str] = {}
    """Other name → canonical name; also for every name below it."""
    types: dict[str, TypeModel] = {}
    functions: dict[str, FunctionModel] = {}
    values: dict[str, ValueModel] = {}


@cache
def arguments(text: str) -> Arguments:
    """The choice that `text` writes; equal texts share one."""
    return Arguments(text)


def decode_hook(wanted: type, raw: Any) -> Any:
    """What msgspec asks for types that it does not know. Raises ValueError, which it reports with the place."""
    if wanted is Arguments:
        return arguments(msgspec.convert(raw, str))
    entries = msgspec.convert(raw, dict[str, Any])
    full = {name: {"arguments": sink} if isinstance(sink, str) else sink for name, sink in entries.items()}
    return wanted(msgspec.convert(full, _SINKS[wanted], dec_hook=decode_hook))


_SINKS: dict[type, Any] = {Sinks: dict[Danger, Sink], Risks: dict[Risk, Sink]}
