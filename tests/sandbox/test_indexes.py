"""Tables are made of models that declare an index twice, which a program with migrations never sees."""

from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox.inside import schema


def table(name: str, *indexes: str) -> Any:
    return SimpleNamespace(name=name, indexes={_Index(one) for one in indexes})


class _Index:
    """As SQLAlchemy's: known by itself, not by its name."""

    def __init__(self, name: str) -> None:
        self.name = name


def test_an_index_is_made_once_in_its_table_and_under_a_name_of_its_own_in_others() -> None:
    one, two = table("goods", "by_name", "by_name", "by_price"), table("owners", "by_name")
    schema._told_once(SimpleNamespace(tables={"goods": one, "owners": two}))  # type: ignore[no-untyped-call] # it runs in any Python
    assert sorted(index.name for index in one.indexes) == ["by_name", "by_price"]
    assert [index.name for index in two.indexes] == ["owners_by_name"]


def test_an_index_that_the_database_refuses_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "notes", [])
    goods = table("goods", "by_name", "recent")
    asked: list[int] = []

    def make() -> None:
        asked.append(len(goods.indexes))
        if len(goods.indexes) > 1:
            said = "functions must be IMMUTABLE [SQL: CREATE INDEX recent ON goods (at) WHERE at > now()]"
            raise ValueError(said)

    schema._without_indexes(SimpleNamespace(tables={"goods": goods}), make)  # type: ignore[no-untyped-call] # as above
    assert asked == [2, 1]
    assert schema.notes == ["the index recent cannot be made here: it was left out"]


def test_another_failure_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "notes", [])

    def make() -> None:
        raise ValueError

    with pytest.raises(ValueError, match=r"^$"):
        schema._without_indexes(SimpleNamespace(tables={}), make)  # type: ignore[no-untyped-call] # as above
