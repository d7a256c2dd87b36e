"""Where no project says what is needed, a file of requirements does, whatever tools are set up beside it."""

from pathlib import Path

import pytest

from seatrial.sandbox import needs
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
