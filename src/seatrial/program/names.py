"""Names: what a path in a file means, through imports, re-exports and star imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

import msgspec

from seatrial.model.facts import ClassValue, Closure, Conditional, ImportFacts, Phi, Ref, Store
from seatrial.program.modules import Modules
from seatrial.program.parts import Class, File, Function


class Variable(msgspec.Struct, frozen=True):
    """A variable of a module or class: `value` is what it holds, an id in `function`."""

    function: Function
    name: str
    value: int


class External(msgspec.Struct, frozen=True):
    """Something outside the repository, by its canonical dotted name: `requests.get`, `builtins.len`."""

    name: str


_LOOKED_THROUGH = frozenset({Phi, Conditional, Store})
Entity: TypeAlias = Function | Class | File | Variable | External


class Named(msgspec.Struct, frozen=True):
    """What a path means: an entity, and the attributes below it that names alone cannot follow."""

    entity: Entity
    rest: tuple[str, ...] = ()


class Names:
    """Resolves paths; remembers what it has resolved."""

    def __init__(self, modules: Modules) -> None:
        self._modules = modules
        self.foreign = _Foreign(modules)
        """What `is_foreign` says, for who asks it of every call."""
        self._busy: set[tuple[int, str]] = set()

    def resolve(self, file: File, path: str) -> Named:
        """What `path` (see "Paths of names" in `model.facts`) means in `file`."""
        known: Named | None = file.resolved.get(path)
        if known is not None:
            return known
        key = (id(file), path)
        if key in self._busy:  # a circle of re-exports
            return Named(External(path.lstrip(".:?!")))
        self._busy.add(key)
        found = file.resolved[path] = self._resolve(file, path)
        self._busy.discard(key)
        return found

    def absolute(self, file: File, path: str) -> str:
        """A relative module path as an absolute one: `..models` in `shop.api.orders` is `shop.models`."""
        return _absolute(file.package, path) if path[:1] == "." else path

    def module(self, file: File, dotted: str) -> File | None:
        """The repository's file for a module path as written in `file` (may be relative)."""
        return self._modules.find(_absolute(file.package, dotted) if dotted[:1] == "." else dotted, file)

    def imported_file(self, file: File, fact: ImportFacts) -> File | None:
        """The repository's file that an import runs: the submodule if there is one, else the module."""
        return (self.module(file, fact.path) if not fact.star else None) or self.module(file, fact.module)

    def is_foreign(self, path: str) -> bool:
        """True for a path that surely leads out of the repository: a built-in, or a module that it does not have."""
        return self.foreign[path]

    def _resolve(self, file: File, path: str) -> Named:
        sigil = path[:1]
        if sigil == "!":
            return Named(External(outer_name(path)))
        if sigil == ":":
            parts = path[1:].split(".")
            return self._member(file, parts[0], parts[1:]) or Named(External(path[1:]))
        if sigil == "?":
            parts = path[1:].split(".")
            return self._member(file, parts[0], parts[1:]) or Named(External(path[1:]))
        return self._dotted(file, _absolute(file.package, path) if sigil == "." else path)

    def _dotted(self, file: File, path: str) -> Named:
        if self.foreign[path]:
            return Named(External(path))
        head, rest = path, list[str]()
        while head:
            module = self._modules.find(head, file)
            if module is not None:
                found = self._member(module, rest[0], rest[1:]) if rest else Named(module)
                return found or Named(External(path))
            head, _, last = head.rpartition(".")
            rest.insert(0, last)
        return Named(External(path))

    def _member(self, file: File, name: str, rest: list[str]) -> Named | None:
        """`name` at the top level of `file`, then `rest` below it."""
        names = file.body.facts.names
        if name in names:
            held = self._held(file, name, names[name])
            return self._below(held, rest) if rest or held.rest else held
        submodule = self._modules.find(f"{file.module}.{name}", file) if file.is_package else None
        if submodule:
            return Named(submodule) if not rest else self._member(submodule, rest[0], rest[1:])
        return self._starred(file, name, rest)

    def _starred(self, file: File, name: str, rest: list[str]) -> Named | None:
        key = (id(file), "*" + name)
        if key in self._busy:
            return None
        self._busy.add(key)
        try:
            for fact in file.facts.imports:
                if not fact.star:
                    continue
                source = self.module(file, fact.module)
                found = self._member(source, name, rest) if source else None
                if found:
                    return found
        finally:
            self._busy.discard(key)
        return None

    def _held(self, file: File, name: str, value: int) -> Named:
        """What the module variable `name` holds, looked through to functions, classes and imports."""
        for option in _options(file.body, value):
            held = file.body.values[option]
            if type(held) is Closure:
                return Named(file.functions[held.function])
            if type(held) is ClassValue:
                return Named(file.classes[held.cls])
            if type(held) is Ref and held.path != f":{name}":
                return self.resolve(file, held.path)
        return Named(Variable(file.body, name, value))

    def _below(self, named: Named, rest: list[str]) -> Named:
        entity, before = named.entity, list(named.rest)
        rest = before + rest
        while rest:
            following = self._attribute(entity, rest[0])
            if following is None:
                break
            entity, rest = following.entity, [*following.rest, *rest[1:]]
        if isinstance(entity, External) and rest:
            return Named(External(".".join((entity.name, *rest))))
        return Named(entity, tuple(rest))

    def _attribute(self, entity: Entity, name: str) -> Named | None:
        if isinstance(entity, File):
            return self._member(entity, name, [])
        if isinstance(entity, Class):
            return self.in_class(entity, name)
        return None

    def in_class(self, cls: Class, name: str) -> Named | None:
        """What is called `name` directly in a class body (bases are not searched)."""
        body = cls.body
        if name not in body.facts.names:
            return None
        value = body.facts.names[name]
        for option in _options(body, value):
            held = body.values[option]
            if type(held) is Closure:
                return Named(cls.file.functions[held.function])
            if type(held) is ClassValue:
                return Named(cls.file.classes[held.cls])
        return Named(Variable(body, name, value))


class _Foreign(dict[str, bool]):
    """Whether a path leads out of the repository, worked out when it is first asked for."""

    def __init__(self, modules: Modules) -> None:
        super().__init__()
        self._modules = modules

    def __missing__(self, path: str) -> bool:
        sigil, head = path[:1], path.partition(".")[0]
        found = sigil == "!" or (sigil not in {".", ":", "?", ""} and not self._modules.is_own(head))
        self[path] = found
        return found


def outer_name(path: str) -> str:
    """What a path that leads out of the repository (`Names.is_foreign`) is called there: `!len` is `builtins.len`."""
    return f"builtins.{path[1:]}" if path[:1] == "!" else path


@lru_cache(maxsize=65_536)
def _absolute(package: str, path: str) -> str:
    rest = path.lstrip(".")
    for _ in range(len(path) - len(rest) - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{rest}" if package and rest else package or rest


def _options(function: Function, value: int) -> Iterable[int]:
    """The values that may be held, the last written first; aliases, stores and choices are looked through."""
    is_plain = 0 <= value < len(function.values) and type(function.values[value]) not in _LOOKED_THROUGH
    return (value,) if is_plain else _behind(function, value)


def _behind(function: Function, value: int) -> Iterator[int]:
    pending, seen = [value], set()
    while pending:
        current = pending.pop()
        if current in seen or not 0 <= current < len(function.values):
            continue
        seen.add(current)
        held = function.values[current]
        if type(held) is Phi:
            pending.extend(held.options)
        elif type(held) is Conditional:
            pending.extend((held.other, held.then))
        elif type(held) is Store:
            pending.append(held.value)
        else:
            yield current
