"""Follows each line of each file through a history, from its oldest commit on: whose line it is.

One pass over all files at once, where `git blame` walks the whole history again for each. Lines are numbers, which
stand for who wrote them (`Label`); a file that no commit touches costs nothing.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from seatrial.decisions.provenance.moves import moved
from seatrial.decisions.provenance.patches import Edit, Merged
from seatrial.decisions.provenance.reshaped import sources

Label = Callable[[str, str, int, int], list[int]]
"""The numbers for lines that a commit wrote: of the commit, in the path, from the line (1-based), so many."""


class Version(NamedTuple):
    """A file as it is in some commit: its object id, and for each of its lines a number."""

    oid: str
    lines: list[int]


State = dict[str, Version]
"""The files of a commit by path."""
Node = tuple[str, tuple[str, ...]]
"""A commit's object id and those of its parents."""


class History(NamedTuple):
    """Commits with parents before children, what each did to files, and how merges differ from all their parents."""

    nodes: Sequence[Node]
    edits: Iterable[tuple[str, list[Edit]]]
    mixed: Mapping[tuple[str, str], Merged]
    reshaping: Collection[str] = ()
    """Commits that only reshaped code."""


LOST = 0
"""The number of a line whose origin could not be followed."""


def follow(history: History, label: Label, known: Mapping[str, State], keep: Collection[str]) -> dict[str, State]:
    """The states of the commits in `keep`. `known` holds those of all parents that are not in the history."""
    waiting = Counter(parent for _, parents in history.nodes for parent in parents)
    states = dict(known)
    for (oid, parents), edits in _in_step(history):
        before = [states[parent] for parent in parents if parent in states]
        for parent in parents:
            waiting[parent] -= 1
            if not waiting[parent] and parent not in keep and parent not in known:
                del states[parent]
        alone = bool(parents) and parents[0] not in states  # nobody else asks for it: it may be changed where it is
        state = (before[0] if alone else dict(before[0])) if before else {}
        new = dict(_new_versions(oid, edits, before, history, label))
        for edit in edits:
            state.pop(edit.before, None)
        state.update(new)
        if waiting[oid] or oid in keep:
            states[oid] = state
    return {oid: state for oid, state in states.items() if oid in keep}


def _in_step(history: History) -> Iterator[tuple[Node, list[Edit]]]:
    """Each commit with its edits; git tells nothing of those that have none."""
    told = iter(history.edits)
    oid, edits = next(told, ("", []))
    for node in history.nodes:
        if node[0] != oid:
            yield node, []
            continue
        yield node, edits
        oid, edits = next(told, ("", []))


def _new_versions(
    oid: str, edits: Sequence[Edit], before: Sequence[State], history: History, label: Label
) -> Iterator[tuple[str, Version]]:
    """What a commit made of the files that it touched."""
    places = moved(edits) if len(before) == 1 and oid not in history.reshaping else {}
    first = before[0] if before else {}
    for edit in edits:
        if not edit.oid:
            continue
        merged = _merged(oid, edit, before, history, label) if len(before) > 1 else None
        if merged is None:
            old = first[edit.before].lines if edit.before in first else []
            come = _come(oid, edit, label)
            come |= {line: _at(first, *places[edit.path, line]) for line in come if (edit.path, line) in places}
            if oid in history.reshaping:
                come |= {line: _line(old, there) for hunk in edit.hunks for line, there in sources(hunk)}
            merged = _spliced(old, edit, come)
        yield edit.path, Version(edit.oid, merged)


def _come(oid: str, edit: Edit, label: Label) -> dict[int, int]:
    """The lines that came with an edit, as those of the commit."""
    return {
        hunk.new + at: number
        for hunk in edit.hunks
        for at, number in enumerate(label(oid, edit.path, hunk.new, len(hunk.come)))
    }


def _spliced(old: Sequence[int], edit: Edit, come: Mapping[int, int]) -> list[int]:
    """The lines of a file with what went taken out and what came put in."""
    found: list[int] = []
    at = 0
    for hunk in edit.hunks:
        found += old[at : hunk.old - 1]
        found += [come[hunk.new + number] for number in range(len(hunk.come))]
        at = hunk.old - 1 + len(hunk.gone)
    return found + list(old[at:])


def _merged(oid: str, edit: Edit, before: Sequence[State], history: History, label: Label) -> list[int] | None:
    """A file of a merge that is not as in the first parent: as in another, or made of several; None if of one."""
    for other in before[1:]:
        if edit.path in other and other[edit.path].oid == edit.oid:
            return other[edit.path].lines
    mixed = history.mixed.get((oid, edit.path))
    if mixed is None:
        return None
    versions = [state[path].lines if path in state else [] for state, path in zip(before, mixed.before, strict=False)]
    found: list[int] = []
    at = 0
    for one in mixed.stretches:
        found += versions[0][at : one.starts[0] - 1]
        ways = one.starts
        for kept, there in one.lines:
            if kept:
                from_parents = (
                    _line(version, way) for version, way, has in zip(versions, ways, there, strict=False) if has
                )
                own = label(oid, edit.path, len(found) + 1, 1)[0]
                found.append(next(from_parents, own))
            ways = tuple(way + has for way, has in zip(ways, there, strict=True))
        at = ways[0] - 1
    return found + versions[0][at:]


def _at(state: State, path: str, line: int) -> int:
    return _line(state[path].lines, line) if path in state else LOST


def _line(lines: Sequence[int], line: int) -> int:
    return lines[line - 1] if 0 < line <= len(lines) else LOST
