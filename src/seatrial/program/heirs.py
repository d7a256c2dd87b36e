"""Heirs: which classes of the program derive from a class, of its own or of a library."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seatrial.program.parts import Class
    from seatrial.program.types import Types


class Heirs:
    """Answers from tables that are made on first use: bases may only be known once types can be asked for."""

    def __init__(self, types: Types, classes: Iterable[Class]) -> None:
        self._types = types
        self._classes = tuple(classes)

    def below(self, cls: Class) -> Sequence[Class]:
        """The classes that derive from a class, at any depth."""
        return self._below.get(cls, ())

    @cached_property
    def _below(self) -> dict[Class, list[Class]]:
        found: dict[Class, list[Class]] = defaultdict(list)
        for cls in self._classes:
            for base in self._types.mro(cls)[1:]:
                found[base].append(cls)
        return found

    def deriving(self, *bases: str) -> list[Class]:
        """The classes that are one of these (canonical names) or derive from one, in the order of the program."""
        own, foreign = self._named
        canonical = self._types.models.canonical
        found = {cls for base in bases for cls in (*own.get(base, ()), *foreign.get(canonical(base), ()))}
        return [cls for cls in self._classes if cls in found] if found else []

    @cached_property
    def _named(self) -> tuple[dict[str, list[Class]], dict[str, list[Class]]]:
        """The classes by the names of what they derive from, in the program and outside."""
        own: dict[str, list[Class]] = defaultdict(list)
        foreign: dict[str, list[Class]] = defaultdict(list)
        for cls in self._classes:
            inside, outside = self._types.lineage(cls)
            for name in inside:
                own[name].append(cls)
            for name in outside:
                foreign[name].append(cls)
        return own, foreign
