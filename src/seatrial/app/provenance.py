"""Tells who wrote what in a checkout, by symbol, as far as marks tell."""

import hashlib
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import NamedTuple

from seatrial.app import git, history, marks, missing
from seatrial.app.cache import Cache, NoCache, users_own
from seatrial.app.discovery import Entry, Wanted, discover
from seatrial.app.owned_lines import OwnedLines
from seatrial.app.reading import read
from seatrial.app.workspace import require
from seatrial.decisions.fingerprints import symbols
from seatrial.decisions.provenance.agents import agents
from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.labels import of_line
from seatrial.decisions.provenance.lineage import LOST, State, Version
from seatrial.decisions.provenance.verdict import verdict
from seatrial.model.globs import matcher
from seatrial.model.provenance import Mark, Origin, Provenance, Survey
from seatrial.model.source import Gap, Stage
from seatrial.model.symbols import FILE, Symbol

_ALWAYS = (".py", ".pyi")
"""Files that are surveyed wherever they lie; others when they are named."""
_NOT_PARSED = (
    f"Python {sys.version_info[0]}.{sys.version_info[1]} cannot parse it, so it is told of as a whole. "
    "Install seatrial with the Python that the code is written for."
)
_LACKING = (
    "versions of it are not here (a partial clone lacks them), so its lines are unknown. "
    "Fetch them: `git fetch --refetch --no-filter`."
)
_MOST_LACKING = 1000
"""More files without their past are told of as a whole."""
_SHA1 = 40
"""Letters of an object id in a repository with SHA-1; with SHA-256 there are more."""


class _Followed(NamedTuple):
    """Whose the lines of some files are: numbers by path, and what is claimed by number."""

    files: State
    claims: Mapping[int, Sequence[Claim]]


class _Known(NamedTuple):
    """What is known before the files are looked at."""

    followed: dict[str, _Followed]
    """By the suffix of the files."""
    declared: Sequence[tuple[tuple[str, ...], Claim]]
    attested: Mapping[str, str]
    prefix: str
    owned: OwnedLines


def provenance(root: Path, paths: Sequence[str] = (), base: str = "") -> tuple[Provenance, ...]:
    """Who wrote each symbol below `root`, of the files or folders `paths` alone if there are any.

    `survey` tells besides what keeps that from being more certain, and what `base` is.
    """
    return survey(root, paths, base=base).units


def survey(
    root: Path,
    paths: Sequence[str] = (),
    attested: Mapping[str, str] | None = None,
    cache: Cache | NoCache | None = None,
    base: str = "",
) -> Survey:
    """Who wrote what below `root`.

    Args:
        root: the top of a checkout, or a folder in it.
        paths: files or folders relative to `root`; none means every Python file.
        attested: digests of symbols, each with the person who signed to have written it.
        cache: the user's own if None.
        base: the commit whose declarations of people count (a full object id); empty: those of the tree.

    Raises:
        SourceError: there is no such folder.
        DecisionError: what the project declares cannot be read.
    """
    require(root)
    cache = cache or users_own()
    table = agents()
    found = marks.gather(root, table)
    wanted = frozenset(path.strip("/") for path in paths if path.strip("/."))
    gaps = list(found.gaps)
    known = _Known({}, marks.declarations(root, base).claims(), attested or {}, git.prefix(root), OwnedLines(cache))
    suffixes = (_ALWAYS, *((one,) for one in sorted({Path(path).suffix for path in wanted} - {"", *_ALWAYS})))
    for kind in suffixes if found.past else ():
        followed, lacking = _followed(root, found, kind, cache)
        known.followed.update(dict.fromkeys(kind, followed) if followed else {})
        gaps += lacking
    units, remarks = _units(root, wanted, known, gaps)
    cache.close()
    places = tuple(place for place in table.workplaces if (root / place).exists())
    return Survey(tuple(units), table.version, tuple(gaps), (*found.notes, *remarks), places)


