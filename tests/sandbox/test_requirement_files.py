"""Where no project says what is needed, a file of requirements does, whatever tools are set up beside it."""

from pathlib import Path

import pytest

from seatrial.sandbox import examples, needs
from seatrial.sandbox.requirement_lines import meant
from trees import write

FILES = {"requirements-dev.txt": "rich\npytest\n", "requirements-prod.txt": "rich\n", "manage.py": ""}
DYNAMIC = '[project]\nname = "shop"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\n{} = {{ file = {} }}\n'


@pytest.mark.parametrize("project", ["[tool.ruff]\nline-length = 79\n", "", '[build-system]\nrequires = ["x"]\n'])
def test_settings_of_tools_hide_no_file_of_requirements(tmp_path: Path, project: str) -> None:
    assert needs.plain(write(tmp_path, {**FILES, "pyproject.toml": project})) == ["rich"]


def test_a_project_that_says_what_it_needs_goes_before(tmp_path: Path) -> None:
    project = '[project]\nname = "shop"\ndependencies = ["click"]\n'
    assert needs.plain(write(tmp_path, {**FILES, "pyproject.toml": project})) == ["click"]


@pytest.mark.parametrize("file", ['"needs/base.txt"', '["needs/base.txt"]'])
def test_the_file_that_a_project_names_is_taken(tmp_path: Path, file: str) -> None:
    project = DYNAMIC.format("dependencies", file)
    files = {**FILES, "requirements.txt": "other\n", "needs/base.txt": "click\n", "pyproject.toml": project}
    assert needs.plain(write(tmp_path, files)) == ["click"]


@pytest.mark.parametrize("form", ["utf-16", "utf-16-le", "utf-8-sig", "cp1252"])
def test_what_windows_saved_is_read_and_asked_for_line_by_line(tmp_path: Path, form: str) -> None:
    said = "# für alle\nclick==8.1\n--index-url https://a.invalid/simple\nrich\n"
    root = write(tmp_path, {"app.py": ""})
    (root / "requirements.txt").write_bytes(said.replace("\n", "\r\n").encode(form))
    assert needs.plain(root) == ["click==8.1", "rich"]
    assert list(next(needs.listed(root))) == ["click==8.1", "--index-url=https://a.invalid/simple", "rich"]


def test_what_every_installer_reads_is_given_to_it_whole(tmp_path: Path) -> None:
    root = write(tmp_path, {"requirements.txt": "click  # für alle\n"})
    assert list(next(needs.listed(root))) == ["-r", str(root / "requirements.txt")]


@pytest.mark.parametrize("form", ["utf-16", "utf-8-sig"])
def test_examples_that_windows_saved_are_read(tmp_path: Path, form: str) -> None:
    (tmp_path / ".env.example").write_bytes("FIRST=1\r\nSECOND=b\r\n".encode(form))
    assert examples.given(tmp_path, tmp_path) == {"FIRST": "1", "SECOND": "b"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("pip install -U click", ["click"]),
        ('python3 -m pip install "rich[jupyter]>=13" click', ["rich[jupyter]>=13", "click"]),
        ("sudo apt-get install redis-server", []),
        ("Package    Version", []),
        ("---------- -------", []),
        ("click      8.1.7", ["click==8.1.7"]),
        ("click=8.1.7=pyhd8ed1ab_0", ["click==8.1.7"]),
        ("click==8.1.7", ["click==8.1.7"]),
        ("click>=8 ; python_version > '3'", ["click>=8 ; python_version > '3'"]),
        ("-e git+https://a.invalid/x.git#egg=x", ["-e git+https://a.invalid/x.git#egg=x"]),
        ("pip", ["pip"]),
    ],
)
def test_what_was_typed_or_printed_into_a_file_means_what_it_installs(line: str, found: list[str]) -> None:
    assert meant(line) == found


def test_a_file_with_commands_is_asked_for_line_by_line(tmp_path: Path) -> None:
    root = write(tmp_path, {"requirements.txt": "rich\npip install -U click\nsudo apt-get update\n"})
    assert list(next(needs.listed(root))) == ["rich", "click"]
    assert needs.plain(root) == ["rich", "click"]
