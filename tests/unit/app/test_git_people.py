"""What git tells of who changed what, and when files came."""

import os
from pathlib import Path

import pytest

from seatrial.app import git as asked
from trees import commit, git, repository, write


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "r", {"a.py": "x = 1\n"})


def by(root: Path, address: str, message: str = "Change") -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", message, "--author", f"A <{address}>")


def test_edits_name_files_and_everybody_who_wrote(root: Path) -> None:
    first = git(root, "rev-parse", "HEAD").strip()
    odd = 'b "é\n.py'
    write(root, {"a.py": "x = 2\n", odd: "y = 1\n"})
    by(root, "ada@x", "Change\n\nCo-authored-by: Bob <bob@x>\nCo-authored-by: Claude <noreply@anthropic.com>")
    (root / "a.py").unlink()
    by(root, "")
    by(root, "nobody@x", "Nothing at all")
    second, *both = asked.edits(root, first)
    assert (second.path, second.after, second.authors) == ("a.py", "", frozenset({""}))
    assert {(one.path, bool(one.before)) for one in both} == {("a.py", True), (odd, False)}
    assert {one.authors for one in both} == {frozenset({"ada@x", "bob@x", "noreply@anthropic.com"})}
    assert list(asked.contents(root, [second.before])) == [b"x = 2\n"]


def test_submodules_are_no_files(root: Path, tmp_path: Path) -> None:
    first = git(root, "rev-parse", "HEAD").strip()
    repository(tmp_path / "other", {"c.py": "z = 1\n"})
    git(root, "submodule", "--quiet", "add", str(tmp_path / "other"), "sub")
    commit(root)
    assert [(one.path, one.before, one.after) for one in asked.edits(root, first) if one.path == "sub"] == [
        ("sub", "", "")
    ]


def test_what_a_branch_brought_came_when_it_was_merged(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(root, "checkout", "-q", "-b", "side")
    monkeypatch.setenv("TZ", "UTC")
    write(root, {"d/one.json": "1"})
    commit(root)
    early = int(git(root, "log", "-1", "--format=%ct"))
    git(root, "checkout", "-q", "main")
    write(root, {"d/two.json": "2"})
    commit(root)
    git(root, "merge", "-q", "--no-ff", "-m", "Merge", "side")
    came = asked.appearances(root, git(root, "rev-parse", "HEAD").strip(), "d")
    assert came.keys() == {"d/one.json", "d/two.json"}
    assert came["d/one.json"] == int(git(root, "log", "-1", "--format=%ct")) >= early


def test_files_are_read_from_a_commit_also_above_the_folder(root: Path) -> None:
    write(root, {"sub/b.py": "y\n"})
    commit(root)
    head = git(root, "rev-parse", "HEAD").strip()
    assert asked.file_at(root / "sub", head, "../a.py") == b"x = 1\n"
    assert asked.file_at(root / "sub", head, "b.py") == b"y\n"
    assert asked.file_at(root / "sub", head, "a.py") is None
    assert asked.tracked(root / "sub") == {"b.py"}
    assert asked.tree_of(root, head) == git(root, "rev-parse", "HEAD^{tree}").strip()


def test_the_address_is_the_repository_s_or_the_user_s(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert asked.address(root) == ""
    (tmp_path / ".gitconfig").write_text("[user]\n\temail = me@home\n")
    assert asked.address(root) == "me@home"
    git(root, "config", "user.email", "me@work")
    assert asked.address(root) == "me@work"