def _followed(
    root: Path, found: marks.Marks, suffixes: Sequence[str], cache: Cache | NoCache
) -> tuple[_Followed | None, list[Gap]]:
    """Follows the files with these suffixes; those whose past is not all here are left out, and gaps."""
    try:
        return _follow(root, found, suffixes, cache, ()), []
    except git.GitError as error:
        reason = f"the history cannot be followed, so no line is known: {error}. A partial clone lacks the files' past."
    try:
        lacking = sorted(missing.paths(root, suffixes))
        if lacking and len(lacking) <= _MOST_LACKING:
            gaps = [Gap(path, 0, Stage.HISTORY, _LACKING) for path in lacking]
            return _follow(root, found, suffixes, cache, lacking), gaps
    except git.GitError as error:
        reason = f"the history cannot be followed, so no line is known: {error}."
    return None, [Gap("", 0, Stage.HISTORY, reason)]


def _follow(
    root: Path, found: marks.Marks, suffixes: Sequence[str], cache: Cache | NoCache, but: Sequence[str]
) -> _Followed:
    files, labels = history.authors(root, found.past, found.of_lines, suffixes, cache, but)
    told = ((number, of_line(entry, found.of_commits)) for number, entry in enumerate(labels.entries))
    return _Followed(files, {number: said for number, said in told if said})


def _units(root: Path, paths: Collection[str], known: _Known, gaps: list[Gap]) -> tuple[list[Provenance], list[str]]:
    """The symbols of all files, and remarks. Adds to the gaps."""
    folders = tuple(f"{path}/" for path in paths)
    listed = discover(root, Wanted(lambda path: path in paths or (path.endswith(_ALWAYS) and _within(path, folders))))
    gaps += listed.gaps
    units: list[Provenance] = []
    changed = 0
    for entry in listed.entries:
        data = read(root, entry)
        if isinstance(data, Gap):
            gaps.append(data)
            continue
        followed = known.followed.get(Path(entry.path).suffix, _Followed({}, {}))
        numbers = _numbers(root, data, followed.files.get(known.prefix + entry.real))
        changed += LOST in numbers or bool(data and not numbers)
        own = list(_of_file(entry, data, numbers, followed.claims, known))
        if entry.path.endswith(_ALWAYS) and any(unit.name == FILE for unit in own):
            gaps.append(Gap(entry.path, 0, Stage.HISTORY, _NOT_PARSED))
        units += own
    known.owned.save()
    remark = f"{changed} files hold lines that are in no commit yet, or could not be followed: those are unknown."
    return units, [remark] * bool(changed and known.followed)


def _within(path: str, folders: tuple[str, ...]) -> bool:
    """True in any of the folders, and everywhere if none is named."""
    return not folders or path.startswith(folders)


def _of_file(
    entry: Entry, data: bytes, numbers: Sequence[int], claims: Mapping[int, Sequence[Claim]], known: _Known
) -> Iterator[Provenance]:
    declared = [claim for patterns, claim in known.declared if matcher(patterns)(entry.path)]
    signed = {one.name: _signed(who) for one in _symbols(entry, data, known) if (who := known.attested.get(one.digest))}
    for name, lines in known.owned.of(entry.path, data).items():
        at = [numbers[line - 1] if line <= len(numbers) else LOST for line in lines]
        if at:
            yield verdict(entry.path, name, at, claims, [*declared, *([signed[name]] if name in signed else [])])


def _symbols(entry: Entry, data: bytes, known: _Known) -> tuple[Symbol, ...]:
    return symbols(entry.path, data) if known.attested else ()


def _signed(who: str) -> Claim:
    return Claim(Origin.HUMAN_ATTESTED, "", "", Mark("sign-off", "", who))


def _numbers(root: Path, data: bytes, version: Version | None) -> Sequence[int]:
    """The numbers of a file's lines as they are on disk; those that the commit has not are lost."""
    if version is None:
        return ()
    if version.oid in {_oid(data, len(version.oid)), _oid(data.replace(b"\r\n", b"\n"), len(version.oid))}:
        return version.lines
    (committed,) = git.contents(root, [version.oid])
    old, new = (["".join(line.decode("latin-1").split()) for line in text.split(b"\n")] for text in (committed, data))
    numbers = [LOST] * len(new)
    for at, to, size in SequenceMatcher(None, old, new).get_matching_blocks():
        numbers[to : to + size] = version.lines[at : at + size]
    return numbers[: len(new)]


def _oid(data: bytes, length: int) -> str:
    digest = hashlib.new("sha1" if length == _SHA1 else "sha256", b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
