"""Reads the history of a checkout: its commits, what was noted on them, and whose each line of its files is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import msgspec

from seatrial.app import git
from seatrial.app.cache import Cache, NoCache
from seatrial.app.kept_lineage import pack, unpack
from seatrial.decisions.provenance import lineage, patches
from seatrial.decisions.provenance.commits import Commit
from seatrial.decisions.provenance.labels import Labels
from seatrial.decisions.provenance.marked_lines import MarkedLines

RESHAPED = ".git-blame-ignore-revs"
_FIELDS = 8
_KEPT = 200
"""How many of the last commits are remembered, so that branches which leave or join there cost little."""


class Authors(NamedTuple):
    """Whose the lines of the checked out commit are: by path from the repository's top, and what the numbers mean."""

    files: lineage.State
    labels: Labels


def commits(root: Path, tips: Sequence[str] = ("HEAD",), but: str = "") -> dict[str, Commit]:
    """The commits that tips reach and `but` does not, by object id, parents before children. Raises `git.GitError`."""
    form = "--format=" + "".join(f"%x00{field}" for field in ("%H", "%P", "%an", "%ae", "%cn", "%ce", "%B")) + "%x00"
    asked = "".join(f"{one}\n" for one in (*tips, *([f"^{but}"] if but else []))).encode()
    told = git.stream(root, "rev-list", "--topo-order", "--reverse", "--encoding=UTF-8", form, "--stdin", stdin=asked)
    fields = b"".join(told).decode("utf-8", "replace").split("\0")
    records = (fields[at : at + _FIELDS] for at in range(0, len(fields) - 1, _FIELDS))
    return {oid: Commit(oid, tuple(parents.split()), *rest) for _, oid, parents, *rest in records}


def shallow(root: Path) -> frozenset[str]:
    """The commits at which a shallow clone ends. Raises `git.GitError`."""
    if not git.is_shallow(root):
        return frozenset()
    (place,) = git.stream(root, "rev-parse", "--path-format=absolute", "--git-path", "shallow")
    return frozenset(Path(place.decode().rstrip("\n")).read_text(encoding="ascii").split())


def notes(root: Path, ref: str) -> dict[str, bytes] | None:
    """The notes of a ref by commit; None if there is no such ref. Raises `git.GitError`."""
    if not any(git.stream(root, "for-each-ref", ref)):
        return None
    listed = [line.split() for line in git.stream(root, "ls-tree", "-r", "--full-tree", ref)]
    oids = [oid.decode() for _, _, oid, _ in listed]
    names = (path.replace(b"/", b"").decode("ascii", "replace") for _, _, _, path in listed)
    return dict(zip(names, git.contents(root, oids), strict=True))


def authors(
    root: Path,
    past: dict[str, Commit],
    marked: Sequence[MarkedLines],
    suffixes: Iterable[str],
    cache: Cache | NoCache,
    but: Collection[str] = (),
) -> Authors:
    """Follows the files with these suffixes through the past, `but` some paths. Raises `git.GitError`."""
    head = next(reversed(past))
    reshaping = _reshaping(root, head)
    kind = sha256(msgspec.json.encode((sorted(suffixes), sorted(reshaping), *([sorted(but)] if but else [])))).digest()
    by_commit = _digests(marked)
    states, labels = _remembered(past, kind, by_commit, marked, cache)
    ahead = _ahead(past, head, states)
    if ahead:
        where = [f":(top,glob)**/*{suffix}" for suffix in sorted(suffixes)]
        where += [f":(top,exclude,literal){path}" for path in sorted(but)]
        history = _read(root, ahead, where, reshaping)
        keep = {head, *islice(reversed(past), _KEPT)}
        states = lineage.follow(history, labels, states, keep)
        data = pack(states, head, labels, by_commit)
        key = _key(kind, head)
        cache.put({key: data} | {_key(kind, oid) + b"at": key for oid in states})
    return Authors(states[head], labels)


def _read(root: Path, ahead: Sequence[Commit], where: Sequence[str], reshaping: Collection[str]) -> lineage.History:
    def ask(which: Iterable[Commit], merges: Sequence[str]) -> Iterable[bytes]:
        asked = "".join(f"{commit.oid}\n" for commit in which).encode()
        return git.stream(root, "diff-tree", "--stdin", *patches.OPTIONS, *merges, "--", *where, stdin=asked)

    told = patches.merges(ask((one for one in ahead if len(one.parents) > 1), patches.COMBINED))
    mixed = {(one.commit, one.path): one for one in told}
    nodes = [(one.oid, one.parents) for one in ahead]
    return lineage.History(nodes, patches.commits(ask(ahead, patches.FIRST_PARENT)), mixed, reshaping)


def _ahead(past: dict[str, Commit], head: str, known: Collection[str]) -> list[Commit]:
    """The commits between what is known and HEAD, parents first."""
    waiting, found = [head], set[str]()
    while waiting:
        oid = waiting.pop()
        if oid not in known and oid not in found and oid in past:
            found.add(oid)
            waiting += past[oid].parents
    return [commit for oid, commit in past.items() if oid in found]


def _remembered(
    past: dict[str, Commit],
    kind: bytes,
    by_commit: Mapping[str, bytes],
    marked: Sequence[MarkedLines],
    cache: Cache | NoCache,
) -> tuple[dict[str, lineage.State], Labels]:
    """What a former run left of this past, unless marks on its commits have changed since."""
    recent = [_key(kind, oid) + b"at" for oid in islice(reversed(past), _KEPT)]
    found = cache.get(recent[:1]) or cache.get(recent)
    place = next((found[key] for key in recent if key in found), None)
    data = cache.get([place]).get(place) if place else None
    kept = unpack(data) if data else None
    if kept:
        done = past.keys() - {one.oid for one in _ahead(past, next(reversed(past)), kept.states)}
        if all(
            kept.marks.get(oid) == by_commit.get(oid) for oid in kept.marks.keys() | by_commit.keys() if oid in done
        ):
            return {oid: state for oid, state in kept.states.items() if oid in past}, Labels(marked, kept.entries)
    return {}, Labels(marked)


def _reshaping(root: Path, head: str) -> frozenset[str]:
    """The commits that the project asks `git blame` to look through."""
    text = git.file_at(root, head, "../" * git.prefix(root).count("/") + RESHAPED) or b""
    lines = (line.partition(b"#")[0].strip().decode("ascii", "replace") for line in text.splitlines())
    return frozenset(filter(None, lines))


def _digests(marked: Iterable[MarkedLines]) -> dict[str, bytes]:
    by_commit: dict[str, list[MarkedLines]] = {}
    for one in marked:
        by_commit.setdefault(one.commit, []).append(one)
    return {oid: sha256(msgspec.json.encode(sorted(lines))).digest() for oid, lines in by_commit.items()}


def _key(kind: bytes, oid: str) -> bytes:
    return sha256(b"lineage-2\0" + kind + oid.encode()).digest()
