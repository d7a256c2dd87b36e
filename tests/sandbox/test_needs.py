"""What a program needs to be installed, and with which Python, read from its own files."""

import sys
from pathlib import Path

import pytest

from seatrial.sandbox import connections, needs
from seatrial.sandbox.pythons import fitting, newest_beyond, unmet
from trees import write

OWN = ".".join(map(str, sys.version_info[:3]))


def wanted(root: Path, files: dict[str, str]) -> list[list[str]]:
    return [list(arguments) for arguments in needs.needs(write(root, files))]


def test_a_requirements_file_is_taken_as_it_is(tmp_path: Path) -> None:
    assert wanted(tmp_path, {"requirements.txt": "flask==3.0\n"}) == [["-r", str(tmp_path / "requirements.txt")]]


def test_where_an_index_is_named_the_users_own_is_tried_next(tmp_path: Path) -> None:
    base = "--index-url https://mirror.invalid/simple\n# a note\nflask==3.0 ; python_version >= '3.8' \\\n"
    base += "    --hash=sha256:00 \\\n    --hash=sha256:11\n-r more/extra.txt  # the rest\n"
    found = wanted(tmp_path, {"requirements.txt": base, "more/extra.txt": "--trusted-host x\nrich\n"})
    assert found == [["-r", str(tmp_path / "requirements.txt")], ["flask==3.0 ; python_version >= '3.8'", "rich"]]


def test_files_that_take_each_other_in_end(tmp_path: Path) -> None:
    found = wanted(tmp_path, {"requirements.txt": "-i https://x.invalid\n-r requirements.txt\nrich\n"})
    assert found[1] == ["rich"]


def test_what_cannot_be_had_of_one_file_may_be_had_of_the_next(tmp_path: Path) -> None:
    lock = '[[package]]\nname = "rich"\nversion = "13.7.1"\n'
    project = '[project]\nname = "x"\nversion = "1"\ndependencies = ["rich>=13"]\n'
    files = {"requirements.txt": "rich @ git+https://x.invalid/rich\n", "poetry.lock": lock, "pyproject.toml": project}
    assert wanted(tmp_path, files)[1:] == [["rich==13.7.1"], ["rich>=13"]]


def pins(name: str, version: str) -> str:
    return f'[[package]]\nname = "{name}"\nversion = "{version}"\n'


SEVERAL = {
    "uv.lock": pins("rich", "13.1"),
    "poetry.lock": pins("rich", "13.2"),
    "pdm.lock": pins("rich", "13.3"),
    "requirements.txt": "rich==13.4\n",
}
ASKED = '[project]\ndependencies = ["rich>=13"]\n'


@pytest.mark.parametrize(
    ("project", "pinned"),
    [
        (ASKED, "rich==13.1"),
        (f"{ASKED}[tool.uv]\n", "rich==13.1"),
        (f"{ASKED}[tool.pdm]\n", "rich==13.3"),
        (f'{ASKED}[tool.poetry]\nname = "shop"\n', "rich==13.2"),
        ('[tool.poetry.dependencies]\nrich = "^13"\n', "rich==13.2"),
    ],
)
def test_of_several_locks_that_of_the_tool_which_the_project_names_is_taken(
    project: str, pinned: str, tmp_path: Path
) -> None:
    found = wanted(tmp_path, {**SEVERAL, "pyproject.toml": project})
    assert found[:2] == [[pinned], ["-r", str(tmp_path / "requirements.txt")]]
    assert len(found) == 3
    assert needs.plain(tmp_path) == [pinned]


@pytest.mark.parametrize(
    ("left", "project", "pinned"),
    [
        ("poetry.lock", f"{ASKED}[tool.pdm]\n", "rich==13.2"),
        ("pdm.lock", '[tool.poetry.dependencies]\nrich = "^13"\n', "rich==13.3"),
    ],
)
def test_where_the_tool_has_no_lock_that_of_another_is_taken(
    left: str, project: str, pinned: str, tmp_path: Path
) -> None:
    found = wanted(tmp_path, {left: SEVERAL[left], "uv.lock": pins("other", "1"), "pyproject.toml": project})
    assert found[0] == [pinned]


