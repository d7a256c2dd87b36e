"""Which symbols are to be reviewed: those that a change touches, those without a valid sign-off, or all of a path."""

from collections.abc import Collection, Iterable, Mapping
from difflib import SequenceMatcher
from functools import lru_cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from seatrial.app import git
from seatrial.app.edits import edits, everything
from seatrial.app.reading import decode
from seatrial.app.review.packs import Unit
from seatrial.app.roles import classifier
from seatrial.decisions.fingerprints import changes, own_lines, symbols
from seatrial.model.source import Gap, Role
from seatrial.model.standing import SHUT, Standing, UnitStanding
from seatrial.model.symbols import ChangeKind, Symbol

_JUDGED = frozenset({Role.CODE, Role.MIGRATION})
_MATERIAL = frozenset(
    {ChangeKind.SYMBOL, ChangeKind.SIGNATURE, ChangeKind.ADDED, ChangeKind.PRAGMA, ChangeKind.IMPORT_SET}
)


class Found(msgspec.Struct, frozen=True):
    """Units with the texts of their files, by path. What could not be read is a gap."""

    units: tuple[Unit, ...]
    texts: dict[str, str]
    gaps: tuple[Gap, ...] = ()


class Scope(msgspec.Struct, frozen=True):
    """Which files count: below these paths (empty: all), in these languages (suffixes) or named by these paths."""

    below: tuple[str, ...]
    languages: frozenset[str]
    exclude: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    """Files of other languages that count too."""

    def covers(self, path: str) -> bool:
        """Whether a file counts."""
        return _is_below(path, self.below) and (
            path[path.rfind(".") :] in self.languages or path in self.below or path in self.also
        )


def changed(root: Path, revision: str, scope: Scope) -> Found:
    """What came after HEAD left `revision`: commits and what lies on disk. Raises `SourceError`."""
    found = edits(root, git.merge_base(root, revision), scope.exclude)
    after = {path: data for path, data in found.after.items() if scope.covers(path)}
    units = [
        _unit(change.after, after[change.path], _old(change.before, found.before))
        for change in changes(found.before, found.after)
        if change.kind in _MATERIAL and change.after is not None and change.path in after
    ]
    return _with_texts(units, after, found.gaps)


def standing_open(root: Path, standing: Standing, scope: Scope) -> Found:
    """The units that keep the gate shut, each with what changed since the sign-off that a review would extend."""
    found = everything(root, scope.exclude)
    wanted = [unit for unit in standing.units if unit.state in SHUT and _is_below(unit.path, scope.below)]
    known = {
        (path, symbol.name): symbol
        for path in {unit.path for unit in wanted} & found.after.keys()
        for symbol in symbols(path, found.after[path])
    }
    then = _signed_texts(root, standing, wanted)
    units = [
        replace(
            _unit(symbol, found.after[one.path], _named(then.get((one.base, one.path)), one)),
            state=one.state.value,
            why=one.why,
            base=one.base,
        )
        for one in wanted
        if (symbol := known.get((one.path, one.name)))
    ]
    return _with_texts(units, found.after, found.gaps)


def open_of_change(changed_: Found, open_: Found) -> Found:
    """The units of a change that still keep the gate shut: beside what was signed of them before, if anything was."""
    known = {unit.name: unit for unit in open_.units}
    units = tuple(
        known[unit.name] if known[unit.name].base else replace(unit, why=known[unit.name].why)
        for unit in changed_.units
        if unit.name in known
    )
    return replace(changed_, units=units, gaps=(*changed_.gaps, *open_.gaps))


def everything_below(root: Path, scope: Scope) -> Found:
    """All symbols of code below some paths, where nobody asks for sign-offs. Tests and examples only if named."""
    found = everything(root, scope.exclude)
    role = classifier(sorted(found.paths))
    after = {
        path: data
        for path, data in found.after.items()
        if scope.covers(path) and (scope.below or role(path) in _JUDGED)
    }
    units = [_unit(symbol, data, None) for path, data in after.items() for symbol in symbols(path, data)]
    return _with_texts(units, after, found.gaps)


def lines_of(path: str, data: bytes) -> dict[str, str]:
    """The own lines of each symbol of a file as text, by its name."""
    own, rows = _lines(path, data)
    return {name: "\n".join(rows[n - 1] for n in numbers if n <= len(rows)) for name, numbers in own.items()}


@lru_cache(maxsize=4)
def _lines(path: str, data: bytes) -> tuple[dict[str, tuple[int, ...]], list[str]]:
    """The own lines of each symbol, and all lines of the file; units of one file are asked for one after another."""
    return own_lines(path, data), data.decode("utf-8", "replace").splitlines()


def _unit(symbol: Symbol, data: bytes, before: str | None) -> Unit:
    own, rows = _lines(symbol.path, data)
    numbers = own.get(symbol.name, ())
    now = [rows[number - 1] for number in numbers if number <= len(rows)]
    fresh = numbers if before is None else tuple(numbers[at] for at in _fresh(before.splitlines(), now))
    return Unit(symbol=symbol, changed=fresh, before=before)


def _fresh(before: list[str], now: list[str]) -> list[int]:
    """The indexes of the lines that are not in `before`."""
    matcher = SequenceMatcher(None, before, now, autojunk=False)
    return [at for tag, _, _, start, end in matcher.get_opcodes() if tag != "equal" for at in range(start, end)]


def _old(symbol: Symbol | None, before: Mapping[str, bytes]) -> str | None:
    if symbol is None or symbol.path not in before:
        return None
    return lines_of(symbol.path, before[symbol.path]).get(symbol.name)


def _signed_texts(
    root: Path, standing: Standing, wanted: Iterable[UnitStanding]
) -> dict[tuple[str, str], dict[str, str]]:
    """The own lines of symbols as they were signed, by sign-off and path, where the commit is still there."""
    commits = {entry.id: entry.signoff.commit for entry in standing.ledger if entry.signoff and entry.signoff.commit}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for base in {unit.base for unit in wanted if unit.base in commits}:
        paths = {unit.path for unit in wanted if unit.base == base}
        for path, data in _at(root, commits[base], paths).items():
            found[base, path] = lines_of(path, data)
    return found


def _at(root: Path, commit: str, paths: Collection[str]) -> dict[str, bytes]:
    try:
        blobs = [blob for blob in git.blobs(root, commit) if git.path_of(blob) in paths]
        contents = git.contents(root, [blob.oid for blob in blobs])
        return {git.path_of(blob): data for blob, data in zip(blobs, contents, strict=True)}
    except git.GitError:
        return {}  # squashed away since: then the whole symbol is shown as new


def _named(then: Mapping[str, str] | None, unit: UnitStanding) -> str | None:
    return then.get(unit.name) if then else None


def _is_below(path: str, below: Collection[str]) -> bool:
    return not below or any(path == one or path.startswith(f"{one.rstrip('/')}/") for one in below)


def _with_texts(units: Iterable[Unit], contents: Mapping[str, bytes], gaps: tuple[Gap, ...]) -> Found:
    units = list(units)
    texts: dict[str, str] = {}
    unread: dict[str, Gap] = {}
    for path in {unit.symbol.path for unit in units}:
        text = decode(path, contents[path])
        if isinstance(text, Gap):
            unread[path] = text
        else:
            texts[path] = text
    return Found(tuple(unit for unit in units if unit.symbol.path in texts), texts, (*gaps, *unread.values()))
