"""Kept answers: what was derived from the facts of files (see `derived`), encoded, by the content of each file."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

_DECODER = msgspec.msgpack.Decoder(dict[str, msgspec.Raw])


class Answers:
    """The answers for one content by the names of their questions: those that were known, and those found since."""

    def __init__(self, data: bytes = b"") -> None:
        self._encoded = _DECODER.decode(data) if data else {}
        self.is_fresh = False
        """Some answer was found that was not known."""

    def get(self, question: str) -> msgspec.Raw | None:
        """The answer as MessagePack; None if it is not known."""
        return self._encoded.get(question)

    def put(self, question: str, answer: bytes) -> None:
        """Keeps an answer that was found now."""
        self._encoded[question] = msgspec.Raw(answer)
        self.is_fresh = True

    def encoded(self) -> bytes:
        """All of them, for the next audit."""
        return msgspec.msgpack.encode(self._encoded)


class Kept:
    """The answers by `SourceFile.content`. `known`: what `fresh` gave in earlier audits by the same build."""

    def __init__(self, known: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._known = known
        self._answers: dict[str, Answers] = {}

    def of(self, content: str) -> Answers:
        """The answers for one content; for one without a name nothing is known, and nothing is kept."""
        if not content:
            return Answers()
        if content not in self._answers:
            self._answers[content] = Answers(self._known.get(content, b""))
        return self._answers[content]

    def fresh(self) -> dict[str, bytes]:
        """All answers for the contents of which some answer was not known."""
        return {content: answers.encoded() for content, answers in self._answers.items() if answers.is_fresh}
