import tomllib
from pathlib import Path

from seatrial import libraries
from seatrial.libraries.tables import Tables

FOLDER = Path(libraries.__file__).parent


def test_what_was_parsed_before_is_what_the_files_hold() -> None:
    first, second = Tables(), Tables()
    for path in FOLDER.glob("*.toml"):
        first.read(path.name)
    second.recall(first.encoded())
    for path in FOLDER.glob("*.toml"):
        assert second.read(path.name) == tomllib.loads(path.read_text(encoding="utf-8")), path.name
    assert not second.is_fresh


def test_only_what_was_parsed_now_has_to_be_kept() -> None:
    tables = Tables()
    tables.read("rivals.toml")
    assert tables.is_fresh
    known = tables.encoded()
    assert not tables.is_fresh
    tables.recall(known)
    tables.read("rivals.toml")
    assert not tables.is_fresh
    tables.read("text.toml")
    assert tables.is_fresh
