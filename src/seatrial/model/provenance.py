"""Provenance: who wrote what, as far as marks tell. Absence of marks is `UNKNOWN`, never a human."""

from enum import StrEnum

import msgspec

from seatrial.model.source import Gap


class Origin(StrEnum):
    """Who wrote a line or a symbol. Only symbols are `MIXED` of lines; a line is, if its mark says so itself."""

    AI = "ai"
    MIXED = "mixed"
    HUMAN_OBSERVED = "human-observed"
    """A tool saw a human type it."""
    HUMAN_ATTESTED = "human-attested"
    """A human has put their name to having written it."""
    BOT = "bot"
    """A program without a model: it updates versions, merges, translates."""
    UNKNOWN = "unknown"


class Mark(msgspec.Struct, frozen=True, order=True):
    """What says so: the carrier (`trailer`, `git-ai`, …), the commit if it lies in one, and what stands there."""

    carrier: str
    commit: str
    text: str
    link: str = ""
    """Where the conversation with the tool can be read, if the mark tells."""


class Provenance(msgspec.Struct, frozen=True):
    """Who wrote a symbol. `lines` counts its lines that are not blank, by origin; the rest is sorted.

    Models are named as their marks do.
    """

    path: str
    name: str
    origin: Origin
    lines: dict[Origin, int]
    tools: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    marks: tuple[Mark, ...] = ()


class Survey(msgspec.Struct, frozen=True):
    """Who wrote what in a tree, and what keeps that from being more certain."""

    units: tuple[Provenance, ...]
    agents: str
    """The version of the table of tools that was used."""
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()
    """What a reader should know of the history: lost notes, lines not committed. One sentence each."""
    workplaces: tuple[str, ...] = ()
    """Files that tell that agents work in this tree: why the rest of the lines need not be people's."""
