"""Files, classes and functions of the linked program: facts with their place in the whole."""

from __future__ import annotations

from functools import cached_property
from itertools import compress, count
from typing import TYPE_CHECKING, Any

import msgspec

from seatrial.model.facts import (
    MADE_OF,
    NONE,
    AnyValue,
    Await,
    Call,
    ClassFacts,
    Const,
    FileFacts,
    FunctionFacts,
    Phi,
    Region,
    Return,
    operands,
)
from seatrial.model.finding import Place, Step
from seatrial.model.source import Role
from seatrial.program.derived import derived
from seatrial.program.digest import digest_of
from seatrial.program.kept import Answers
from seatrial.program.kinds import kinds, marks

if TYPE_CHECKING:
    from collections.abc import Iterator

LOOPS = frozenset({"for", "while", "comprehension"})
"""Kinds of region that run their values more than once."""
_ALIASES = frozenset({Phi, Await})
_CALLABLE = frozenset({"function", "lambda"})
_CALLS = frozenset({Call})
_RETURNS = frozenset({Return})
_MADE = frozenset(MADE_OF)


class File:
    """A source file: its path from the root, its module name, its functions and classes.

    `answers` holds what is known to follow from the facts (see `derived`).
    """

    __slots__ = (
        "__dict__",
        "answers",
        "classes",
        "facts",
        "folder",
        "functions",
        "is_package",
        "is_test",
        "module",
        "package",
        "path",
        "resolved",
        "role",
    )

    def __init__(self, path: str, role: Role, module: str, facts: FileFacts, answers: Answers | None = None) -> None:
        self.path = path
        self.answers = answers or Answers()
        self.folder = path.rpartition("/")[0]
        self.role = role
        self.is_test = role is Role.TEST
        """True when the file is test code."""
        self.module = module
        self.is_package = path.rsplit("/", 1)[-1].startswith("__init__.")
        self.package = module if self.is_package else module.rpartition(".")[0]
        """The dotted package that relative imports start from."""
        self.facts = facts
        self.resolved: dict[str, Any] = {}
        """What paths of names mean here (`Named`), as far as `Names` was asked."""
        self.classes = [Class(self, i, c) for i, c in enumerate(facts.classes)]
        self.functions = [Function(self, i, f) for i, f in enumerate(facts.functions)]
        for function in self.functions:
            if function.facts.parent >= 0:
                function.parent = self.functions[function.facts.parent]

    @property
    def body(self) -> Function:
        """The module's own body."""
        return self.functions[0]

    @cached_property
    def alone(self) -> File:
        """The same facts under no name, in no place and part of no program: what derivations are asked of."""
        found = File("", Role.CODE, "", self.facts, self.answers)
        found.alone = found
        return found

    @cached_property
    def kinds(self) -> list[bytes]:
        """The kinds of the values of each body."""
        return self._steps.kinds

    @cached_property
    def calls(self) -> list[tuple[int, ...]]:
        """The ids of the calls of each body, in order."""
        return self._steps.calls

    @cached_property
    def _steps(self) -> _Steps:
        return _steps(self)

    @cached_property
    def methods(self) -> list[dict[str, Function]]:
        """What `Class.methods` says of each class, found in one pass."""
        found: list[dict[str, Function]] = [{} for _ in self.classes]
        for function in self.functions:
            facts = function.facts
            if facts.kind == "function" and facts.cls >= 0 and facts.parent == self.classes[facts.cls].facts.body:
                found[facts.cls][facts.name] = function
        return found

    def __repr__(self) -> str:
        return f"File({self.path})"


class _Steps(msgspec.Struct, frozen=True, array_like=True):
    """What the values of each body are: their kinds, and the ids of the calls among them."""

    kinds: list[bytes]
    calls: list[tuple[int, ...]]


@derived(_Steps)
def _steps(file: File) -> _Steps:
    found = [kinds(function.values) for function in file.functions]
    return _Steps(found, [tuple(compress(count(), one.translate(marks(_CALLS)))) for one in found])


