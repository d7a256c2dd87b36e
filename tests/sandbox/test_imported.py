"""What a program imports without asking for it is had where everybody means the same by the name."""

import subprocess
from pathlib import Path

import pytest

from seatrial.sandbox import needs
from seatrial.sandbox.drift import mend, versions
from seatrial.sandbox.imported import brought_by, imported
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.made import made
from seatrial.sandbox.mending import add_imported
from trees import write
from wheels import wheel

SHARED = (("opentelemetry.sdk.trace", "opentelemetry-sdk"), ("google.cloud.storage", "google-cloud-storage"))
FILES = {
    "shop/main.py": "import os, yaml\nfrom kept import x\nimport shop.models\ntry:\n    import numpy\nexcept: ...\n",
    "shop/models.py": "from sqlalchemy import Column\nimport helpers\n",
    "helpers.py": "import six.moves\nfrom google.cloud import storage\nfrom opentelemetry.sdk.trace import x\n",
    "tests/test_shop.py": "import redis\n",
}


def test_only_what_is_well_known_and_imported_at_once_counts(tmp_path: Path) -> None:
    found = {
        "google.cloud.storage": "google-cloud-storage",
        "opentelemetry.sdk.trace": "opentelemetry-sdk",
        "six": "six",
        "sqlalchemy": "sqlalchemy",
        "yaml": "pyyaml",
    }
    assert imported(write(tmp_path, FILES)) == found


@pytest.mark.parametrize(
    ("module", "requirement"),
    [
        ("bson.objectid", "pymongo"),
        ("background_task", "django-background-tasks"),
        ("flask_json", "flask-json"),
        ("x", ""),
    ],
)
def test_what_brings_a_module_is_known_of_many_alone(module: str, requirement: str) -> None:
    assert brought_by(module) == requirement


def test_what_is_imported_stands_in_where_nothing_says_what_is_needed(tmp_path: Path) -> None:
    root = write(tmp_path, FILES)
    assert (needs.declared(root), [*needs.needs(root)]) == (
        False,
        [["google-cloud-storage", "opentelemetry-sdk", "six", "sqlalchemy", "pyyaml"]],
    )
    write(root, {"requirements.txt": "rich\n"})
    assert (needs.declared(root), needs.plain(root)) == (True, ["rich"])


def test_a_program_within_a_tree_is_listed_where_that_says_what_is_needed(tmp_path: Path) -> None:
    root = write(tmp_path, {"backend/manage.py": "import django\n", "requirements.txt": "rich\n"})
    assert needs.listing(root) == root


def test_a_missing_module_of_a_well_known_name_is_installed(tmp_path: Path) -> None:
    root = write(tmp_path, {"app.py": ""})
    python = tmp_path / "python"
    for module, requirement in (("slowapi", "slowapi"), ("jose", "python-jose[cryptography]"), ("ours", ""), *SHARED):
        assert mend(f"ModuleNotFoundError: No module named '{module}'", "", python, root) == requirement


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (write(tmp_path, {"bin/uv": "#!/bin/sh\nexit 1\n"}) / "bin/uv").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    for name in ("six", "tqdm"):
        wheel(tmp_path, name, "1.0")
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("listed", ["", "tqdm\n"])
def test_what_is_imported_is_installed(index: Path, listed: str) -> None:
    root = write(index / "tree", {"app.py": "import six\nimport tqdm\n", "requirements.txt": listed})
    python = interpreter(root, root, "", index / "aside")
    if listed:
        add_imported(python, root, root)
    assert subprocess.run([str(python), "-c", "import six, tqdm"], check=False).returncode == 0
    told = made(python)
    assert told is not None
    assert [note.partition(" ")[0] for note in told.notes] == (["six"] if listed else ["nothing"])


@pytest.mark.slow
def test_what_is_added_leaves_what_is_asked_for_in_one_version(index: Path) -> None:
    wheel(index, "six", "2.0")
    wheel(index, "tqdm", "2.0", needs="six>=2")
    root = write(index / "tree", {"app.py": "import six\nimport tqdm\n", "requirements.txt": "six==1.0\n"})
    python = interpreter(root, root, "", index / "aside")
    add_imported(python, root, root)
    assert versions(python, ("six", "tqdm")) == {"six": "1.0", "tqdm": "1.0"}
