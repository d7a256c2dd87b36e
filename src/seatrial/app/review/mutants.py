"""Mutants: small defects that could have been written into a Python text. Pure; nothing here shows or keeps one.

One class of defect for each way in which a reviewer's eye slips, after mutation analysis at review time (Petrović et
al., "Does mutation testing improve testing practices?", ICSE 2021): one mutant a line is enough, and lines on which
nothing hangs (logs, texts for people, tests) are left alone.
"""

import ast
import tomllib
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import TypeAlias

import msgspec


class Slip(StrEnum):
    """The class of a planted defect."""

    DROPPED_GUARD = "dropped guard"
    INVERTED_NONE_CHECK = "inverted none-check"
    WIDENED_EXCEPT = "widened except"
    REMOVED_BOUND = "removed bound or filter"
    DROPPED_AWAIT = "dropped await"
    SWAPPED_ARGUMENTS = "swapped arguments"
    WEAKENED_SAFETY = "weakened safety argument"
    BOUNDARY = "moved boundary"


class Mutant(msgspec.Struct, frozen=True, order=True):
    """Lines `line` to `end_line` (1-based, inclusive) of the text as they are, and as they would be with the defect."""

    line: int
    end_line: int
    slip: Slip
    before: tuple[str, ...]
    after: tuple[str, ...]
    """May have fewer lines; none if a statement is gone."""


class _Edit(msgspec.Struct, frozen=True):
    slip: Slip
    node: ast.AST
    text: str | None
    """What stands instead of the node; None: the lines of the statement go."""


_FLIPPED = {ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">"}
_SYMMETRIC = frozenset({"min", "max", "isinstance", "issubclass", "zip", "getattr", "hasattr"})
_Say: TypeAlias = Callable[[ast.AST], str]