def test_where_the_project_asks_for_nothing_the_file_of_requirements_is_taken(tmp_path: Path) -> None:
    found = wanted(tmp_path, {**SEVERAL, "pyproject.toml": "[tool.uv]\n"})
    assert found[0] == ["-r", str(tmp_path / "requirements.txt")]
    assert needs.plain(tmp_path) == ["rich==13.4"]


UV = """
[[package]]
name = "shop"
version = "1"
source = { editable = "." }
dependencies = [{ name = "flask", extra = ["async"] }]
[package.dev-dependencies]
dev = [{ name = "sphinx" }]
[[package]]
name = "flask"
version = "3.0"
dependencies = [{ name = "jinja2" }, { name = "colorama", marker = "sys_platform == 'win32'" }]
[package.optional-dependencies]
async = [{ name = "asgiref" }]
[[package]]
name = "jinja2"
version = "3.1"
resolution-markers = ["python_full_version >= '3.9'"]
[[package]]
name = "asgiref"
version = "3.8"
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "sphinx"
version = "8.0"
"""
POETRY = """
[[package]]
name = "Flask"
version = "3.0"
[package.dependencies]
Jinja2 = ">=3"
colorama = {version = "*", markers = "platform_system == \\"Windows\\""}
[[package]]
name = "jinja2"
version = "3.1"
[[package]]
name = "pytest"
version = "8.0"
[[package]]
name = "colorama"
version = "0.4"
"""
PDM = """
[[package]]
name = "flask"
version = "3.0"
dependencies = ["jinja2>=3", "colorama; platform_system == \\"Windows\\""]
[[package]]
name = "jinja2"
version = "3.1"
[[package]]
name = "colorama"
version = "0.4"
[[package]]
name = "black"
version = "24.1"
"""


@pytest.mark.parametrize(
    ("name", "lock", "project", "needed"),
    [
        (
            "uv.lock",
            UV,
            '[project]\ndependencies = ["flask[async]>=2"]\n',
            ["flask==3.0", "jinja2==3.1 ; (python_full_version >= '3.9')", "asgiref==3.8"],
        ),
        ("poetry.lock", POETRY, '[tool.poetry.dependencies]\nflask = "^3"\n', ["Flask==3.0", "jinja2==3.1"]),
        ("pdm.lock", PDM, '[project]\ndependencies = ["flask"]\n', ["flask==3.0", "jinja2==3.1"]),
    ],
)
def test_of_a_lock_that_is_taken_which_the_program_needs_here(
    name: str, lock: str, project: str, needed: list[str], tmp_path: Path
) -> None:
    assert wanted(tmp_path, {name: lock, "pyproject.toml": project})[0] == needed


GROUPS = """
[dependency-groups]
dev = [{include-group = "main"}, "pytest==9.0"]
main = ["rich==13.7", {include-group = "Shared"}]
shared = ["attrs>=22", {include-group = "main"}]
"""


@pytest.mark.parametrize(
    ("files", "needed"),
    [
        ({"pyproject.toml": GROUPS}, [["rich==13.7", "attrs>=22"]]),
        ({"pyproject.toml": '[dependency-groups]\ndev = ["pytest"]\nweb = ["rich"]\n'}, [["rich", "pytest"]]),
        ({"pyproject.toml": '[project]\nname = "x"\n' + GROUPS}, []),
        ({"pyproject.toml": '[project]\ndependencies = ["click"]\n' + GROUPS}, [["click"]]),
    ],
)
def test_a_project_that_is_no_package_says_in_groups_what_it_needs(
    tmp_path: Path, files: dict[str, str], needed: list[list[str]]
) -> None:
    assert wanted(tmp_path, files) == needed


