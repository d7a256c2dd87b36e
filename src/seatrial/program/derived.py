"""Derived facts: what follows from the facts of one file alone, kept by the file's content from one audit to the next.

    @derived(list[int])
    def lengths(file: File) -> list[int]:
        return [len(function.values) for function in file.functions]

    lengths(file)

What is given to such a function has no path, no role, no module and no program around it, so its answer is a function
of the facts, and may come from an audit of another day or another tree. Its answer is kept as MessagePack: only types
that come back as they went may be in it, and nothing that differs between processes, as the hash of a text does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from seatrial.program.kept import Answers

Answer = TypeVar("Answer")


class Content(Protocol):
    """A file, as far as derivations need to know one: what is known to follow from it, and its facts by themselves."""

    answers: Answers

    @property
    def alone(self) -> Any:
        """The `File` that derivations are asked of."""


class Derivation(Generic[Answer]):
    """A function of one file's facts, with the type of its answer."""

    def __init__(self, derive: Callable[[Any], Answer], kind: type[Answer]) -> None:
        self._name = f"{derive.__module__}.{derive.__qualname__}"
        self._derive = derive
        self._decoder = msgspec.msgpack.Decoder(kind)

    def __call__(self, file: Content) -> Answer:
        """The answer for a file, known from an earlier audit or worked out now: it is the same."""
        known = file.answers.get(self._name)
        if known is not None:
            return self._decoder.decode(known)
        found = self._derive(file.alone)
        file.answers.put(self._name, msgspec.msgpack.encode(found))
        return found


def derived(kind: type[Answer]) -> Callable[[Callable[[Any], Answer]], Derivation[Answer]]:
    """Decorator that makes a derivation of a function; `kind` is the type of its answer."""
    return lambda derive: Derivation(derive, kind)
