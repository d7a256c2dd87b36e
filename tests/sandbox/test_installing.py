"""What cannot be installed as it is asked for is eased step by step, and each step is told."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from seatrial.sandbox import Call, Launch, installing, launched, needs
from seatrial.sandbox.easing import blamed, eased, easier, name_of, nearer, released, unpinned
from seatrial.sandbox.installing import Outcome, attempted, pip, ran
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.mending import add_driver
from trees import write
from wheels import wheel


@pytest.mark.parametrize(
    ("requirement", "name"),
    [
        ("shop @ git+https://x.invalid/owner/shop-py.git@v2", "shop"),
        ("git+https://x.invalid/owner/repo.git#egg=shop", "shop"),
        ("git+https://x.invalid/owner/shop.git@abc123", "shop"),
        ("git+https://x.invalid/owner/shop.git@someone/branch", "shop"),
        ("git+ssh://git@x.invalid/owner/shop.git@v1", "shop"),
        ("https://x.invalid/archive/shop.git", "shop"),
    ],
)
def test_what_comes_from_a_repository_is_taken_from_the_index(requirement: str, name: str) -> None:
    assert name_of(requirement) == name
    wanted, notes = released([requirement, "rich==13.7"])
    assert wanted == [name, "rich==13.7"]
    assert [note.partition(" ")[0] for note in notes] == [name]


@pytest.mark.parametrize(
    ("requirement", "eased"),
    [
        ("old[x]==1.0 ; python_version > '3'", "old[x]; python_version > '3'"),
        ("psycopg2==2.8.3", "psycopg2-binary"),
        ("psycopg[c]==3.1", "psycopg[binary]"),
        ("rich", ""),
        ("-e .", ""),
        ("dependencies/kept-1.0-py3-none-any.whl", ""),
        ("kept-1.0-py3-none-any.whl ; python_version > '3'", ""),
        ("libs/kept", ""),
        ("./libs/kept", ""),
    ],
)
def test_what_cannot_be_had_is_asked_for_in_another_version_or_not_at_all(requirement: str, eased: str) -> None:
    assert easier(requirement) == eased


@pytest.mark.parametrize(
    ("requirement", "near"),
    [
        ("drifted[x]==1.4.1 ; python_version > '3'", ["drifted[x]>=1.4.1,<2; python_version > '3'"]),
        ("drifted==0.9", ["drifted>=0.9,<0.10"]),
        ("drifted==2024.1b1", ["drifted>=2024.1b1,<2025"]),
        ("psycopg2==2.8.3", []),  # as it is built
        ("drifted>=1.4", []),
    ],
)
def test_what_comes_nearest_is_of_the_same_major_version(requirement: str, near: list[str]) -> None:
    assert nearer(requirement) == near


@pytest.mark.slow
def test_what_comes_nearest_goes_before_what_is_newest(index: Path, python: Path) -> None:
    wheel(index, "shifted", "1.5")
    wanted = ["shifted==1.4", "kept==1.0"]
    failed = attempted(python, [wanted], pip)
    assert failed is not None
    said = "shifted==1.4 cannot be had here: shifted>=1.4,<2 was taken instead"
    assert eased(python, failed, wanted, (), pip, is_dated=False) == Outcome("", (said,))


def test_a_lone_exact_version_that_others_rule_out_is_given_up(tmp_path: Path) -> None:
    asked: list[list[str]] = []
    said = "Because django depends on asgiref>=3.8 and you require asgiref==3.2.0, your requirements are unsatisfiable."

    def quick(_: Path, arguments: Sequence[str]) -> str:
        asked.append([*arguments])
        return ""

    plain = ["django", "asgiref==3.2.0", "rich"]
    done = unpinned(tmp_path, said, plain, quick)
    assert done == (
        ["django", "asgiref", "rich"],
        ("asgiref==3.2.0 cannot be had here: asgiref was taken instead",),
        "",
    )
    assert asked == [["django", "asgiref", "rich"]]
    assert not unpinned(tmp_path, said, plain[:2], quick).notes, "half of them are exact"
    assert not unpinned(tmp_path, "Failed to build `asgiref==3.2.0`", plain, quick).notes


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    return folder / "bin" / "python"


def failing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A uv that has nothing: what is told of here is pip's."""
    (write(folder, {"bin/uv": "#!/bin/sh\nexit 1\n"}) / "bin/uv").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder / "bin"), prepend=os.pathsep)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    failing(tmp_path, monkeypatch)
    for name, version in (("drifted", "2.0"), ("kept", "1.0"), ("other", "1.0")):
        wheel(tmp_path, name, version)
    return tmp_path


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_what_can_be_had_is_installed_and_the_rest_is_told(python: Path) -> None:
    wanted = ["drifted==1.0", "kept==1.0", "other", "gone==1"]
    failed = attempted(python, [["no-such-thing"], wanted], pip)
    assert failed is not None
    assert eased(python, failed, wanted, (), pip, is_dated=False) == Outcome(
        "",
        (
            "drifted==1.0 cannot be had here: drifted was taken instead",
            "gone==1 cannot be had here: nothing was taken instead",
        ),
        ("gone==1",),
    )
    subprocess.run([str(python), "-c", "import drifted, kept, other"], check=True)