def test_groups_of_developers_add_nothing_to_a_file_of_requirements(tmp_path: Path) -> None:
    files = {"pyproject.toml": '[dependency-groups]\ndev = ["pytest"]\n', "requirements.txt": "rich\n"}
    assert wanted(tmp_path, files) == [["-r", str(tmp_path / "requirements.txt")]]


def test_a_lock_of_pipenv_is_read(tmp_path: Path) -> None:
    lock = '{"default": {"rich": {"version": "==13.7.1"}, "own": {"path": "."}}, "develop": {"pytest": {}}}'
    assert wanted(tmp_path, {"Pipfile.lock": lock}) == [["rich==13.7.1"]]


@pytest.mark.parametrize(
    ("project", "asked"),
    [
        ('[project]\nrequires-python = ">=3.13"\n', ">=3.13"),
        ('[tool.poetry.dependencies]\npython = "^3.9"\n', ">=3.9,<4"),
        ("", ""),
    ],
)
def test_the_project_says_which_python(tmp_path: Path, project: str, asked: str) -> None:
    assert needs.python(write(tmp_path, {"pyproject.toml": project})) == asked


@pytest.mark.parametrize("asked", ["", ">=3.8", f"=={OWN}", "no version"])
def test_our_own_python_is_used_where_the_program_takes_it(asked: str) -> None:
    assert fitting(asked) == Path(sys.executable)


def test_another_python_is_looked_for_where_it_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = write(tmp_path, {"python3.12": "#!/bin/sh\nexit 1\n", "python3.19": "#!/bin/sh\necho 3.19.4\n"})
    for name in ("python3.12", "python3.19"):
        (shim / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim}:/bin:/usr/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert fitting(">=3.19") == shim / "python3.19"
    assert unmet(">=3.19", shim / "python3.19") == ""


def test_where_none_fits_the_nearest_is_tried_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = write(tmp_path, {"python3.19": "#!/bin/sh\necho 3.19.4\n", "python3.8": "#!/bin/sh\necho 3.8.2\n"})
    for name in ("python3.19", "python3.8"):
        (shim / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(shim))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert fitting(">=3.20") == shim / "python3.19"
    assert fitting("<3.8") == fitting("==2.7.*") == shim / "python3.8"
    assert fitting("~=3.19.7") == shim / "python3.19"  # a later patch of it is not here
    assert "asks for Python >=3.20 and was run with 3.19.4" in unmet(">=3.20", shim / "python3.19")


def test_a_connection_that_the_program_makes_of_parts_is_not_set_as_a_whole(tmp_path: Path) -> None:
    source = 'import asyncpg\nPOSTGRES_USER = env("POSTGRES_USER")\nPOSTGRES_URI: str = f"{POSTGRES_USER}@{HOST}"\n'
    write(tmp_path, {"settings.py": source, "other.py": 'DATABASE_URL = env("DATABASE_URL")\n'})
    write(tmp_path, {".env.example": "DATABASE__HOSTNAME=db\nDATABASE_ASYNC_URL=x\n"})
    wished = connections.wish(tmp_path, {"asyncpg"})
    assert wished is not None
    assert wished.names == ("DATABASE_ASYNC_URL", "DATABASE_URL", "DATABASE__HOSTNAME", "POSTGRES_USER")


def test_a_driver_that_is_not_installed_is_not_asked_for(tmp_path: Path) -> None:
    text = "URL = 'postgresql+asyncpg://a'\nOLD = 'postgresql+psycopg://a'\n"
    wished = connections.wish(write(tmp_path, {"settings.py": text}), {"psycopg", "sqlalchemy"})
    assert wished is not None
    assert wished.scheme == "postgresql+psycopg"


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({".python-version": "3.12.1\n"}, ["3.12"]),
        ({"runtime.txt": "python-3.10.4\n"}, ["3.10"]),
        ({"Dockerfile": "FROM node:18 AS x\nFROM python:3.9.12-slim AS base\nRUN echo 3.11\n"}, ["3.9"]),
        ({"docker/app.Dockerfile": "FROM registry.invalid/python:3.13\n"}, ["3.13"]),
        ({"Dockerfile": "ARG BASE=registry.invalid/python:3.13.2-alpine\nFROM ${BASE}\n"}, ["3.13"]),
        ({"Dockerfile": "FROM python:slim\n"}, []),
    ],
)
def test_the_files_of_deployment_say_which_python_it_is_run_with(
    tmp_path: Path, files: dict[str, str], named: list[str]
) -> None:
    assert needs.pythons_named(write(tmp_path, files)) == named


