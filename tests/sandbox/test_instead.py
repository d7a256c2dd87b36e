"""A program that asks SQLAlchemy for MySQL gets SQLite where no MySQL is there for it."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from seatrial.sandbox.inside import instead, leading

ADDRESS = re.compile(r"(?P<drivername>[\w+]+)://(?:[^/]*/)?(?P<database>[^?]*)")


class Url(SimpleNamespace):
    """As much of SQLAlchemy's address as is asked."""


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What SQLAlchemy makes addresses with; no MySQL runs for the program, but a PostgreSQL does."""
    monkeypatch.setattr(leading, "_ports", {3306: 0, 5432: 7001})
    monkeypatch.setattr(instead, "_files", [])
    monkeypatch.setattr(instead, "notes", [])
    made = SimpleNamespace(make_url=lambda address: Url(address=address, **ADDRESS.match(address).groupdict()))
    instead.urls(made)
    return made


@pytest.mark.parametrize(
    ("address", "begins"),
    [
        ("mysql://root:x@localhost/shop?charset=utf8mb4", "sqlite:///"),
        ("mysql+pymysql://root:x@db/shop", "sqlite:///"),
        ("mysql+aiomysql://root:x@db/shop", "sqlite+aiosqlite:///"),
    ],
)
def test_an_address_of_mysql_means_a_file_of_its_name(address: str, begins: str, module: SimpleNamespace) -> None:
    found = module.make_url(address).address
    assert found.startswith(begins)
    assert Path(found).name == "seatrial-shop.db"
    assert len(instead.notes) == 1


def test_other_addresses_stay(module: SimpleNamespace) -> None:
    for address in ("postgresql+psycopg://a@b/shop", "sqlite:///own.db"):
        assert module.make_url(address).address == address
    assert instead.notes == []


def test_a_mysql_that_the_user_named_stays(module: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leading, "_ports", {})
    assert module.make_url("mysql://a@b/shop").address == "mysql://a@b/shop"


def test_sqlite_is_told_only_what_it_takes(module: SimpleNamespace) -> None:
    file = module.make_url("mysql://a@b/shop").address.removeprefix("sqlite:///")
    assert instead.told(file, {"charset": "utf8mb4", "timeout": 3}) == {"timeout": 3}
    assert instead.told("own.db", {"charset": "utf8mb4"}) == {"charset": "utf8mb4"}


def test_types_and_defaults_of_mysql_are_understood_once_it_was_replaced(module: SimpleNamespace) -> None:
    class Types:
        def visit_BIGINT(self, _: object) -> str:  # noqa: N802 -- as SQLAlchemy names them
            return "BIGINT"

    class Tables:
        def get_column_default_string(self, column: str) -> str:
            return column

    instead.types(SimpleNamespace(SQLiteTypeCompiler=Types, SQLiteDDLCompiler=Tables))
    assert Types().visit_BIGINT(None) == "BIGINT"
    module.make_url("mysql://a@b/shop")
    compiler = Types()
    assert [compiler.visit_BIGINT(None), compiler.visit_LONGTEXT(None)] == ["INTEGER", "TEXT"]  # type: ignore[attr-defined] # set by types
    said = "CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP"
    assert Tables().get_column_default_string(said) == "CURRENT_TIMESTAMP"


def test_texts_are_kept_without_a_collation_of_mysql() -> None:
    class Types:
        def _render_string_type(self, name: str, collation: str) -> str:
            return f'{name} COLLATE "{collation}"'

    class Tables:
        def get_column_default_string(self, column: str) -> str:
            return column

    instead.types(SimpleNamespace(SQLiteTypeCompiler=Types, SQLiteDDLCompiler=Tables))
    assert Types()._render_string_type("VARCHAR(9)", "utf8mb4_general_ci") == "VARCHAR(9)"
    assert Types()._render_string_type("VARCHAR(9)", "NOCASE") == 'VARCHAR(9) COLLATE "NOCASE"'


def test_an_index_is_named_with_its_table_once_mysql_was_replaced(module: SimpleNamespace) -> None:
    class Tables:
        def get_column_default_string(self, column: str) -> str:
            return column

        def _prepared_index_name(self, index: SimpleNamespace) -> str:
            return f'"{index.name}"'

    instead.types(SimpleNamespace(SQLiteTypeCompiler=type("Types", (), {}), SQLiteDDLCompiler=Tables))
    index = SimpleNamespace(name="by_code", table=SimpleNamespace(name="roles"))
    assert Tables()._prepared_index_name(index) == '"by_code"'
    module.make_url("mysql://a@b/shop")
    assert Tables()._prepared_index_name(index) == '"roles_by_code"'