@lru_cache(maxsize=64)
def mutants(text: str, first: int = 1, last: int = 0) -> tuple[Mutant, ...]:
    """The mutants of a Python text between two lines (inclusive; 0: to the end), at most one a line, in order.

    A text that does not parse has none. Whether one still parses and means something else, `bites` says: that takes
    as long as reading the text, and few of them are ever used.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return ()
    lines = text.split("\n")
    found: dict[int, Mutant] = {}
    for edit in _edits(tree, _speaker(lines)):
        mutant = _made(lines, edit)
        if mutant and first <= mutant.line and mutant.end_line <= (last or len(lines)) and mutant.line not in found:
            found[mutant.line] = mutant
    return tuple(mutant for _, mutant in sorted(found.items()))


def bites(text: str, mutant: Mutant) -> bool:
    """Whether the text with the mutant still parses, and means something else."""
    try:
        changed = ast.parse("\n".join(line for line, _ in applied(text.split("\n"), [mutant])))
    except SyntaxError:
        return False
    return ast.dump(changed) != ast.dump(ast.parse(text))


def applied(lines: Sequence[str], chosen: Sequence[Mutant]) -> list[tuple[str, int]]:
    """The lines with the mutants in them, each with the number of the real line that it stands for."""
    result: list[tuple[str, int]] = []
    at = 1
    for mutant in sorted(chosen):
        result += [(lines[number - 1], number) for number in range(at, mutant.line)]
        result += [(line, min(mutant.line + n, mutant.end_line)) for n, line in enumerate(mutant.after)]
        at = mutant.end_line + 1
    return result + [(lines[number - 1], number) for number in range(at, len(lines) + 1)]


def _edits(tree: ast.Module, say: _Say) -> Iterator[_Edit]:
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if _is_arid(node):
            continue
        for edits in _BY_KIND.get(type(node), ()):
            yield from edits(node, say)
        waiting.extend(ast.iter_child_nodes(node))
        yield from _guards(node)


def _is_arid(node: ast.AST) -> bool:
    """Nothing hangs on it: asserts, what is logged or shown to developers."""
    if isinstance(node, ast.FunctionDef):
        return node.name in {"__repr__", "__str__"}
    if isinstance(node, ast.Call):
        words = ast.unparse(node.func).split(".")
        return words[-1] in {"print", "cast"} or "log" in words[0].lower() or "warn" in words[-1]
    return isinstance(node, ast.Assert | ast.Constant)


def _guards(node: ast.AST) -> Iterator[_Edit]:
    """`if not allowed: raise …` in a block that goes on after it."""
    for block in (getattr(node, name, None) for name in ("body", "orelse", "finalbody")):
        for statement in block if isinstance(block, list) and len(block) > 1 else ():
            leaves = isinstance(statement, ast.If) and not statement.orelse and len(statement.body) == 1
            if leaves and isinstance(statement.body[0], ast.Raise | ast.Return):
                yield _Edit(Slip.DROPPED_GUARD, statement, None)


def _compares(node: ast.AST, say: _Say) -> Iterator[_Edit]:
    assert isinstance(node, ast.Compare)
    if len(node.ops) != 1:
        return
    left, right = say(node.left), say(node.comparators[0])
    if isinstance(node.ops[0], ast.Is | ast.IsNot) and right == "None":
        turned = "is not" if isinstance(node.ops[0], ast.Is) else "is"
        yield _Edit(Slip.INVERTED_NONE_CHECK, node, f"{left} {turned} None")
    elif type(node.ops[0]) in _FLIPPED:
        yield _Edit(Slip.BOUNDARY, node, f"{left} {_FLIPPED[type(node.ops[0])]} {right}")


def _handlers(node: ast.AST, say: _Say) -> Iterator[_Edit]:
    assert isinstance(node, ast.ExceptHandler)
    if node.type is not None and say(node.type) not in {"Exception", "BaseException"}:
        yield _Edit(Slip.WIDENED_EXCEPT, node.type, "Exception")


def _slices(node: ast.AST, say: _Say) -> Iterator[_Edit]:
    assert isinstance(node, ast.Subscript)
    if isinstance(node.slice, ast.Slice) and node.slice.upper and not node.slice.step:
        lower = say(node.slice.lower) if node.slice.lower else ""
        yield _Edit(Slip.REMOVED_BOUND, node, f"{say(node.value)}[{lower}:]")


def _awaits(node: ast.AST, say: _Say) -> Iterator[_Edit]:
    assert isinstance(node, ast.Await)
    yield _Edit(Slip.DROPPED_AWAIT, node, say(node.value))


def _calls(node: ast.AST, say: _Say) -> Iterator[_Edit]:
    assert isinstance(node, ast.Call)
    called = say(node.func)
    if isinstance(node.func, ast.Attribute) and node.func.attr in _weaker()["bounds"] and (node.args or node.keywords):
        base = say(node.func.value)
        if "." in base or "(" in base:
            yield _Edit(Slip.REMOVED_BOUND, node, f"{base}.all()" if base.endswith(".objects") else base)
    if called not in _SYMMETRIC:
        yield from _swapped(node, called, say)
    for keyword in node.keywords:
        if weaker := _weaker()["arguments"].get(f"{keyword.arg}={say(keyword.value)}"):
            yield _Edit(Slip.WEAKENED_SAFETY, keyword.value, weaker)
    for safe, unsafe in _weaker()["calls"].items():
        if called == safe or called.endswith(f".{safe}"):
            yield _Edit(Slip.WEAKENED_SAFETY, node.func, called.removesuffix(safe) + unsafe)


def _swapped(node: ast.Call, called: str, say: _Say) -> Iterator[_Edit]:
    """The first two arguments, if both are plain names that differ."""
    if len(node.args) >= 2 and all(isinstance(one, ast.Name | ast.Attribute) for one in node.args[:2]):
        first, second = map(say, node.args[:2])
        rest = [*map(say, node.args[2:]), *map(say, node.keywords)]
        if first != second:
            yield _Edit(Slip.SWAPPED_ARGUMENTS, node, f"{called}({', '.join([second, first, *rest])})")


_BY_KIND: dict[type[ast.AST], tuple[Callable[[ast.AST, _Say], Iterator[_Edit]], ...]] = {
    ast.Compare: (_compares,),
    ast.ExceptHandler: (_handlers,),
    ast.Subscript: (_slices,),
    ast.Await: (_awaits,),
    ast.Call: (_calls,),
}


def _speaker(lines: Sequence[str]) -> _Say:
    """Gives the source of a node, in the author's own spelling where it stands on one line."""
    raw = [line.encode() for line in lines]

    def say(node: ast.AST) -> str:
        assert isinstance(node, ast.expr | ast.keyword)
        if node.lineno == node.end_lineno:
            return raw[node.lineno - 1][node.col_offset : node.end_col_offset].decode()
        return ast.unparse(node)

    return say


def _made(lines: Sequence[str], edit: _Edit) -> Mutant | None:
    node = edit.node
    assert isinstance(node, ast.expr | ast.stmt)
    first, last = node.lineno, node.end_lineno or node.lineno
    before = tuple(lines[first - 1 : last])
    if edit.text is None:
        while first > 1 and lines[first - 2].strip().startswith("#"):  # a comment on what is gone would tell of it
            first -= 1
        return Mutant(first, last, edit.slip, tuple(lines[first - 1 : last]), ())
    if first != last:  # a replacement would be written on one line, and stand out
        return None
    line = before[0].encode()
    after = line[: node.col_offset] + edit.text.encode() + line[node.end_col_offset :]
    return Mutant(first, last, edit.slip, before, (after.decode(),))


@cache
def _weaker() -> dict[str, dict[str, str]]:
    return tomllib.loads((files(__package__) / "weaker.toml").read_text("utf-8"))
