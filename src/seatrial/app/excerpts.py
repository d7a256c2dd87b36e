"""Puts the source lines into findings, so that reports need no files."""

from collections.abc import Iterable, Mapping

import msgspec

from seatrial.model.finding import Finding, Place, Step

_WIDEST = 240
"""Characters of a line that are kept: the rest of a longer one says no more to a reader."""


class Excerpts:
    """The lines of source texts, by path, split when they are first asked for."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}

    def lines(self, path: str) -> list[str]:
        """The lines of a file, numbered as front ends do: only line feeds end one. Empty if it was not read."""
        if path not in self._lines:
            self._lines[path] = self._texts.get(path, "").split("\n")
        return self._lines[path]

    def line(self, place: Place) -> str:
        """The first line of a place, stripped; empty if there is none."""
        lines = self.lines(place.path)
        return lines[place.line - 1].strip()[:_WIDEST] if 0 < place.line <= len(lines) else ""

    def into(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """The findings, each with the line of its place and of every step of its path."""
        return tuple(
            msgspec.structs.replace(finding, code=self.line(finding.place), path=tuple(map(self._step, finding.path)))
            for finding in findings
        )

    def _step(self, step: Step) -> Step:
        return msgspec.structs.replace(step, code=self.line(step.place))
