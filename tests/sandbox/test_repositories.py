"""What a lock takes from a repository is asked of it, not of whoever has the name in the index."""

from pathlib import Path

import pytest

from seatrial.sandbox import needs
from trees import write

POETRY = """
[[package]]
name = "depot"
version = "0.1"
[package.source]
type = "git"
url = "https://x.invalid/a/depot"
reference = "main"
resolved_reference = "c0ffee"
"""
UV = """
[[package]]
name = "depot"
version = "0.1"
source = { git = "https://x.invalid/a/depot?subdirectory=client&rev=main#c0ffee" }
"""
PDM = """
[[package]]
name = "depot"
version = "0.1"
git = "https://x.invalid/a/depot.git"
revision = "c0ffee"
"""
INDEX = """
[[package]]
name = "depot"
version = "0.1"
source = { registry = "https://x.invalid/simple" }
"""
PIPENV = '{"default": {"depot": {"git": "https://x.invalid/a/depot.git", "ref": "c0ffee"}}}'


@pytest.mark.parametrize(
    ("name", "lock", "asked"),
    [
        ("poetry.lock", POETRY, "depot @ git+https://x.invalid/a/depot@c0ffee"),
        ("uv.lock", UV, "depot @ git+https://x.invalid/a/depot@c0ffee#subdirectory=client"),
        ("pdm.lock", PDM, "depot @ git+https://x.invalid/a/depot.git@c0ffee"),
        ("uv.lock", INDEX, "depot==0.1"),
        ("Pipfile.lock", PIPENV, "depot @ git+https://x.invalid/a/depot.git@c0ffee"),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\ndepot = { git = "https://x.invalid/a/depot", rev = "c0ffee" }\n',
            "depot @ git+https://x.invalid/a/depot@c0ffee",
        ),
    ],
)
def test_what_is_locked_to_a_repository_is_asked_of_it_and_not_of_the_index(
    tmp_path: Path, name: str, lock: str, asked: str
) -> None:
    assert needs.plain(write(tmp_path, {name: lock})) == [asked]
