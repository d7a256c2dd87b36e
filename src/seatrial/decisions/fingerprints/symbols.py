"""The symbols of a file, with their digests."""

import ast
import warnings
from collections.abc import Collection, Mapping, Sequence
from hashlib import sha1, sha256

from seatrial.decisions.fingerprints import docstrings
from seatrial.decisions.fingerprints.canonical import Import, canonical, imported
from seatrial.decisions.fingerprints.parts import Part, parts
from seatrial.decisions.fingerprints.pragmas import pragmas
from seatrial.decisions.fingerprints.signature import signature
from seatrial.model.symbols import FILE, IMPORTS, MODULE, Symbol
from seatrial.model.text import as_kept

PYTHON = (".py", ".pyi")


def symbols(path: str, text: bytes) -> tuple[Symbol, ...]:
    """The symbols of a file, in order of their first lines; those that would be empty are left out.

    A file that is no Python, or that this Python cannot parse, is one symbol: `FILE`.
    """
    module = parsed(path, text)
    if module is None:
        return (whole(path, text),)
    found = list(parts(module))
    owned = _owned(found, text)
    told = _told(found, owned, text)
    shown = docstrings.shown(module, text)
    made = (_symbol(path, part, owned[part.name], told[part.name] + _shown(part, module, shown)) for part in found)
    return tuple(sorted((one for one in made if one), key=lambda one: (one.line, one.end_line, one.name)))


def whole(path: str, text: bytes) -> Symbol:
    """The file as one symbol, whatever is in it, by git's name for its bytes."""
    kept = as_kept(text)
    digest = sha1(b"blob %d\0" % len(kept) + kept, usedforsecurity=False).hexdigest()  # git's name for the file
    return Symbol(path, FILE, digest, 1, max(1, len(text.splitlines())))


def own_lines(path: str, text: bytes) -> dict[str, tuple[int, ...]]:
    """The lines (1-based, without blank ones) of each symbol by its name; no line belongs to two of them."""
    module = parsed(path, text)
    written = [number for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if module is None:
        return {FILE: tuple(written)}
    owned = _owned(list(parts(module)), text)
    full = frozenset(written)
    return {name: tuple(kept) for name, lines in owned.items() if (kept := [one for one in lines if one in full])}


def parsed(path: str, text: bytes) -> ast.Module | None:
    """The syntax tree of a Python file; None for others, and for what cannot be parsed."""
    if not path.endswith(PYTHON):
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a text's escapes look like is its authors' affair
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None  # told by the digest's format: the file is one symbol then


def _owned(found: Sequence[Part], text: bytes) -> Mapping[str, list[int]]:
    """The lines of each part. What lies in no statement (comments, blank lines) is the module's; inner parts win."""
    owner = [MODULE] * (len(text.splitlines()) + 1)
    for part in found:
        for first, last in part.stretches:
            owner[first : last + 1] = [part.name] * (last + 1 - first)
    lines: dict[str, list[int]] = {part.name: [] for part in found}
    for number, name in enumerate(owner[1:], 1):
        lines[name].append(number)
    return lines


def _told(found: Sequence[Part], owned: Mapping[str, list[int]], text: bytes) -> Mapping[str, list[bytes]]:
    """The pragmas of each part, sorted. Among imports each counts once: sorting them joins and parts their lines."""
    told = pragmas(text)
    if not told:
        return {part.name: [] for part in found}
    by_part = {name: sorted(one for line in lines for one in told.get(line, ())) for name, lines in owned.items()}
    return by_part | {IMPORTS: sorted(set(by_part[IMPORTS]))}


def _shown(part: Part, module: ast.Module, shown: Collection[str]) -> list[bytes]:
    node = part.nodes[0] if part.nodes else None
    if part.name == MODULE:
        text = docstrings.words(module) if "" in shown or docstrings.EVERYONE in shown else ""
    else:
        text = docstrings.material(node, shown) if isinstance(node, docstrings.Documented) else ""
    return [b"doc " + text.encode("utf-8", "surrogatepass")] if text else []


def _symbol(path: str, part: Part, lines: Sequence[int], told: Sequence[bytes]) -> Symbol | None:
    if not (part.nodes or told):
        return None
    first = min((first for first, _ in part.stretches), default=1)
    last = max((last for _, last in part.stretches), default=lines[-1] if lines else 1)
    code = _imports(part.nodes) if part.name == IMPORTS else canonical(part.nodes)
    return Symbol(
        path,
        part.name,
        sha256(code).hexdigest(),
        first,
        last,
        signature(part),
        sha256(b"\n".join(told)).hexdigest() if told else "",
    )


def _imports(nodes: Sequence[ast.stmt]) -> bytes:
    """Imports as a sorted set; those for the type checker are another set, whatever the order."""
    run = sorted(set(imported(one for one in nodes if isinstance(one, Import))))
    typing = {one for node in nodes if isinstance(node, ast.If) for one in imported(node.body)}  # type: ignore[arg-type]  # such a block holds imports alone
    return b"\n".join((*run, b"typing", *sorted(typing)))
