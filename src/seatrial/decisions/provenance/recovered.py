"""Finds commits again that a squash or a rebase made anew: by what they did to each file, lines alone.

What `git patch-id` compares, on both sides once: a patch that two commits share says nothing of either.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from itertools import groupby
from typing import NamedTuple

from seatrial.decisions.provenance.commits import Claim, Commit
from seatrial.decisions.provenance.labels import Labels, of_line
from seatrial.decisions.provenance.lineage import LOST, History, State, Version, follow
from seatrial.decisions.provenance.marked_lines import MarkedLines
from seatrial.decisions.provenance.patches import Edit


class Stretch(NamedTuple):
    """Commits in a row, without merges, as one patch: `edits` is what the last of them has that `fork` has not."""

    fork: str
    commits: tuple[str, ...]
    edits: tuple[Edit, ...]


def patch(edits: Iterable[Edit]) -> str:
    """A digest of lines that went and came, by path, wherever in the file; empty if there are none."""
    told = sorted((one.path, one.before, [(hunk.gone, hunk.come) for hunk in one.hunks]) for one in edits)
    return sha256(repr(told).encode()).hexdigest() if any(hunks for *_, hunks in told) else ""


def pairs(stretches: Iterable[Stretch], made: Mapping[str, Sequence[Edit]]) -> Iterator[tuple[Stretch, str]]:
    """Stretches with the one commit that did the same, where no other stretch and no other commit did."""
    ours: dict[str, list[Stretch]] = {}
    theirs: dict[str, list[str]] = {}
    for one in stretches:
        ours.setdefault(patch(one.edits), []).append(one)
    for oid, edits in made.items():
        theirs.setdefault(patch(edits), []).append(oid)
    for key, found in ours.items():
        widest = max(found, key=lambda one: len(one.commits))
        is_one = all(set(one.commits) <= set(widest.commits) for one in found)  # a branch, and its one commit of code
        if key and is_one and len(theirs.get(key, ())) == 1:
            yield widest, theirs[key][0]


def recovered(
    stretch: Stretch,
    steps: Sequence[tuple[str, list[Edit]]],
    marked: Iterable[MarkedLines],
    claims: Mapping[str, Sequence[Claim]],
) -> dict[tuple[str, int], Sequence[Claim]]:
    """What is claimed of the lines that a stretch brought: by path, and the line's place among those that came there.

    `steps` are the edits of its commits in order, `claims` what each commit says of itself.
    """
    labels = Labels(marked)
    parents = (stretch.fork, *stretch.commits)
    nodes = [(oid, (parent,)) for parent, oid in zip(parents, stretch.commits, strict=False)]
    last = stretch.commits[-1]
    known = {stretch.fork: _before(edit for _, edits in steps for edit in edits)}
    state = follow(History(nodes, steps, {}), labels, known, {last})[last]
    return {
        (edit.path, at): told
        for edit in stretch.edits
        for at, line in enumerate(_came(edit))
        if (told := of_line(labels.entries[_number(state, edit.path, line)], claims))
    }


def upon(commit: str, edits: Iterable[Edit], told: Mapping[tuple[str, int], Sequence[Claim]]) -> Iterator[MarkedLines]:
    """The same claims of the lines of a commit that did the same."""
    for edit in edits:
        lines = [(line, tuple(told.get((edit.path, at), ()))) for at, line in enumerate(_came(edit))]
        for claims, run in groupby(lines, key=lambda one: one[1]):
            numbers = [line for line, _ in run]
            yield from (
                MarkedLines(commit, edit.path, first, last, claim) for first, last in _runs(numbers) for claim in claims
            )


def stretches(lost: Mapping[str, Commit], past: Mapping[str, object], marked: Iterable[str]) -> list[tuple[str, ...]]:
    """The stretches to look for, as a fork and commits: each marked commit alone, and each branch as a whole.

    `lost` are commits that HEAD does not reach, parents first. A branch with merges is none.
    """
    marked = set(marked)
    inner = {parent for one in lost.values() for parent in one.parents}
    alone = [(one.parents[0], oid) for oid, one in lost.items() if oid in marked and len(one.parents) == 1]
    whole = [way for tip in lost if tip not in inner and (way := _way(tip, lost, past)) and marked & set(way)]
    return list(dict.fromkeys([*alone, *whole]))


def _way(tip: str, lost: Mapping[str, Commit], past: Mapping[str, object]) -> tuple[str, ...]:
    """The fork and the commits from there to the tip; none if there is a merge on the way, or no fork."""
    way = [tip]
    while way[-1] in lost:
        parents = lost[way[-1]].parents
        if len(parents) != 1:
            return ()
        way.append(parents[0])
    return tuple(reversed(way)) if way[-1] in past else ()


def _before(edits: Iterable[Edit]) -> State:
    """Files before a stretch, with lines enough, all of them of nobody."""
    longest: dict[str, int] = {}
    gone: dict[str, int] = {}
    for edit in edits:
        ends = [hunk.old + len(hunk.gone) for hunk in edit.hunks]
        longest[edit.before] = max([longest.get(edit.before, 0), *ends])
        gone[edit.before] = gone.get(edit.before, 0) + sum(len(hunk.gone) for hunk in edit.hunks)
    return {path: Version("", [LOST] * (length + gone[path])) for path, length in longest.items()}


def _came(edit: Edit) -> list[int]:
    """The lines (1-based) of the file after that came."""
    return [hunk.new + at for hunk in edit.hunks for at in range(len(hunk.come))]


def _number(state: State, path: str, line: int) -> int:
    lines = state[path].lines if path in state else []
    return lines[line - 1] if line <= len(lines) else LOST


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    for _, run in groupby(enumerate(numbers), key=lambda one: one[1] - one[0]):
        found = [number for _, number in run]
        yield found[0], found[-1]
