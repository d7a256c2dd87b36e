"""What to install differently when a library has moved on from what the program was written for."""

import subprocess
import sys
from pathlib import Path

import pytest

from seatrial.sandbox.drift import (
    apart,
    at_odds,
    has_moved,
    mend,
    native,
    newest_python,
    strange,
    unloadable,
    wants_newer_python,
)
from trees import write

PYTHON = Path(sys.executable)


def version(name: str) -> str:
    code = f"from importlib.metadata import version; print(version({name!r}))"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.partition(
        "."
    )[0]


@pytest.mark.parametrize(
    "error",
    [
        "ImportError: cannot import name 'gone' from 'rich.console' (/x/site-packages/rich/console.py)",
        "ModuleNotFoundError: No module named 'rich.contrib'",
        "AttributeError: module 'rich' has no attribute 'gone'",
    ],
)
def test_what_a_library_no_longer_has_its_last_major_version_had(error: str, tmp_path: Path) -> None:
    assert mend(error, "", PYTHON, tmp_path) == f"rich<{version('rich')}"


def test_settings_that_moved_out_of_pydantic_ask_for_the_old_one(tmp_path: Path) -> None:
    error = "PydanticImportError: `BaseSettings` has been moved to the `pydantic-settings` package."
    assert mend(error, "", PYTHON, tmp_path) == "pydantic<2"


def test_pydantic_of_old_asks_for_the_typing_of_its_time(tmp_path: Path) -> None:
    error = "TypeError: issubclass() arg 1 must be a class"
    assert (mend(error, "", PYTHON, tmp_path), has_moved(error, "")) == ("typing-extensions<4.6", True)


def test_a_driver_without_its_library_is_had_with_it(tmp_path: Path) -> None:
    error = "ImportError: no pq wrapper available.\\nAttempts made:\\n- couldn't import psycopg 'c' implementation"
    assert mend(error, "", PYTHON, tmp_path) == "psycopg-binary"


def test_a_driver_that_is_too_new_for_django_asks_for_the_one_before(tmp_path: Path) -> None:
    error = "AssertionError: database connection isn't set to UTC"
    assert (newest_python(error), mend(error, "", PYTHON, tmp_path)) == ("3.9", "psycopg2-binary<2.9")


@pytest.mark.parametrize(
    ("error", "newer"),
    [
        ("SyntaxError: expected '(' (shop.py, line 198)", True),
        ("SyntaxError: Missing parentheses in call to 'print'. Did you mean print(...)? (shop.py, line 1)", False),
        ("ImportError: cannot import name 'StrEnum' from 'enum' (/x/enum.py)", True),
        ("ImportError: cannot import name 'Mapping' from 'collections' (/x/collections/__init__.py)", False),
        ("ModuleNotFoundError: No module named 'tomllib'", True),
        ("TypeError: unsupported operand type(s) for |: 'type' and 'NoneType'", True),
    ],
)
def test_what_only_a_newer_python_has_is_known(error: str, *, newer: bool) -> None:
    assert wants_newer_python(error) == newer


def test_what_sqlalchemy_no_longer_brings_is_had(tmp_path: Path) -> None:
    error = "ImportError: The SQLAlchemy asyncio module requires that the Python 'greenlet' library is installed."
    assert mend(error, "", PYTHON, tmp_path) == "greenlet"


def test_the_driver_that_sqlalchemy_took_before_asks_for_the_one_before(tmp_path: Path) -> None:
    write(tmp_path, {"requirements.txt": "sqlalchemy\npsycopg2-binary>=2.9\n"})
    error = "ModuleNotFoundError: No module named 'psycopg'"
    frame = (
        'File "/env/lib/python3.11/site-packages/sqlalchemy/dialects/postgresql/psycopg.py", line 497, in import_dbapi'
    )
    assert mend(error, f"  {frame}", PYTHON, tmp_path) == "sqlalchemy<2.1"
    assert mend(error, '  File "/app/main.py", line 1', PYTHON, tmp_path) != "sqlalchemy<2.1"


@pytest.mark.parametrize(("version", "wanted"), [("5.0.0", ["bcrypt<5"]), ("4.3.0", [])])
def test_libraries_that_fail_together_only_when_used_are_set_apart(
    version: str, wanted: list[str], tmp_path: Path
) -> None:
    told = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
    files = {"passlib-1.7.4.dist-info/METADATA": told.format("passlib", "1.7.4")}
    write(tmp_path, {**files, f"bcrypt-{version}.dist-info/METADATA": told.format("bcrypt", version)})
    (tmp_path / "python").write_text(f'#!/bin/sh\nPYTHONPATH={tmp_path} exec {sys.executable} -S "$@"\n')
    (tmp_path / "python").chmod(0o755)
    assert apart(tmp_path / "python") == wanted


FILES = {"requirements/dev.txt": "django-debug-toolbar==4.2\n", "requirements.txt": "flask\n"}