def test_the_python_that_it_is_run_with_elsewhere_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = write(tmp_path, {"python3.19": "#!/bin/sh\necho 3.19.4\n"})
    (shim / "python3.19").chmod(0o755)
    monkeypatch.setenv("PATH", str(shim))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert fitting(">=3.8", ["3.19"]) == shim / "python3.19"
    assert fitting(">=3.8", ["3.18", OWN.rpartition(".")[0]]) == Path(sys.executable)
    assert fitting(f"<={OWN}", ["3.19"]) == Path(sys.executable)


def test_the_newest_python_is_turned_to_only_if_it_is_newer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = write(tmp_path, {"python3.19": "#!/bin/sh\necho 3.19.4\n", "python3.8": "#!/bin/sh\necho 3.8.2\n"})
    for name in ("python3.19", "python3.8"):
        (shim / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(shim))
    monkeypatch.setenv("HOME", str(tmp_path / "nobody"))
    assert newest_beyond(Path(sys.executable)) == shim / "python3.19"
    assert newest_beyond(shim / "python3.19") is None


def test_for_a_program_of_long_ago_the_oldest_python_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = write(tmp_path, {"python3.8": "#!/bin/sh\necho 3.8.2\n"})
    (shim / "python3.8").chmod(0o755)
    monkeypatch.setenv("PATH", str(shim))
    assert fitting("", ["3.6"]) == shim / "python3.8"


def test_what_is_needed_may_be_said_above_the_folder_that_it_is_run_from(tmp_path: Path) -> None:
    pipfile = '[packages]\nrich = "~=13.7"\n[requires]\npython_version = "3.10"\n[dev-packages]\npytest = "*"\n'
    write(tmp_path, {"site/manage.py": "", "site/runtime.txt": "python-3.10.x\n", "Pipfile": pipfile})
    assert (needs.home(tmp_path), needs.listing(tmp_path)) == (tmp_path / "site", tmp_path)
    assert [list(one) for one in needs.needs(tmp_path)] == [["rich~=13.7"]]
    assert needs.python(tmp_path) == "==3.10.*"
    assert list(needs.elsewhere(tmp_path)) == ["pytest"]


@pytest.mark.parametrize("name", ["requirements/local.txt", "requirements-all.txt", "deploy/requirements.txt"])
def test_requirements_of_an_unusual_name_are_found(tmp_path: Path, name: str) -> None:
    files = {"manage.py": "", "docs/requirements.txt": "sphinx\n", name: "rich\n"}
    assert wanted(tmp_path, files) == [["-r", str(tmp_path / name)]]
    assert tmp_path / name in needs.sources(tmp_path)


def test_a_project_without_a_list_is_run_from_where_one_is(tmp_path: Path) -> None:
    files = {"requirements.txt": "rich\n", "app/manage.py": "", "app/pyproject.toml": "[tool.black]\n"}
    assert needs.listing(write(tmp_path, files)) == tmp_path


def test_a_library_that_reads_the_url_without_being_told_its_name_is_given_it(tmp_path: Path) -> None:
    write(tmp_path, {"settings.py": 'import dj_database_url\nDATABASES = {"default": dj_database_url.config()}\n'})
    wished = connections.wish(tmp_path, {"psycopg2"})
    assert wished is not None
    assert wished.names == ("DATABASE_URL",)
    assert connections.wish(tmp_path, set()) is None


