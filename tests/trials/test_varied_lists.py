"""A column that holds lists, as PostgreSQL's may, is no column that names its values."""

from types import SimpleNamespace
from typing import Any

from seatrial.trials import varying


def column(name: str, kind: str) -> SimpleNamespace:
    return SimpleNamespace(name=name, kind=kind, primary=False, computed=False)


def test_rows_that_hold_lists_are_varied_by_their_other_columns() -> None:
    row: dict[str, Any] = {"tags": ["a"], "state": "open"}
    table = SimpleNamespace(
        name="goods", foreigns=(), uniques=(), columns=[column("tags", "text[]"), column("state", "text")]
    )
    database = SimpleNamespace(rows=lambda _: [row])
    found = varying._missing(database, table, row, {"state": ["open", "shut"]})  # type: ignore[arg-type] # as much as is asked
    assert [*found] == [("state", "shut")]
