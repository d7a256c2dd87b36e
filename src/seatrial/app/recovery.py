"""Brings the marks of branches that were squashed or rebased to what they became, where their commits are still here.

Branches that a forge keeps (`refs/pull/*/head`), other refs that HEAD does not reach, and commits that notes speak of.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git, history
from seatrial.decisions.provenance import patches
from seatrial.decisions.provenance.commits import Claim, Commit
from seatrial.decisions.provenance.marked_lines import MarkedLines
from seatrial.decisions.provenance.patches import Edit
from seatrial.decisions.provenance.recovered import Stretch, pairs, patch, recovered, stretches, upon

_WHERE = (":(top,glob)**/*.py", ":(top,glob)**/*.pyi")
_MOST_PATHS = 500
"""More are not named one by one."""
_REFS = ("refs/pull", "refs/merge-requests", "refs/heads", "refs/remotes")


class Lost(NamedTuple):
    """Commits that HEAD does not reach, parents first, with what they say of themselves and what notes say of them."""

    commits: Mapping[str, Commit]
    claims: Mapping[str, Sequence[Claim]]
    marked: Sequence[MarkedLines]


class Recovered(NamedTuple):
    """Claims about lines of commits that HEAD reaches, and the lost commits whose patch was found again."""

    lines: tuple[MarkedLines, ...] = ()
    commits: frozenset[str] = frozenset()
    fault: str = ""
    """Why nothing could be looked for."""


def lost(root: Path, noted: Collection[str]) -> dict[str, Commit]:
    """The commits that refs and notes know and HEAD does not reach, parents first. Raises `git.GitError`."""
    tips = [line.decode().strip() for line in git.stream(root, "for-each-ref", "--format=%(objectname)", *_REFS)]
    asked = "".join(f"{oid}\n" for oid in dict.fromkeys([*tips, *noted])).encode()
    told = git.stream(root, "cat-file", "--batch-check", stdin=asked)
    here = [oid for oid, kind, *_ in (line.decode().split() for line in told) if kind == "commit"]
    return history.commits(root, here, but="HEAD") if here else {}


def recover(root: Path, past: Mapping[str, Commit], lost_: Lost) -> Recovered:
    """The claims of lost commits, upon the commits that did the same. Raises `git.GitError`."""
    ways = stretches(lost_.commits, past, {*lost_.claims, *(one.commit for one in lost_.marked)})
    if not ways:
        return Recovered()
    found = _as_one(root, ways)
    paths = {path for one in found for edit in one.edits for path in (edit.path, edit.before)}
    where = [f":(top,literal){path}" for path in sorted(paths)] if len(paths) <= _MOST_PATHS else _WHERE
    single = [oid for oid, one in past.items() if len(one.parents) == 1]
    same = list(pairs(found, _edits(root, single, where) if found else {}))
    made = _edits(root, [oid for _, oid in same], _WHERE)
    steps = _edits(root, dict.fromkeys(one for stretch, _ in same for one in stretch.commits), _WHERE)
    lines: list[MarkedLines] = []
    known: set[str] = set()
    for stretch, oid in same:
        if patch(made[oid]) == patch(stretch.edits):  # else it did more than the branch
            told = recovered(
                stretch, [(one, steps.get(one, [])) for one in stretch.commits], lost_.marked, lost_.claims
            )
            lines += upon(oid, made[oid], told)
            known |= set(stretch.commits)
    return Recovered(tuple(lines), frozenset(known))


def _as_one(root: Path, ways: Iterable[Sequence[str]]) -> list[Stretch]:
    """Ways of a fork and commits, with what the last has that the first has not: as if they were child and parent."""
    found: list[Stretch] = []
    for several in (False, True):  # a commit can end one way of either kind
        asked = {way[-1]: way for way in ways if (len(way) > 2) is several}
        edits = _edits(root, [f"{way[-1]} {way[0]}" for way in asked.values()], _WHERE)
        found += [Stretch(asked[tip][0], tuple(asked[tip][1:]), tuple(done)) for tip, done in edits.items()]
    return found


def _edits(root: Path, commits: Iterable[str], where: Sequence[str]) -> dict[str, list[Edit]]:
    """What commits did to some files, each by its id; a line of two ids is a commit and the parent that it is given."""
    asked = "".join(f"{one}\n" for one in commits).encode()
    told = git.stream(root, "diff-tree", "--stdin", *patches.OPTIONS, "--", *where, stdin=asked)
    return dict(patches.commits(told)) if asked else {}