def test_a_driver_alone_is_no_word_of_postgresql(tmp_path: Path) -> None:
    assert connections.wish(write(tmp_path, {"settings.py": 'ENGINE = "sqlite3"\n'}), {"psycopg2"}) is None


NESTED = """
class Store(BaseModel):
    dsn: str = "postgresql://user:password@host:port/name"

class Config(BaseSettings):
    database: Store = Store()
    debug: bool = False
    model_config = SettingsConfigDict(env_prefix="SHOP_", env_nested_delimiter="__")
"""


def test_a_field_of_a_model_within_settings_has_its_prefix_and_delimiter(tmp_path: Path) -> None:
    root = write(tmp_path, {"config.py": NESTED, ".env": "LEDGER='postgresql://a:b@c:d/e'"})
    wished = connections.wish(root, {"psycopg"})
    assert wished is not None
    assert wished.names == ("LEDGER", "SHOP_DATABASE__DSN")
    url = "postgresql://postgres:seatrial@127.0.0.1:7001/x"
    assert connections.variables(wished, 7001, "x") == {"LEDGER": url, "SHOP_DATABASE__DSN": url}


def test_a_program_two_folders_down_is_found_behind_those_that_are_nearer(tmp_path: Path) -> None:
    deep = {"{{project}}/backend/requirements.txt": "rich\n", "docs/site/requirements.txt": "rich\n"}
    assert needs.home(write(tmp_path, deep)) == tmp_path / "{{project}}/backend"
    assert needs.home(write(tmp_path, {"shop/requirements.txt": "rich\n"})) == tmp_path / "shop"


def test_of_a_package_that_is_locked_twice_the_newest_is_taken_unless_it_is_said_when(tmp_path: Path) -> None:
    twice = "".join(f'[[package]]\nname = "rich"\nversion = "{one}"\n' for one in ("13.9", "13.10"))
    when = '[[package]]\nname = "attrs"\nversion = "{}"\nmarkers = "python_version {}"\n'
    lock = twice + when.format("24.1", "< '3.9'") + when.format("25.1", ">= '3.9'")
    project = '[tool.poetry.dependencies]\nrich = "^13"\nattrs = "*"\n'
    found = wanted(tmp_path, {"poetry.lock": lock, "pyproject.toml": project})
    assert found[0] == [
        "rich==13.10",
        "attrs==24.1 ; (python_version < '3.9')",
        "attrs==25.1 ; (python_version >= '3.9')",
    ]


def test_a_top_without_code_gives_way_to_the_programs_below_it(tmp_path: Path) -> None:
    files = {"requirements.txt": "pylint\n", "a-api/pyproject.toml": "", "a-api/wsgi.py": "", "b-api/setup.py": ""}
    assert needs.home(write(tmp_path, files)) == tmp_path / "a-api"
    assert needs.home(write(tmp_path, {"shop/models.py": ""})) == tmp_path


@pytest.mark.parametrize(("asked", "liked"), [("==3.6.*", []), ("", ["3.6"]), ("==2.7.*", [])])
def test_a_program_for_a_python_that_trials_do_not_run_is_told_so(asked: str, liked: list[str]) -> None:
    said = unmet(asked, Path(sys.executable), liked)
    assert "trials run 3.8 and later" in said
    assert "--url http" in said
    assert "trials run" not in unmet("", Path(sys.executable), [*liked, OWN.rpartition(".")[0]])


def test_a_file_of_tools_that_install_says_nothing_of_a_program(tmp_path: Path) -> None:
    files = {"requirements.txt": "-i https://x.invalid\npip==24.0\nwheel\n", "Pipfile": '[packages]\nrich = "*"\n'}
    assert wanted(tmp_path, files) == [["rich"]]
    assert wanted(tmp_path, {"requirements.txt": "pip\n-e .\n"})[0] == ["-r", str(tmp_path / "requirements.txt")]