@pytest.mark.parametrize(
    ("module", "requirement"),
    [("debug_toolbar", "django-debug-toolbar==4.2"), ("left_pad", ""), ("dev", ""), ("pytz", "pytz")],
)
def test_what_is_missing_is_installed_only_if_the_program_names_it(
    module: str, requirement: str, tmp_path: Path
) -> None:
    error = f"ModuleNotFoundError: No module named '{module}'"
    assert mend(error, "", PYTHON, write(tmp_path, FILES)) == requirement


def frames(*files: str) -> str:
    return "".join(f'  File "{file}", line 1, in x\n    y()\n' for file in files)


def test_two_libraries_that_disagree_are_told_from_a_fault_of_the_program(tmp_path: Path) -> None:
    one, other, own = "/e/site-packages/worker/cli.py", "/e/site-packages/click/core.py", "/t/tree/app.py"
    assert at_odds(frames(own, one, other, other)) == "click"
    assert at_odds(frames(one, own, other)) == ""
    assert at_odds(frames(one, own)) == ""
    assert mend("ValueError: must be a list", frames(own, one, other), PYTHON, tmp_path) == f"click<{version('click')}"
    assert mend("OperationalError: no table", frames(own, one, other), PYTHON, tmp_path) == ""


@pytest.mark.parametrize(
    ("error", "version"),
    [
        (
            "ImportError: cannot import name 'Mapping' from 'collections' (/x/collections.py)",
            "3.9",
        ),
        ("AttributeError: module 'inspect' has no attribute 'getargspec'", "3.9"),
        ("ModuleNotFoundError: No module named 'distutils.util'", "3.11"),
        ("ModuleNotFoundError: No module named 'cgi'", "3.12"),
        ("ModuleNotFoundError: No module named 'rich'", ""),
        ("ImportError: cannot import name 'Self' from 'typing' (/usr/lib/typing.py)", ""),
    ],
)
def test_what_python_no_longer_has_asks_for_the_last_that_had_it(error: str, version: str) -> None:
    assert newest_python(error) == version


@pytest.mark.parametrize(
    ("error", "library"),
    [
        ("ImportError: MagickWand shared library not found.\nTry to install", "MagickWand"),
        ("ImportError: Unable to find zbar shared library", "zbar"),
        ("ImportError: failed to find libmagic.  Check your installation", "libmagic"),
        ("OSError: cannot load library 'libpango-1.0-0': x", "libpango-1.0-0"),
        ("ImportError: cannot import name 'library'", ""),
    ],
)
def test_a_library_of_the_system_that_is_missing_is_told(error: str, library: str) -> None:
    assert native(error) == library
    frames = '  File "/x/shop.py", line 1\n  File "/x/site-packages/{}/api.py", line 7\n'
    assert unloadable(error, frames.format("wand")) == ("wand" if library else "")
    assert unloadable(error, frames.format("django")) == ""
    assert unloadable(error, '  File "/x/shop.py", line 1\n') == ""


@pytest.mark.parametrize(
    ("error", "frame", "module"),
    [
        ("ModuleNotFoundError: No module named 'oauth'", "/x/site-packages/depot/api.py", "depot"),
        ("ModuleNotFoundError: No module named 'depot.client'", "/x/shop.py", "depot"),
        (
            "ImportError: cannot import name 'Client' from 'depot' (/x/site-packages/depot/__init__.py)",
            "/x/a.py",
            "depot",
        ),
        ("ModuleNotFoundError: No module named 'oauth'", "/x/site-packages/other/api.py", ""),
        ("ImportError: cannot import name 'Client' from 'other' (/x/site-packages/other/__init__.py)", "/x/a.py", ""),
    ],
)
def test_a_strangers_package_of_the_same_name_is_told_by_what_it_lacks(error: str, frame: str, module: str) -> None:
    assert strange(error, f'  File "{frame}", line 1\n', ("depot",)) == module


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("AttributeError: 'Flask' object has no attribute 'before_first_request'", "flask<2.3"),
        (
            "ImproperlyConfigured: allauth.account.middleware.AccountMiddleware must be added to settings.M",
            "django-all",
        ),
        ("TypeError: Client.__init__() got an unexpected keyword argument 'proxies'", "httpx<0.28"),
        ("ImportError: numpy.core.multiarray failed (_ARRAY_API not found)", "numpy<2"),
    ],
)
def test_what_a_library_took_before_leads_to_the_one_that_took_it(said: str, wanted: str) -> None:
    assert mend(said, "", Path(sys.executable), Path("/nowhere")).startswith(wanted)


def test_only_what_pydantic_removed_leads_to_the_one_before() -> None:
    for said, wanted in (
        ("PydanticUserError: `regex` is removed. use `pattern` instead", "pydantic<2"),
        ("PydanticUserError: `Shop` is not fully defined; call `Shop.model_rebuild()`", ""),
        ('RuntimeError: Form data requires "python-multipart" to be installed.', "python-multipart"),
    ):
        assert mend(said, "", Path(sys.executable), Path("/nowhere")) == wanted
