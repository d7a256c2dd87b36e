"""What a query plan tells: which tables are read from end to end, and which index would spare it.

A plan alone proves nothing: whoever asks for an index here tries it out. Source: PostgreSQL 18, 14.1.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from seatrial.sandbox import Table

_CONDITIONS = ("Filter", "Hash Cond", "Merge Cond", "Join Filter", "Recheck Cond")
_NAME = re.compile(r"(?:(?P<alias>\w+)\.)?(?P<column>[a-z_]\w*)")
_TEXT = re.compile(r"'(?:[^']|'')*'(?:::[\w ]+)?")


_SELECTIVE = 0.1
"""A filter that keeps more than this part of the rows is served no better by an index."""
_ALL = 0.999
"""A filter that keeps all."""
_LABEL = re.compile(
    r"(^|_)(status|state|stage|kind|type|category|role|gender|level|priority|severity|difficulty|visibility)$"
)
"""Names of columns that many rows share a value of."""
_FEW, _PER_ROW = 40, 4
"""Blocks that it takes to find a few rows by an index, and for each further row."""


class Scan(msgspec.Struct, frozen=True):
    """A table that a plan reads from end to end, and its columns that conditions or orders of the plan speak of."""

    table: str
    columns: tuple[str, ...]
    kept: float
    """The part of the rows that its filter keeps; 1 if it has none."""

    def candidates(self) -> Sequence[str]:
        """Columns whose index may help; that none of a few values was asked for tells nothing of an index on them."""
        return [one for one in self.columns if self.kept or not _LABEL.search(one)]

    def is_spared(self, blocks: int, rows: int) -> bool:
        """Whether an index that leaves so many blocks to read for so many rows finds them, and is no narrower copy."""
        return self.kept <= _SELECTIVE or (self.kept == 1.0 and blocks <= _FEW + _PER_ROW * rows)


def scans(plan: Mapping[str, Any], tables: Sequence[Table]) -> Iterator[Scan]:
    """The tables that are read from end to end for the sake of some of their rows."""
    known = {table.name: {column.name for column in table.columns} for table in tables}
    for node, above in _nodes(plan, ()):
        table = node.get("Relation Name", "")
        if node["Node Type"] != "Seq Scan" or table not in known:
            continue
        names = {table, node.get("Alias", table)}
        said = [_TEXT.sub("", text) for one in (node, *reversed(above)) for text in _conditions(one)]
        columns = [
            found["column"]
            for text in said
            for found in _NAME.finditer(text)
            if found["column"] in known[table] and (found["alias"] is None or found["alias"] in names)
        ]
        if columns:
            yield Scan(table, tuple(dict.fromkeys(columns)), _kept(node))


def _kept(node: Mapping[str, Any]) -> float:
    if "Filter" not in node:
        return 1.0
    kept, removed = float(node.get("Actual Rows", 0)), float(node.get("Rows Removed by Filter", 0))
    return kept / max(kept + removed, 1.0) if removed else _ALL


def index(scan: Scan, column: str) -> str:
    """The statement that makes the index."""
    return f'CREATE INDEX ON "{scan.table}" ("{column}")'


def _nodes(
    plan: Mapping[str, Any], above: tuple[Mapping[str, Any], ...]
) -> Iterator[tuple[Mapping[str, Any], tuple[Mapping[str, Any], ...]]]:
    yield plan, above
    for inner in plan.get("Plans", ()):
        yield from _nodes(inner, (*above, plan))


def _conditions(node: Mapping[str, Any]) -> Iterator[str]:
    for name in _CONDITIONS:
        if name in node:
            yield node[name]
    yield from node.get("Sort Key", ())
