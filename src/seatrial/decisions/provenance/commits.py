"""The marks of a commit: its author and committer, trailers, footers and what tools leave in its message."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from seatrial.decisions.provenance.agents import Agents
from seatrial.model.provenance import Mark, Origin

_TRAILER = re.compile(r"[\s>*-]*(?P<key>[A-Za-z][\w-]*)\s*:\s*(?P<value>\S.*?)\s*\Z")
_ADDRESS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>|(?<!\S)([^<>\s]+@[^<>\s]+)(?!\S)")
_LINK = re.compile(r"https?://[^\s<>()\[\]]+")
_IN_BRACKETS = re.compile(r"aider \((?P<model>[^()]+)\)", re.IGNORECASE)
_TEXT_LIMIT = 200
"""Characters of a mark that are kept: messages are written by strangers."""


class Commit(NamedTuple):
    """A commit as git tells it. `parents` and `oid` are full object ids."""

    oid: str
    parents: tuple[str, ...]
    author: str
    author_address: str
    committer: str
    committer_address: str
    message: str


class Claim(NamedTuple):
    """What one mark says: who wrote the lines that it speaks of, with which tool and model if it tells."""

    origin: Origin
    tool: str
    model: str
    mark: Mark


def claims(commit: Commit, agents: Agents) -> tuple[Claim, ...]:
    """What the commit itself says of all its lines; empty if it says nothing."""
    found = dict.fromkeys((*_identities(commit, agents), *_message(commit, agents)))
    return tuple(found)


def _identities(commit: Commit, agents: Agents) -> Iterator[Claim]:
    people = (
        ("author", commit.author, commit.author_address),
        ("committer", commit.committer, commit.committer_address),
    )
    for carrier, name, address in people:
        shown = f"{name} <{address}>"
        known = agents.known(address)
        if known and (known.origin is Origin.AI or carrier == "author"):
            yield Claim(known.origin, known.tool, _model(name, known.tool), _mark(carrier, commit, shown))
        for suffix, tool in agents.suffixes:
            if name.endswith(suffix):
                yield Claim(Origin.AI, tool, "", _mark(carrier, commit, shown))


def _message(commit: Commit, agents: Agents) -> Iterator[Claim]:
    """Trailers count wherever they stand: a squash brings those of each commit into the body."""
    subject, *body = commit.message.split("\n")
    for text, tool in agents.subjects:
        if subject.startswith(text):
            yield Claim(Origin.AI, tool, "", _mark("subject", commit, subject))
    for line in body:
        yield from _footers(line, commit, agents)
        if found := _TRAILER.match(line):
            yield from _trailer(found["key"].lower(), found["value"], commit, agents)


def _footers(line: str, commit: Commit, agents: Agents) -> Iterator[Claim]:
    start = next((at for at, letter in enumerate(line) if letter.isalpha()), len(line))
    for text, tool in agents.footers:
        if line.startswith(text, start):
            yield Claim(Origin.AI, tool, "", _mark("footer", commit, line.strip()))


def _trailer(key: str, value: str, commit: Commit, agents: Agents) -> Iterator[Claim]:
    mark = _mark("trailer", commit, f"{key}: {value}")
    if key in agents.keys:
        tool, values = agents.keys[key]
        if not values or value in values:
            yield Claim(Origin.AI, tool, "", mark)
    if key not in agents.names_authors:
        return
    address = _ADDRESS.search(value)
    known = agents.known(address[1] or address[2]) if address else None
    if known and known.origin is Origin.AI:
        name = value[: address.start()].strip() if address else ""
        yield Claim(agents.trailers.get(key, Origin.AI), known.tool, _model(name, known.tool), mark)
    elif not address and key in agents.trailers:
        tool, _, rest = value.partition(":")
        yield Claim(agents.trailers[key], agents.name(tool.strip()), (rest.split() or [""])[0], mark)


def _model(name: str, tool: str) -> str:
    """The model that a name tells (`Claude Opus 4.5`, `aider (gpt-5)`); empty if it is the tool's name alone."""
    if found := _IN_BRACKETS.match(name):
        return found["model"]
    return name if name.lower().split()[0:1] == [tool.partition("-")[0]] and any(map(str.isdigit, name)) else ""


def _mark(carrier: str, commit: Commit, text: str) -> Mark:
    link = _LINK.search(text)
    return Mark(carrier, commit.oid, text[:_TEXT_LIMIT], link[0] if link else "")