BACKEND = """
import os, shutil

def build_wheel(folder, *_):
    shutil.copy(os.environ["BUILT"], folder)
    return os.path.basename(os.environ["BUILT"])
"""


@pytest.mark.slow
def test_what_comes_as_source_is_built_with_tools_of_its_time(
    index: Path, python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel(index, "setuptools", "69.0", BACKEND)
    wheel(index, "setuptools", "90.0", "def get_requires_for_build_wheel(*_): raise ImportError('convert_path')")
    (built := tmp_path / "built").mkdir()
    wheel(built, "aged", "1.0")
    monkeypatch.setenv("BUILT", str(next(built.iterdir())))
    source = write(
        tmp_path / "source",
        {"pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools"\n'},
    )
    assert pip(python, ["--ignore-installed", str(source)]) == ""
    assert subprocess.run([str(python), "-c", "import aged"], check=False).returncode == 0


@pytest.mark.slow
def test_a_driver_that_only_a_deployment_asks_for_is_had(index: Path, tmp_path: Path) -> None:
    wheel(index, "psycopg2_binary", "2.9")
    files = {
        "requirements/base.txt": "kept\n",
        "requirements/production.txt": "-r base.txt\npsycopg2==2.9 --no-binary x\n",
    }
    root = write(tmp_path / "tree", files)
    chosen = interpreter(root, root, "", tmp_path / "aside")
    add_driver(chosen, root, {})
    code = "import kept, psycopg2_binary"
    assert subprocess.run([str(chosen), "-c", code], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize(("address", "is_had"), [("asyncpg://shop", True), ("sqlite://shop", False)])
def test_a_driver_that_the_user_names_is_had(index: Path, tmp_path: Path, address: str, is_had: bool) -> None:  # noqa: FBT001 -- pytest gives it
    wheel(index, "asyncpg", "0.30")
    root = write(tmp_path / "tree", {"requirements.txt": "kept\n"})
    chosen = interpreter(root, root, "", tmp_path / "aside")
    add_driver(chosen, root, {"SHOP_URL": address})
    done = subprocess.run([str(chosen), "-c", "import kept, asyncpg"], capture_output=True, check=False)
    assert (done.returncode == 0) == is_had


@pytest.mark.slow
def test_a_program_that_awaits_mysql_is_given_what_takes_its_place(index: Path, tmp_path: Path) -> None:
    for name in ("asyncmy", "aiosqlite"):
        wheel(index, name, "1.0")
    root = write(tmp_path / "tree", {"requirements.txt": "asyncmy\n"})
    chosen = interpreter(root, root, "", tmp_path / "aside")
    add_driver(chosen, root, {})
    assert subprocess.run([str(chosen), "-c", "import asyncmy, aiosqlite"], check=False).returncode == 0


@pytest.mark.parametrize(
    ("output", "requirement"),
    [
        ("ERROR: No matching distribution found for old==1.0", "old[x]==1.0"),
        ("  ERROR: Failed building wheel for my_sql", "my-sql==2.1"),
        ("ERROR: Could not build wheels for old, which is required", "old[x]==1.0"),
        ("Collecting rich\n  Collecting my-sql==2.1 (from x)\nerror: metadata-generation-failed", "my-sql==2.1"),
        ("ERROR: No matching distribution found for what-it-needs", ""),
        ("Because only my-sql<2 is available and you require my-sql==2.1, we can conclude", "my-sql==2.1"),
        ("Because only the following versions of old are available:\n  old==0.1\n  old==0.2", "old[x]==1.0"),
        ("ERROR: Cannot install rich and old because these package versions have conflicting dependencies.", ""),
    ],
)
def test_pip_says_what_it_could_not_have(output: str, requirement: str) -> None:
    assert blamed(output, ["rich", "old[x]==1.0", "my-sql==2.1"]) == requirement


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_where_too_little_can_be_had_the_failure_is_told(python: Path) -> None:
    failed = attempted(python, [["gone==1"]], pip)
    assert failed is not None
    done = eased(python, failed, ["gone==1", "kept", "lost"], (), pip, is_dated=False)
    assert "No matching distribution" in done.failure


def test_a_file_of_requirements_is_listed_without_options_and_with_what_repositories_hold(tmp_path: Path) -> None:
    text = "-i https://x.invalid\n-e git+https://x.invalid/a/shop.git#egg=shop\n-e .\nrich==13.7 --no-binary rich\n"
    found = needs.plain(write(tmp_path, {"requirements.txt": text}))
    assert found == ["git+https://x.invalid/a/shop.git#egg=shop", "rich==13.7"]


@pytest.mark.slow
def test_what_lies_beside_a_file_of_requirements_is_installed_from_there(index: Path, tmp_path: Path) -> None:
    setup = "from setuptools import setup\nsetup(name='rope', version='1', py_modules=['rope'])\n"
    wheel(index, "wheels", "1.0")  # a stranger's, by the name of the folder
    root = write(tmp_path / "tree", {"source/libs/rope/setup.py": setup, "source/libs/rope/rope.py": ""})
    (root / "source" / "wheels").mkdir()
    wheel(root / "source" / "wheels", "sail", "1.0")
    text = "wheels/sail-1.0-py3-none-any.whl\n-e ./libs/rope\nkept==1.0\n"
    write(root, {"source/requirements.txt": text, "source/app.py": ""})
    found = [*needs.listed(root / "source")]
    sail = str(root / "source/wheels/sail-1.0-py3-none-any.whl")
    assert found == [[sail, str(root / "source/libs/rope"), "kept==1.0"]]
    write(root, {"source/requirements.txt": "wheels/sail-1.0-py3-none-any.whl\nkept==1.0\n"})
    chosen = interpreter(root, root, "", tmp_path / "aside")
    told = "import kept, sail; from importlib.util import find_spec; print(find_spec('wheels'))"
    done = subprocess.run([str(chosen), "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


def test_paths_of_a_file_in_a_folder_of_its_own_may_start_above_it(tmp_path: Path) -> None:
    text = "-c limits.txt\n-e .\n-f wheels\nrich==13.7 --hash=sha256:00\n"
    files = {"requirements/base.txt": text, "requirements/limits.txt": "", "setup.py": "", "wheels/a.txt": ""}
    root = write(tmp_path, files).resolve()
    asked = [f"--constraint={root}/requirements/limits.txt", f"--editable={root}", f"--find-links={root}/wheels"]
    assert next(needs.listed(root)) == [*asked, "rich==13.7"]
    assert needs.plain(root) == ["rich==13.7"]


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_a_search_that_takes_too_much_of_the_processor_is_ended(python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installing, "_LIMITED", installing._LIMITED.replace("(120, 120)", "(0, 0)"))
    assert "would have gone on" in pip(python, ["kept"])


MAKING = """
import sys
from collections.abc import Sequence
from pathlib import Path
from seatrial.sandbox.interpreter import interpreter

root, aside = map(Path, sys.argv[1:])
print(interpreter(root, root, "", aside))
"""


def begun(root: Path, aside: Path) -> subprocess.Popen[str]:
    """A process of its own that asks for an environment for the tree."""
    command = [sys.executable, "-c", MAKING, str(root), str(aside)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_what_fails_for_want_of_room_is_no_answer() -> None:
    full = "import sys; sys.exit('OSError: [Errno 28] No space left on device')"
    with pytest.raises(OSError, match="No space left"):
        ran([sys.executable, "-c", full])
    assert ran([sys.executable, "-c", full.replace("No space left on device", "No such thing")]) is not None


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_two_starts_at_once_make_one_environment(tmp_path: Path) -> None:
    root, aside = write(tmp_path / "tree", {"requirements.txt": "kept\n"}), tmp_path / "aside"
    both = [begun(root, aside) for _ in range(2)]
    told = {one.communicate()[0].strip() for one in both}
    assert [one.returncode for one in both] == [0, 0]
    assert len(told) == 1
    assert len([one for one in aside.iterdir() if one.is_dir() and not one.is_symlink()]) == 1
    assert subprocess.run([told.pop(), "-c", "import kept"], check=False).returncode == 0


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_an_environment_of_a_killed_start_is_not_taken(tmp_path: Path) -> None:
    root, aside = write(tmp_path / "tree", {"requirements.txt": "kept\n"}), tmp_path / "aside"
    first = begun(root, aside)
    while not list(aside.glob("*/bin/python")):
        assert first.poll() is None
    first.kill()
    first.communicate()
    assert all("." in one.name for one in aside.iterdir()), "its name leads nowhere before it is whole"
    chosen = interpreter(root, root, "", aside)
    assert subprocess.run([str(chosen), "-m", "pip", "show", "-q", "kept"], check=False).returncode == 0


SERVED = """
import drifted


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        drifted.begin()
        await send({"type": "lifespan.startup.complete"})
        await receive()
    else:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": drifted.SAID})
"""


@pytest.mark.slow
def test_what_shows_only_when_it_serves_is_mended_too(index: Path, tmp_path: Path) -> None:
    wheel(index, "drifted", "1.0", "SAID = b'old'\ndef begin(): pass\n")
    files = {"requirements.txt": "drifted\n", "shop.py": SERVED, "Procfile": "web: uvicorn shop:app\n"}
    launch = Launch(root=write(tmp_path / "tree", files), aside=tmp_path / "aside", workers=1)
    with launched(launch) as (application, found):
        assert application.call(Call(method="GET", path="/")).body == b"old"
    assert any("drifted<2 was installed" in note for note in found.notes)


BEREFT = """
from gone.client import Client, GoneError, retried

asked = Client("shop", timeout=3)


class Own(Client):
    @retried(times=3)
    @asked.later
    def name(self):
        return b"own"


def app(environ, start_response):
    start_response("200 OK", [])
    try:
        return [Own.name(None) if environ["PATH_INFO"] == "/" else asked.name(7)]
    except GoneError:
        return []
"""


@pytest.mark.slow
@pytest.mark.usefixtures("index")
def test_a_program_is_loaded_without_what_cannot_be_had_and_what_needs_it_fails(tmp_path: Path) -> None:
    files = {"requirements.txt": "drifted\nkept\nother\ngone==1\n", "shop.py": BEREFT, "Procfile": "web: uwsgi\n"}
    launch = Launch(root=write(tmp_path / "tree", files), aside=tmp_path / "aside", target="shop:app", workers=1)
    with launched(launch) as (application, found):
        assert application.call(Call(method="GET", path="/")).body == b"own"
        failed = application.call(Call(method="GET", path="/other")).seen
    assert failed is not None
    assert failed.error is not None
    assert (failed.error.kind, failed.error.text) == ("ConnectionError", "gone cannot be had here")
    assert "nothing that needs `gone`, which cannot be loaded here, can be tried" in found.notes
