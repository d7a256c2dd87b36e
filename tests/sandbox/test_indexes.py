"""Tables are made of models that declare an index twice, which a program with migrations never sees."""

from types import SimpleNamespace
from typing import Any

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
