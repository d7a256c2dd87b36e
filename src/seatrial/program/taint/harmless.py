"""Harmless values: those whose type cannot hold an attack (numbers, dates, UUIDs, members of an enum)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f

if TYPE_CHECKING:
    from seatrial.libraries.form import Danger
    from seatrial.program.parts import Function
    from seatrial.program.program import Program
    from seatrial.program.type import Type

_CHOSEN = frozenset({"typing.Literal", "typing_extensions.Literal", "builtins.None"})
"""Types whose values are written in the program."""

_OWN_SINK = frozenset({"statement", "query", "manager", "model"})
"""Kinds of object that are no SQL text: what is put into them as text goes through a sink of their own."""


_CONTENT = (
    "builtins.file",
    "io.StringIO",
    "io.BytesIO",
    "flask.FileStorage",
    "fastapi.UploadFile",
    "django.core.files.uploadedfile.UploadedFile",
)
"""Objects that hold a file's content: reading them follows no path."""


_READ = frozenset({"read", "readline", "readlines", "seek", "tell", "chunks", "content_type", "size"})
"""Attributes that files have, and neither text nor paths."""


class Harmless:
    """Answers whether a value of a type, or what a function makes, is harmless in a sink of one danger."""

    def __init__(self, program: Program, danger: Danger) -> None:
        self._program = program
        self._danger = danger
        self._memo: dict[str, bool] = {}

    def value(self, function: Function, value: int) -> bool:
        """True when the type of the value, as far as it is written or inferred, makes it harmless."""
        if type(function.values[value]) in {f.Compare, f.Closure, f.ClassValue, f.Caught}:
            return True
        return self.type(self._program.type_of(function, value))

    def type(self, found: Type | None) -> bool:
        """True when no value of the type can do harm. A type is what its constructor is said to clean."""
        if found is None or found.meta:
            return False
        if self._danger == "path" and any(self._program.types.derives(found, name) for name in _CONTENT):
            return True
        if found.cls is not None:
            return self._program.types.has_kind(found, "enum") or self._has_own_sink(found)
        if found.name not in self._memo:
            self._memo[found.name] = found.name in _CHOSEN or self._has_own_sink(found) or self.cleaner(found.name)
        return self._memo[found.name]

    def cleaner(self, name: str) -> bool:
        """True when what the function (or class) of this canonical name gives is harmless."""
        model = self._program.models.function(name)
        return model is not None and self.cleans(model.cleans)

    def cleans(self, dangers: tuple[str, ...]) -> bool:
        """True when a model's `cleans` or `validates` speaks of this danger."""
        return "all" in dangers or self._danger in dangers

    def _has_own_sink(self, found: Type) -> bool:
        return self._danger == "sql" and bool(self._program.types.kinds(found) & _OWN_SINK)


def is_read(function: Function, value: int) -> bool:
    """The value is used as an open file in the body, so that it is content and no path."""
    for user in function.users.get(value, ()):
        step = function.values[user]
        if type(step) is f.Attr and step.name in _READ:
            return True
        if type(step) is f.Call and step.receiver == value and step.callee in _READ:
            return True
    return False
