"""What kind of change leads from one state of the code to another."""

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping, Sequence

from seatrial.decisions.fingerprints.canonical import Import, imported
from seatrial.decisions.fingerprints.docstrings import Documented, words
from seatrial.decisions.fingerprints.symbols import parsed, symbols
from seatrial.model.symbols import IMPORTS, Change, ChangeKind, Symbol

Key = tuple[str, str]
Symbols = Mapping[Key, Symbol]


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> tuple[Change, ...]:
    """What happened between two states of some files, given as bytes by path.

    One change for each symbol that changed; for a file that holds none of those, one for the file. Sorted by path
    and name. Files of which only one state is given were added or removed.
    """
    differing = [path for path in before.keys() | after.keys() if before.get(path) != after.get(path)]
    old = _symbols(before, differing)
    new = _symbols(after, differing)
    found = [*_compared(old, new), *_moved(old, new)]
    touched = {one.path for one in found} | {one.before.path for one in found if one.before}
    same = (Change(ChangeKind.NO_CHANGE, path) for path in before.keys() & after.keys() if path not in set(differing))
    shape = (
        _shape(path, before[path], after[path])
        for path in differing
        if path in before and path in after and path not in touched
    )
    return tuple(sorted((*found, *same, *shape), key=lambda one: (one.path, one.name, one.kind)))


def _symbols(files: Mapping[str, bytes], paths: Sequence[str]) -> Symbols:
    return {(one.path, one.name): one for path in paths if path in files for one in symbols(path, files[path])}


def _compared(old: Symbols, new: Symbols) -> Iterator[Change]:
    """The changes of symbols that are there before and after, under the same path and name."""
    for key in old.keys() & new.keys():
        if kind := _kind(old[key], new[key]):
            yield Change(kind, *key, old[key], new[key])


def _kind(old: Symbol, new: Symbol) -> ChangeKind | None:
    if old.signature != new.signature:
        return ChangeKind.SIGNATURE
    if old.digest != new.digest:
        return ChangeKind.IMPORT_SET if new.name == IMPORTS else ChangeKind.SYMBOL
    return ChangeKind.PRAGMA if old.pragmas != new.pragmas else None


def _moved(old: Symbols, new: Symbols) -> Iterator[Change]:
    """What is gone from one place and new in another; and the rest of what is gone or new."""
    gone = {key: one for key, one in old.items() if key not in new}
    come = {key: one for key, one in new.items() if key not in old}
    for source, target in _pairs(gone, come):
        one, other = gone.pop(source), come.pop(target)
        yield Change(_kind(one, other) or ChangeKind.MOVED, *target, one, other)
    yield from (Change(ChangeKind.REMOVED, *key, one, None) for key, one in gone.items())
    yield from (Change(ChangeKind.ADDED, *key, None, one) for key, one in come.items())


def _pairs(gone: Symbols, come: Symbols) -> list[tuple[Key, Key]]:
    """Which symbol went where: by name and digest; and by name, along the way that others of its file went."""
    waiting: dict[tuple[str, str], list[Key]] = {}
    for key in sorted(come, reverse=True):
        waiting.setdefault((key[1], come[key].digest), []).append(key)
    pairs: dict[Key, Key] = {}
    for key in sorted(gone):
        if there := waiting.get((key[1], gone[key].digest)):
            pairs[key] = there.pop()
    ways = {source[0]: target[0] for source, target in pairs.items() if source[1] != IMPORTS}
    taken = set(pairs.values())
    for key in sorted(gone.keys() - pairs.keys()):
        target = (ways.get(key[0], ""), key[1])
        if target in come and target not in taken:
            pairs[key] = target
            taken.add(target)
    return list(pairs.items())


def _shape(path: str, before: bytes, after: bytes) -> Change:
    """What changed in a file whose symbols are the same."""
    if _order(path, before) != _order(path, after):
        return Change(ChangeKind.IMPORT_ORDER, path)
    said = _remarks(path, before) == _remarks(path, after)
    return Change(ChangeKind.REFORMAT if said else ChangeKind.COMMENT, path)


def _order(path: str, text: bytes) -> list[bytes]:
    module = parsed(path, text)
    return list(imported(one for one in module.body if isinstance(one, Import))) if module else []


def _remarks(path: str, text: bytes) -> list[str]:
    """The comments and docstrings of a file without their white space, sorted."""
    module = parsed(path, text)
    if module is None:
        return []
    documented = (node for node in ast.walk(module) if isinstance(node, Documented | ast.Module))
    tokens = tokenize.tokenize(io.BytesIO(text).readline)
    comments = (" ".join(one.string.strip("#").split()) for one in tokens if one.type == tokenize.COMMENT)
    return sorted([*comments, *map(words, documented)])
