"""What is made up when a program looks for files that its repository does not hold."""

import json
from collections.abc import Callable
from configparser import ConfigParser, NoSectionError, RawConfigParser
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from seatrial.sandbox.inside import supplied
from trees import write


def missing(path: Path) -> FileNotFoundError:
    return FileNotFoundError(2, "No such file or directory", str(path))


def test_settings_are_made_from_the_example_beside_them(tmp_path: Path) -> None:
    write(tmp_path, {"app/config.ini.example": "[x]\na = 1\n"})
    assert supplied.missing_file(missing(tmp_path / "app/config.ini"), tmp_path) == "app/config.ini"
    assert (tmp_path / "app/config.ini").read_text() == "[x]\na = 1\n"


def test_an_env_file_is_made_empty_where_there_is_no_example(tmp_path: Path) -> None:
    error = FileNotFoundError(f"Config file '{tmp_path}/core/../.env' not found.")
    (tmp_path / "core").mkdir()
    assert supplied.missing_file(error, tmp_path) == ".env"
    assert (tmp_path / ".env").read_text() == ""


@pytest.mark.parametrize(
    ("path", "begins"), [("data/secret.key", "seatrial"), ("keys/jwt_pub.pem", "-----BEGIN PUBLIC")]
)
def test_a_key_that_is_made_at_installation_is_made(tmp_path: Path, path: str, begins: str) -> None:
    assert supplied.missing_file(missing(tmp_path / path), tmp_path) == path
    assert (tmp_path / path).read_text().startswith(begins)


def test_the_cause_of_an_error_is_looked_at_too(tmp_path: Path) -> None:
    error = RuntimeError("no settings")
    error.__cause__ = missing(tmp_path / ".env")
    assert supplied.missing_file(error, tmp_path) == ".env"


@pytest.mark.parametrize("example", ["local.example.py", "local_template.py", "sample-local.py", "local.py-dist"])
def test_an_example_is_known_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str) -> None:
    write(tmp_path, {f"shop/{example}": "DEBUG = True\n"})
    monkeypatch.syspath_prepend(str(tmp_path))
    error = ImportError("cannot import name 'local' from 'shop' (/x/shop/__init__.py)")
    assert supplied.missing_file(error, tmp_path) == "shop/local.py"


def test_of_several_examples_that_is_taken_which_asks_for_least(tmp_path: Path) -> None:
    files = {f"shop/settings_template_{kind}.py": f"# {kind}\n" for kind in ("oracle", "postgresql", "sqlite")}
    write(tmp_path, {**files, "shop/settings_templates.py": "x\n"})
    assert supplied.missing_file(missing(tmp_path / "shop/settings.py"), tmp_path) == "shop/settings.py"
    assert (tmp_path / "shop/settings.py").read_text() == "# sqlite\n"


def test_a_module_of_settings_is_made_from_the_example_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"shop/local_settings.py.template": "DEBUG = True\n"})
    monkeypatch.syspath_prepend(str(tmp_path))
    ended = SystemExit(1)
    ended.__context__ = ImportError("import failed: No module named 'shop.local_settings'")
    assert supplied.missing_file(ended, tmp_path) == "shop/local_settings.py"
    assert (tmp_path / "shop/local_settings.py").read_text() == "DEBUG = True\n"


def test_who_wants_to_have_been_installed_is_told_of_a_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(tmp_path))
    assert supplied.missing_file(PackageNotFoundError("seatrial-made-up"), tmp_path) == "seatrial-made-up.dist-info"
    assert version("seatrial-made-up") == "0"
    assert supplied.missing_file(PackageNotFoundError("seatrial-made-up"), tmp_path) == ""


@pytest.mark.parametrize(
    "path", ["data.csv", "keyboards.txt", "secrets.json", "../outside/.env", "../outside/secret.key"]
)
def test_no_other_file_is_made_and_none_elsewhere(tmp_path: Path, path: str) -> None:
    root = tmp_path / "tree"
    write(tmp_path, {"outside/x": "", "tree/x": ""})
    assert supplied.missing_file(missing(root / path), root) == ""
    assert not (root / path).exists()


@pytest.mark.parametrize(
    ("look", "made"),
    [
        (lambda root: list((root / "plugins").iterdir()), "plugins"),
        (lambda root: (root / "data/state.json").write_text("{}"), "data"),
        (lambda root: (root / "state.csv").read_text(), ""),
        (lambda root: list((root.parent / "outside").iterdir()), ""),
    ],
)
def test_a_folder_that_is_listed_or_written_to_is_made(
    tmp_path: Path, look: Callable[[Path], object], made: str
) -> None:
    root = write(tmp_path / "tree", {"app.py": ""}).resolve()
    with pytest.raises(FileNotFoundError) as raised:
        look(root)
    assert supplied.missing_file(raised.value, root) == made
    assert (root / made).is_dir()


def test_a_file_that_is_there_is_left_alone(tmp_path: Path) -> None:
    write(tmp_path, {".env": "A=1\n", ".env.example": "A=2\n"})
    assert supplied.missing_file(missing(tmp_path / ".env"), tmp_path) == ""
    assert (tmp_path / ".env").read_text() == "A=1\n"


def test_a_database_elsewhere_is_put_where_the_program_may_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"tree/x": "", "tmp/x": ""})
    monkeypatch.setattr(supplied, "_where", {})
    supplied.configure([str(tmp_path / "tree"), str(tmp_path / "tmp")], str(tmp_path / "tmp"))
    assert supplied.placed("/var/lib/shop/db.sqlite") == str(tmp_path / "tmp/var-lib-shop-db.sqlite")
    monkeypatch.chdir(tmp_path / "tree")
    for same in (":memory:", "shop.db", "data/shop.db", str(tmp_path / "tree/shop.db"), "", "file:x?mode=memory"):
        assert supplied.placed(same) == same
    assert (tmp_path / "tree/data").is_dir()


def test_a_configuration_that_was_passed_over_is_made_once_it_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"config.txt.sample": "[shop]\nname = x\n"})
    monkeypatch.setattr(RawConfigParser, "read", RawConfigParser.read)  # put back afterwards
    supplied.install()
    parser = ConfigParser()
    assert parser.read([tmp_path / "config.txt", tmp_path / "other.txt"]) == []
    with pytest.raises(NoSectionError) as missed:
        parser.get("shop", "name")
    assert supplied.missing_file(missed.value, tmp_path) == "config.txt"
    assert parser.read(tmp_path / "config.txt") == [str(tmp_path / "config.txt")]


@pytest.mark.parametrize("name", ["serviceAccountKey.json", "firebase-adminsdk-x.json", "config/gcp_credentials.json"])
def test_an_account_that_nobody_commits_is_made_with_a_key_that_opens_nothing(tmp_path: Path, name: str) -> None:
    pytest.importorskip("cryptography")
    assert supplied.missing_file(missing(tmp_path / name), tmp_path) == name
    said = json.loads((tmp_path / name).read_text())
    assert (said["type"], said["private_key"][:27]) == ("service_account", "-----BEGIN PRIVATE KEY-----")


def test_other_data_is_not_made_up(tmp_path: Path) -> None:
    assert supplied.missing_file(missing(tmp_path / "prices.json"), tmp_path) == ""
