import os
from pathlib import Path

import pytest

from seatrial.app.discovery import Discovery, discover
from seatrial.app.workspace import Selection
from seatrial.model.source import LeftOut
from trees import PYTHON, commit, git, repository, write


def found(root: Path, selection: Selection = PYTHON) -> Discovery:
    return discover(root, selection.wanted)


def paths(root: Path, selection: Selection = PYTHON) -> list[str]:
    return [entry.path for entry in found(root, selection).entries]


def test_a_plain_folder_is_walked_without_the_records_of_tools(tmp_path: Path) -> None:
    write(
        tmp_path, {"b.py": "", "a/c.py": "", "readme.md": "", "__pycache__/d.py": "", ".git.d/e.py": "", ".hg/f.py": ""}
    )
    assert paths(tmp_path) == [".git.d/e.py", "a/c.py", "b.py"]


def test_git_says_what_is_ignored_and_untracked_files_count(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "", ".gitignore": "out/\n", "gone.py": ""})
    write(tmp_path, {"new.py": "", "out/made.py": ""})
    (tmp_path / "gone.py").unlink()
    assert paths(tmp_path) == ["a.py", "new.py"]


def test_a_subfolder_of_a_repository_stands_for_itself(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "", "part/b.py": "", "part/sub/c.py": ""})
    assert paths(tmp_path / "part") == ["b.py", "sub/c.py"]


def test_an_ignored_folder_that_is_named_is_walked(tmp_path: Path) -> None:
    repository(tmp_path, {".gitignore": "out/\n", "out/a.py": ""})
    assert paths(tmp_path / "out") == ["a.py"]


def test_submodules_and_nested_repositories_are_read(tmp_path: Path) -> None:
    library = repository(tmp_path / "library", {"lib.py": ""})
    root = repository(tmp_path / "root", {"a.py": ""})
    git(root, "submodule", "add", "-q", str(library), "libs/library")
    commit(root)
    repository(root / "nested", {"n.py": ""})
    assert paths(root) == ["a.py", "libs/library/lib.py", "nested/n.py"]


def test_a_submodule_that_is_not_checked_out_is_told(tmp_path: Path) -> None:
    library = repository(tmp_path / "library", {"lib.py": ""})
    root = repository(tmp_path / "root", {"a.py": ""})
    git(root, "submodule", "add", "-q", str(library), "lib")
    commit(root)
    git(root, "submodule", "deinit", "-q", "-f", "lib")
    assert found(root).left_out == [LeftOut("lib", "submodule that is not checked out", 0)]


def test_vendored_and_excluded_files_are_counted_and_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.py": "", "vendor/x.py": "", "vendor/y/z.py": "", "vendor/r.md": "", "old/b.py": "", "e/pyvenv.cfg": ""},
    )
    write(tmp_path, {"e/lib/c.py": ""})
    discovered = found(tmp_path, PYTHON._replace(exclude=("old",)))
    assert [entry.path for entry in discovered.entries] == ["a.py"]
    assert [(one.path, one.files) for one in discovered.left_out] == [("e", 1), ("old", 1), ("vendor", 2)]


def test_packages_as_an_installer_lays_them_out_are_vendored(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "", "libs/flask/app.py": "", "libs/flask-3.0.0.dist-info/METADATA": "Name: flask\n"})
    discovered = found(tmp_path)
    assert [entry.path for entry in discovered.entries] == ["a.py"]
    assert [(one.path, one.files) for one in discovered.left_out] == [("libs", 1)]


def test_links_are_told_and_never_followed(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": ""})
    root = write(tmp_path / "root", {"a/b.py": ""})
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    (root / "again.py").symlink_to("a/b.py")
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "circle.py").symlink_to("circle.py")
    (root / "elsewhere").symlink_to(outside, target_is_directory=True)
    assert paths(root) == ["a/b.py"]
    assert [one.path for one in found(root).left_out] == ["again.py", "circle.py", "dangling.py"]


def test_a_tracked_file_whose_folder_became_a_link_is_not_read(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"secret.py": ""})
    root = repository(tmp_path / "root", {"a.py": "", "part/secret.py": ""})
    (root / "part" / "secret.py").unlink()
    (root / "part").rmdir()
    (root / "part").symlink_to(outside, target_is_directory=True)
    assert paths(root) == ["a.py"]
    assert [one.path for one in found(root).left_out] == ["part/secret.py"]


@pytest.mark.parametrize("in_git", [True, False])
def test_strange_names_survive(tmp_path: Path, *, in_git: bool) -> None:
    names = ["new\nline.py", "esc\x1b[31m.py", " 'quote\".py", "日本.py", "-o.py"]
    write(tmp_path, dict.fromkeys(names, ""))
    (tmp_path / os.fsdecode(b"latin\xe9.py")).write_bytes(b"")
    if in_git:
        repository(tmp_path, {})
    assert sorted(paths(tmp_path)) == sorted([*names, "latin\\xe9.py"])


def test_what_is_no_regular_file_is_a_gap(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.py")
    (tmp_path / "folder.py").mkdir()
    discovered = found(tmp_path)
    assert discovered.entries == []
    assert [(gap.path, gap.reason) for gap in discovered.gaps] == [("pipe.py", "not a regular file")]


def test_repositories_of_other_owners_are_read(tmp_path: Path) -> None:
    repository(tmp_path, {"a.py": "", ".gitignore": "b.py"})
    write(tmp_path, {"b.py": ""})
    for folder in (tmp_path, tmp_path / ".git"):
        try:
            os.chown(folder, 12345, 12345)
        except PermissionError:
            pytest.skip("only a privileged user can give files away")
    assert paths(tmp_path) == ["a.py"]
