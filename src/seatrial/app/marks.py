"""Gathers the marks that tell who wrote what: from commits, git's notes, and files of the project."""

import stat
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git, history, recovery
from seatrial.decisions.provenance import agent_trace, declared, git_ai
from seatrial.decisions.provenance.agents import Agents
from seatrial.decisions.provenance.commits import Claim, Commit, claims
from seatrial.decisions.provenance.marked_lines import MarkedLines, Read, joined
from seatrial.model.provenance import Origin
from seatrial.model.source import Gap, Stage

_SIZE_LIMIT = 64_000_000
"""Bytes of a file of records."""
_NOTE_LIMIT = 4_000_000
"""Bytes of a note. Those of large commits have some ten thousand."""
_MODELS = frozenset({Origin.AI, Origin.MIXED})


class Marks(NamedTuple):
    """The past of a checkout with all that is marked in it; `past` is empty where there is no history."""

    past: dict[str, Commit]
    of_commits: Mapping[str, Sequence[Claim]]
    of_lines: Sequence[MarkedLines]
    gaps: Sequence[Gap]
    notes: Sequence[str]


def gather(root: Path, agents: Agents) -> Marks:
    """All marks that `root` and its history hold."""
    try:
        past = history.commits(root)
        ends = history.shallow(root)
        noted = history.notes(root, git_ai.REF)
    except git.GitError as error:
        return Marks({}, {}, (), (_gap(f"no history can be read here, so nothing tells who wrote what: {error}"),), ())
    told = joined(_noted(oid, note) for oid, note in (noted or {}).items() if oid in past)
    again = _recovered(root, past, noted or {}, agents)
    traced = _traced(root, past)
    of_commits = {oid: found for oid, commit in past.items() if oid not in ends and (found := claims(commit, agents))}
    faults = [_gap(fault) for part in (told, traced) for fault in part.faults]
    gaps = [*faults, *(_gap(_SHALLOW),) * bool(ends)]
    lines = (*told.lines, *traced.lines, *again.lines)
    return Marks(past, of_commits, lines, gaps, list(_remarks(noted, past, again)))


def _recovered(
    root: Path, past: Mapping[str, Commit], noted: Mapping[str, bytes], agents: Agents
) -> recovery.Recovered:
    """The marks of commits that were squashed or rebased away; none where their objects are not all here."""
    try:
        return _found_again(root, past, noted, agents)
    except git.GitError as error:
        return recovery.Recovered(fault=f"Branches that were squashed or rebased away cannot be read: {error}.")


def _found_again(
    root: Path, past: Mapping[str, Commit], noted: Mapping[str, bytes], agents: Agents
) -> recovery.Recovered:
    commits = recovery.lost(root, noted.keys() - past.keys())
    told = joined(_noted(oid, noted[oid]) for oid in commits if oid in noted)
    said = {oid: found for oid, commit in commits.items() if (found := claims(commit, agents))}
    return recovery.recover(root, past, recovery.Lost(commits, said, told.lines))


def declarations(root: Path, base: str = "") -> declared.Declared:
    """What the project declares of its files; `base` is the commit whose word on people counts, empty: the tree's own.

    Raises `DecisionError`, and `SourceError` if the commit cannot be read.
    """
    own = declared.parse(_own_file(root, declared.PLACE) or b"")
    if not base:
        return own
    with git.needing(base):
        there = git.file_at(root, base, declared.PLACE) or b""
    return declared.judging(declared.parse(there), own)


_SHALLOW = (
    "the clone is shallow: lines from before its oldest commits are unknown. "
    "Fetch the rest with `git fetch --unshallow` (in CI: fetch-depth: 0)"
)


def _noted(oid: str, note: bytes) -> Read:
    if len(note) > _NOTE_LIMIT:
        return Read((), (f"the git-ai note of commit {oid[:12]} is too large to read",))
    return git_ai.read(oid, note)


def _remarks(noted: Mapping[str, bytes] | None, past: Mapping[str, Commit], again: recovery.Recovered) -> Iterator[str]:
    if again.fault:
        yield again.fault
    if again.commits:
        yield f"{len(again.commits)} commits that were squashed or rebased away are told by what has the same patch."
    if noted is None:
        yield (
            "There are no git-ai notes here. If the team makes them, get them: a clone does not. "
            "git fetch origin 'refs/notes/*:refs/notes/*'"
        )
    elif lost := len(noted.keys() - past.keys() - again.commits):
        yield (
            f"{lost} of {len(noted)} git-ai notes speak of commits that HEAD does not reach: squashed, rebased, or of "
            "other branches. Their lines are unknown unless other marks tell. Where the forge keeps the branches, get "
            "them: git fetch origin 'refs/pull/*/head:refs/pull/*/head'"
        )


def _traced(root: Path, past: Mapping[str, Commit]) -> Read:
    """The records of Agent Trace, each also for the commits made upon its revision.

    Tools write a record before the commit exists, so its revision is often that of the parent. A person's lines count
    at the revision itself alone.
    """
    text = _own_file(root, agent_trace.PLACE)
    told = Read((), (f"{agent_trace.PLACE} is too large to read",)) if text is None else agent_trace.read(text)
    children: dict[str, list[str]] = {}
    if told.lines:
        for commit in past.values():
            for parent in commit.parents[:1]:
                children.setdefault(parent, []).append(commit.oid)
    later = (
        one._replace(commit=child)
        for one in told.lines
        if one.claim.origin in _MODELS
        for child in children.get(one.commit, ())
    )
    return Read((*told.lines, *later), told.faults)


def _own_file(root: Path, path: str) -> bytes | None:
    """A file of the tree; nothing if there is none, or only a link to one elsewhere. None if it is too large."""
    file = root / path
    try:
        status = file.lstat()
        if not stat.S_ISREG(status.st_mode):
            return b""
        return file.read_bytes() if status.st_size <= _SIZE_LIMIT else None
    except OSError:
        return b""  # there is none


def _gap(reason: str) -> Gap:
    return Gap("", 0, Stage.HISTORY, reason)
