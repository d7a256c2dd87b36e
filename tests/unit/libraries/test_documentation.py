"""The page that documents the form: its examples are models, and it names every word."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import get_args

import pytest

from seatrial.libraries import form, parse, vocabulary

PAGE = Path(__file__).parents[3].joinpath("docs/libraries.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
TABLES = {"Classes": "types", "Variables and attributes": "values"}


def examples() -> list[tuple[str, str]]:
    """Table and text of each example that stands under a heading of its own."""
    found = []
    for section in PAGE.split("\n## ")[2:]:
        table = TABLES.get(section.partition("\n")[0], "functions")
        found += [(table, text) for text in re.findall(r"```toml\n(.*?)```", section, re.DOTALL)]
    return found


@pytest.mark.parametrize(("table", "text"), examples())
def test_every_example_is_a_model(table: str, text: str) -> None:
    names: set[str] = set()
    for line in text.splitlines():
        library = parse({"modules": ["acme"], table: tomllib.loads(line)}, "docs/libraries.md")
        names.update(getattr(library, table))
    assert names


@pytest.mark.parametrize("words", ["Effect", "Danger", "Risk", "QueryStep", "HookKind", "TypeKind"])
def test_every_word_is_named(words: str) -> None:
    said = set(re.findall(r"[a-z.-]+", PAGE))
    assert set(get_args(getattr(vocabulary, words))) - said == set()


def test_every_key_is_shown() -> None:
    structs = (
        form.Library,
        form.TypeModel,
        form.FunctionModel,
        form.ValueModel,
        form.Sink,
        form.Hook,
        form.Cache,
        form.Field,
    )
    keys = set(chain.from_iterable(struct.__struct_encode_fields__ for struct in structs))
    shown = set(re.findall(r"[a-z-]+(?= =)", "\n".join(EXAMPLES))) | set(
        re.findall(r"(?<=\[)[a-z]+(?=\])", EXAMPLES[1])
    )
    assert keys - shown == set()
