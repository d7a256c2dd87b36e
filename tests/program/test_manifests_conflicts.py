"""Only places that are installed together are held against each other."""

import pytest

from seatrial.model.source import Manifest
from seatrial.program.manifests import parse
from seatrial.program.manifests.conflicts import conflicts


def found(files: dict[str, str]) -> list[tuple[str, str]]:
    requirements = parse(tuple(Manifest(path, text) for path, text in files.items()))
    assert requirements.gaps == ()
    return [
        (f"{c.leading.path}:{c.leading.line}", f"{c.following.path}:{c.following.line}")
        for c in conflicts(requirements)
    ]


PINS = "".join(f"{name}==1.0\n" for name in ("alembic", "cffi", "idna", "mako", "six", "yarl"))
PROJECT = '[project]\nname = "shop"\ndependencies = ["django>=4.2"]\n'


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("requirements.txt", "Django==3.2\n"),
        ("requirements/test.txt", "django<4\n"),
        ("constraints.txt", "django<4\n"),
        ("setup.cfg", "[options]\ninstall_requires = django<4\n"),
        ("poetry.lock", '[[package]]\nname = "django"\nversion = "3.2"\n'),
        ("Pipfile.lock", '{"default": {"django": {"version": "==3.2"}}}'),
    ],
)
def test_every_other_place_is_held_against_the_project(path: str, text: str) -> None:
    ((leading, following),) = found({"pyproject.toml": PROJECT, path: text})
    assert (leading, following.partition(":")[0]) == ("pyproject.toml:3", path)


@pytest.mark.parametrize(
    "files",
    [
        {"requirements-cpu.txt": "torch==2.1\n", "requirements-gpu.txt": "torch==2.2\n"},
        {"requirements.txt": "django>=4 ; python_version >= '3.8'\ndjango<4 ; python_version < '3.8'\n"},
        {"a/requirements.txt": "django<4\n", "b/requirements.txt": "django>=4\n"},
        {"requirements.txt": "django>=4\n", "constraints.txt": "django @ https://x.example/django.zip\n"},
        {
            "pyproject.toml": '[build-system]\nrequires = ["numpy>=2"]\n'
            '[project]\nname = "x"\ndependencies = ["numpy<2"]\n'
        },
        {
            "uv.lock": '[[package]]\nname = "numpy"\nversion = "1.26"\n[[package]]\nname = "numpy"\nversion = "2.1"\n',
            "pyproject.toml": '[project]\nname = "x"\ndependencies = ["numpy>=2"]\n',
        },
        {"requirements-ci.txt": f"{PINS}attrs==26.1.0\n", "requirements-worker.txt": f"{PINS}attrs==25.3.0\n"},
        {
            "pyproject.toml": '[project]\nname = "all"\ndependencies = ["flask<2 ; python_version < \'3.8\'"]\n'
            '[tool.uv.workspace]\nmembers = ["libs/*"]\n',
            "libs/store/pyproject.toml": '[project]\nname = "store"\nrequires-python = ">=3.9"\n'
            'dependencies = ["flask>=3"]\n',
        },
    ],
)
def test_what_is_never_installed_together_is_no_conflict(files: dict[str, str]) -> None:
    assert found(files) == []


def test_a_shared_lock_speaks_for_the_parts_that_it_lists() -> None:
    lock = '[[package]]\nname = "web"\n[[package]]\nname = "flask"\nversion = "2.3"\n'
    part = '[project]\nname = "{}"\ndependencies = ["flask>=3"]\n'
    files = {"uv.lock": lock, "web/pyproject.toml": part.format("web"), "jobs/pyproject.toml": part.format("jobs")}
    assert found(files) == [("web/pyproject.toml:3", "uv.lock:4")]


def test_members_of_a_workspace_are_held_against_each_other() -> None:
    files = {
        "pyproject.toml": '[project]\nname = "all"\ndependencies = ["flask>=3"]\n'
        '[tool.uv.workspace]\nmembers = ["libs/*"]\n',
        "libs/store/pyproject.toml": '[project]\nname = "store"\ndependencies = ["flask<3"]\n',
    }
    assert found(files) == [("libs/store/pyproject.toml:3", "pyproject.toml:3")]