class Function:
    """A body of code: a module, class body, function, method or lambda. Compared by identity."""

    __slots__ = (
        "__dict__",
        "cls",
        "facts",
        "file",
        "index",
        "is_callable",
        "name",
        "parent",
        "regions",
        "targets",
        "types",
        "values",
    )

    def __init__(self, file: File, index: int, facts: FunctionFacts) -> None:
        self.file = file
        self.index = index
        self.facts = facts
        self.name = facts.name
        """The bare name; see `FunctionFacts.name`."""
        self.parent: Function | None = None
        """The enclosing body."""
        self.cls: Class | None = file.classes[facts.cls] if facts.cls >= 0 else None
        """The class whose method or body this is."""
        self.is_callable = facts.kind in _CALLABLE
        """True for functions, methods and lambdas; False for module and class bodies."""
        self.values: tuple[AnyValue, ...] = facts.values
        """The values, in evaluation order; an id is an index here."""
        self.regions: tuple[Region, ...] = facts.regions
        """The regions, in the order in which they open."""
        self.targets: dict[int, Any] = {}
        """What its calls reach (`Target`), as far as `Calls` was asked."""
        self.types: dict[int, Any] = {}
        """The types of its values (`Type`, or None), as far as `Types` was asked."""

    @property
    def symbol(self) -> str:
        """Dotted name inside the file; empty for the module."""
        return self.facts.qualname

    @property
    def dotted(self) -> str:
        """Dotted name in the program: `shop.models.Order.total`."""
        return f"{self.file.module}.{self.facts.qualname}" if self.facts.qualname else self.file.module

    @property
    def calls(self) -> tuple[int, ...]:
        """The ids of all calls, in order."""
        return self.file.calls[self.index]

    @cached_property
    def returns(self) -> tuple[int, ...]:
        """The ids of the values that are returned."""
        found = (self.values[i] for i in self.of(_RETURNS))
        return tuple(v.value for v in found if type(v) is Return and v.value >= 0)

    @cached_property
    def region_of(self) -> list[int]:
        """For each value the index of its innermost region, or NONE."""
        owner = [NONE] * len(self.facts.values)
        for i, region in enumerate(self.facts.regions):
            owner[region.start : region.end] = [i] * (region.end - region.start)
        return owner

    @cached_property
    def users(self) -> dict[int, list[int]]:
        """For each value the ids of the values that use it as an operand."""
        found: dict[int, list[int]] = {}
        for i in self.of(_MADE):
            for operand in operands(self.values[i]):
                found.setdefault(operand, []).append(i)
        return found

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the body does, in hex: comments, formatting and place do not count."""
        return digest_of(self.facts, self.file.module)

    def of(self, kinds: frozenset[type]) -> Iterator[int]:
        """The ids of the values of these kinds, in order. Quick where they are few: the search runs in C."""
        return compress(count(), self.file.kinds[self.index].translate(marks(kinds)))

    def enclosing(self, value: int) -> Iterator[Region]:
        """The regions around a value, innermost first."""
        if not 0 <= value < len(self.facts.values):
            return
        index = self.region_of[value]
        while index >= 0:
            region = self.facts.regions[index]
            yield region
            index = region.parent

    def loops(self, value: int) -> list[Region]:
        """The loops around a value, innermost first. A loop's `else` and its subject are not inside."""
        return [r for r in self.enclosing(value) if r.kind in LOOPS]

    def is_annotation(self, value: int) -> bool:
        """True when the value only describes a type."""
        return any(r.kind == "annotation" for r in self.enclosing(value))

    def guards(self, value: int) -> Iterator[tuple[int, bool]]:
        """The conditions known at a value, as (id of the condition, its outcome), nearest first.

        Both the branches around it and the branches before it that leave the block (`if not ok: return`).
        """
        position = value
        for region in (*self.enclosing(value), None):
            yield from self._passed(position, region)
            if region is None:
                return
            if region.kind in {"if", "while"} and region.subject >= 0:
                yield region.subject, True
            elif region.kind == "else":
                yield region.subject, False
            position = region.start

    def _passed(self, position: int, inside: Region | None) -> Iterator[tuple[int, bool]]:
        start = inside.start if inside else 0
        for region in self._leaving:
            if region.end > position or region.start < start:
                continue
            owner = self.regions[region.parent] if region.parent >= 0 else None
            if owner is not inside:
                continue
            if region.kind == "if":
                yield region.subject, False
            elif region.kind == "else":
                yield region.subject, True

    @cached_property
    def _leaving(self) -> list[Region]:
        """The regions that leave the block around them, the last first."""
        return [region for region in reversed(self.regions) if region.exits]

    def origin(self, value: int) -> int:
        """The value behind aliases: single-option `Phi`s and `Await`s are looked through."""
        values = self.values
        if type(values[value]) not in _ALIASES:  # as most are
            return value
        for _ in range(len(values)):
            v = values[value]
            if type(v) is Phi and len(v.options) == 1:
                value = v.options[0]
            elif type(v) is Await:
                value = v.value
            else:
                break
        return value

    def place(self, value: int) -> Place:
        """Where a value is written."""
        v = self.facts.values[value]
        return Place(self.file.path, v.line, max(v.line, v.end_line if isinstance(v, Call) else v.line))

    def step(self, value: int, message: str) -> Step:
        """A step of a finding's path at a value."""
        return Step(self.place(value), message)

    def head(self, message: str) -> Step:
        """A step of a finding's path at the line where the function begins."""
        return Step(Place(self.file.path, self.facts.line, self.facts.line), message)

    def __repr__(self) -> str:
        return f"Function({self.dotted})"


class Class:
    """A class of the program."""

    __slots__ = ("__dict__", "facts", "file", "index")

    def __init__(self, file: File, index: int, facts: ClassFacts) -> None:
        self.file = file
        self.index = index
        self.facts = facts

    @property
    def name(self) -> str:
        """The bare name."""
        return self.facts.name

    @property
    def symbol(self) -> str:
        """Dotted name inside the file."""
        return self.facts.qualname

    @property
    def dotted(self) -> str:
        """Dotted name in the program: `shop.models.Order`."""
        return f"{self.file.module}.{self.facts.qualname}"

    @property
    def body(self) -> Function:
        """The class body: its fields are that body's names and stores."""
        return self.file.functions[self.facts.body]

    @property
    def outer(self) -> Function:
        """The body in which the class is defined: bases and decorators are values there."""
        return self.file.functions[self.facts.parent]

    @cached_property
    def methods(self) -> dict[str, Function]:
        """Functions defined directly in the class body, by name (the last definition wins)."""
        return self.file.methods[self.index]

    def says(self, text: str) -> bool:
        """The body of the class, or of one within it that configures it, holds this text: `extra="allow"`."""
        within = f"{self.facts.qualname}."
        bodies = (self.body, *(one.body for one in self.file.classes if one.facts.qualname.startswith(within)))
        return any(type(value) is Const and value.value == text for body in bodies for value in body.values)

    def __repr__(self) -> str:
        return f"Class({self.dotted})"
