"""Look-ups by canonical name, through aliases and base classes."""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TypeVar

import msgspec

from seatrial.libraries.form import FunctionModel, TypeModel, ValueModel
from seatrial.libraries.vocabulary import TypeKind

T = TypeVar("T")

UNKNOWN = "?"
"""The type "not known": `?.execute` says what a method of that name does on a receiver of unknown type."""


class Models:
    """What is known of the libraries that a program uses. Answers are remembered; nothing is ever written back."""

    def __init__(
        self,
        aliases: Mapping[str, str],
        types: Mapping[str, TypeModel],
        functions: Mapping[str, FunctionModel],
        values: Mapping[str, ValueModel],
    ) -> None:
        self.aliases = aliases
        self.types = types
        self.functions = functions
        self.values = values
        self._canonical: dict[str, str] = {}
        self._lines: dict[str, tuple[str, ...]] = {}
        self._functions: dict[str, FunctionModel | None] = {}
        self._methods: dict[tuple[str, str], FunctionModel | None] = {}
        self._attributes: dict[tuple[str, str], ValueModel | None] = {}
        self._kinds: dict[str, TypeKind | None] = {}
        self._named: dict[str, list[str]] | None = None

    def canonical(self, name: str) -> str:
        """The one name under which a thing is modelled; `name` itself (without `[item]`) if no alias fits."""
        known = self._canonical.get(name)
        if known is None:
            self._canonical[name] = name  # ends a circle of aliases
            known = self._canonical[name] = self._resolve(name.partition("[")[0])
        return known

    def function(self, name: str) -> FunctionModel | None:
        """What calling `name` does: a function, a method reached through its class, or a class (its constructor)."""
        if name not in self._functions:
            self._functions[name] = self._find_function(self.canonical(name))
        return self._functions[name]

    def method(self, owner: str, name: str) -> FunctionModel | None:
        """What method `name` does on a receiver of type `owner` ("" or `?`: not known), its own or inherited."""
        key = owner, name
        if key not in self._methods:
            self._methods[key] = self._member(self.functions, owner or UNKNOWN, name)
        return self._methods[key]

    def type(self, name: str) -> TypeModel | None:
        """What class `name` is."""
        return self.types.get(self.canonical(name))

    def value(self, path: str) -> ValueModel | None:
        """What the variable or attribute at `path` holds: `flask.request`, `django.http.HttpRequest.GET`."""
        path = self.canonical(path)
        owner, _, name = path.rpartition(".")
        return self.values.get(path) or self._member(self.values, owner, name)

    def attribute(self, owner: str, name: str) -> ValueModel | None:
        """What attribute `name` of an instance of `owner` holds, its own or inherited."""
        key = owner, name
        if key not in self._attributes:
            self._attributes[key] = self._member(self.values, owner, name)
        return self._attributes[key]

    @cached_property
    def guards_called(self) -> frozenset[str]:
        """What attributes may be called that tell whether the caller may; others surely do not."""
        telling = (name for name, value in self.values.items() if value.guard)
        return frozenset(name.rpartition(".")[2] for name in (*telling, *self.aliases))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Canonical names of a class and of all that it inherits from, nearest first."""
        name = self.canonical(name)
        known = self._lines.get(name)
        if known is None:
            known = self._lines[name] = tuple(dict.fromkeys(self._walk(name, set())))
        return known

    def kind(self, name: str) -> TypeKind | None:
        """What class `name` is for: the kind of the nearest ancestor that has one."""
        if name not in self._kinds:
            self._kinds[name] = next((known.kind for known in self._models(name) if known.kind), None)
        return self._kinds[name]

    def item(self, name: str) -> str:
        """Type of one element of an instance of `name`; empty if not known. It may be said in the name: `list[str]`."""
        said = name.partition("[")[2]
        if said:
            return said.removesuffix("]")
        return next((known.item for known in self._models(name) if known.item), "")

    def closers(self, name: str) -> tuple[str, ...]:
        """Methods that close an instance of `name`; empty if it needs no closing."""
        return next((known.closes for known in self._models(name) if known.closes is not None), ())

    def handlers(self, name: str) -> tuple[str, ...]:
        """Methods of a view class that requests arrive at, its own and inherited."""
        found = (handler for type_ in self._models(name) for handler in type_.handlers)
        return tuple(dict.fromkeys(found))

    def guards(self, name: str) -> tuple[str, ...]:
        """Attributes (or constructor keywords) of a view or router that list what checks the caller."""
        found = (guard for type_ in self._models(name) for guard in type_.guards)
        return tuple(dict.fromkeys(found))

    @property
    def methods(self) -> frozenset[str]:
        """The names of all methods that are modelled, of whatever type."""
        return frozenset(name.rpartition(".")[2] for name in self.functions)

    def last_names(self, does: Callable[[FunctionModel], bool]) -> list[str]:
        """What the functions and constructors of which this holds are called, without what stands before, sorted.

        By their other names, too.
        """
        made = ((name, type_.construct) for name, type_ in self.types.items() if type_.construct)
        found = {name for name, model in (*self.functions.items(), *made) if does(model)}
        also = (alias for alias in self.aliases if self.canonical(alias) in found)
        return sorted({name.rpartition(".")[2] for name in (*found, *also)})

    def named(self, variable: str) -> str:
        """A guess at the type of what is called `variable`; empty if no class, or several, usually have that name.

        A subclass that claims the name wins over its bases.
        """
        if self._named is None:
            self._named = self._claims()
        claims = self._named.get(variable, [])
        return next((one for one in claims if all(self.is_a(one, other) for other in claims)), "")

    def is_a(self, name: str, base: str) -> bool:
        """Whether class `name` is `base` or inherits from it."""
        return self.canonical(base) in self.ancestors(name)

    def _claims(self) -> dict[str, list[str]]:
        claims: dict[str, list[str]] = {}
        for type_, known in self.types.items():
            for variable in known.named:
                claims.setdefault(variable, []).append(type_)
        return claims

    def _models(self, name: str) -> Iterable[TypeModel]:
        return (self.types[one] for one in self.ancestors(name) if one in self.types)

    def _find_function(self, name: str) -> FunctionModel | None:
        if name in self.functions:
            return self.functions[name]
        if name in self.types:
            return self._constructor(name)
        owner, _, method = name.rpartition(".")
        return self._member(self.functions, owner, method) if owner in self.types else None

    def _constructor(self, name: str) -> FunctionModel:
        known = (type_.construct for type_ in self._models(name) if type_.construct is not None)
        return msgspec.structs.replace(next(known, FunctionModel()), returns=name, opens=bool(self.closers(name)))

    def _member(self, table: Mapping[str, T], owner: str, name: str) -> T | None:
        names = (self.canonical(f"{one}.{name}") for one in self.ancestors(owner))
        return next((table[key] for key in names if key in table), None)

    def _walk(self, name: str, seen: set[str]) -> Iterable[str]:
        name = self.canonical(name)
        if name in seen:
            return
        seen.add(name)
        yield name
        known = self.types.get(name)
        for base in known.bases if known else ():
            yield from self._walk(base, seen)

    def _resolve(self, name: str) -> str:
        if name in self.functions or name in self.types or name in self.values:
            return name
        prefix, rest = name, ""
        while prefix:
            target = self.aliases.get(prefix)
            if target is not None:
                return self.canonical(target + rest)
            if prefix in self.types:
                break  # a member of a class that is modelled: bases are for `method` and `attribute` to follow
            prefix, dot, last = prefix.rpartition(".")
            rest = f"{dot}{last}{rest}"
        return self.canonical(meant) if (meant := self.aliases.get(f"{UNKNOWN}.{name}")) else name
