"""What is read out of real git repositories."""

import os
import subprocess
from pathlib import Path

import pytest

from seatrial.app.changesets import changesets
from seatrial.app.rescue.history import FEW, MOST_FILES, tell
from seatrial.app.rescue.owners import owners
from trees import git, repository, write

DAY = 86_400
NOW = 1_790_000_000


def commit(
    root: Path, files: dict[str, str], *, subject: str = "Change", author: str = "Ada", days_ago: int = 1
) -> None:
    """A commit at a time, by somebody."""
    write(root, files)
    git(root, "add", "-A")
    when = f"@{NOW - days_ago * DAY} +0000"
    own = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_COMMITTER_DATE": when}
    who = {f"GIT_{role}_{what}": author for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    command = ["git", "commit", "-q", "--allow-empty", "--allow-empty-message", "--cleanup=verbatim", "-m", subject]
    subprocess.run(command, cwd=root, env=os.environ | own | who, check=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def busy(root: Path, changes: int, **more: object) -> None:
    for number in range(changes):
        commit(root, {"hot.py": f"x = {number}\n"}, **more)  # type: ignore[arg-type] # the caller's words


def test_changes_fixes_and_authors_are_counted_by_file(root: Path) -> None:
    busy(root, FEW)
    commit(root, {"hot.py": "y = 1\n"}, subject="Fix the total", author="Bo")
    past = tell(root).past("hot.py")
    assert (past.changes, past.fixes) == (FEW + 1, 1)
    assert past.authors == (("Ada", FEW), ("Bo", 1))


def test_a_fix_of_style_or_words_is_none(root: Path) -> None:
    busy(root, FEW)
    commit(root, {"hot.py": "y = 1\n"}, subject="Fix typo")
    commit(root, {"hot.py": "y = 2\n"}, subject="Prefix the name")
    assert tell(root).past("hot.py").fixes == 0


def test_where_every_subject_says_fixed_the_word_tells_nothing(root: Path) -> None:
    busy(root, FEW, subject="Fixed #1 -- Added a field.")
    assert tell(root).past("hot.py").fixes == 0


def test_a_change_of_many_files_tells_of_none(root: Path) -> None:
    busy(root, FEW)
    commit(root, {f"many/{n}.py": "" for n in range(MOST_FILES)} | {"hot.py": ""})
    told = tell(root)
    assert told.past("hot.py").changes == FEW
    assert told.history.dropped == 1


def test_what_is_older_than_two_years_is_not_counted(root: Path) -> None:
    commit(root, {"hot.py": "old\n"}, days_ago=1000)
    busy(root, FEW)
    assert tell(root).past("hot.py").changes == FEW


def test_a_moved_file_keeps_its_past(root: Path) -> None:
    busy(root, FEW)
    git(root, "mv", "hot.py", "moved.py")
    commit(root, {})
    told = tell(root)
    assert told.past("moved.py").changes == FEW + 1
    assert told.past("hot.py").changes == 0


def test_files_that_change_together_are_told(root: Path) -> None:
    for number in range(FEW):
        commit(root, {"left.py": f"{number}\n", "right.py": f"{number}\n", f"{number}.py": ""})
    (pair,) = tell(root).coupled
    assert (pair.left, pair.right, pair.shared) == ("left.py", "right.py", FEW)


def test_paths_are_told_from_the_audited_folder(root: Path) -> None:
    for number in range(FEW):
        commit(root, {"backend/hot.py": f"{number}\n", "front/x.ts": f"{number}\n"})
    told = tell(root / "backend")
    assert told.past("hot.py").changes == FEW
    assert list(told.pasts) == ["hot.py"]


def test_a_folder_without_git_has_no_history_and_says_why(tmp_path: Path) -> None:
    history = tell(tmp_path).history
    assert history.commits == 0
    assert "no history" in history.note


def test_a_repository_with_one_commit_has_none_either(tmp_path: Path) -> None:
    told = tell(repository(tmp_path, {"a.py": ""}))
    assert told.history.commits == 0
    assert len(told.revision) == 40


def test_a_shallow_clone_says_so(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    busy(root, FEW + 5)
    clone = tmp_path_factory.mktemp("clone")
    git(clone, "clone", "-q", "--depth", str(FEW), root.as_uri(), ".")
    assert "shallow" in tell(clone).history.note


@pytest.mark.parametrize("subject", ["a\x01b\x02c", "", "> <", "tab\tand \x1b[31mred"])
def test_no_subject_disturbs_what_is_read(root: Path, subject: str) -> None:
    commit(root, {"a b\n.py": "", "é.py": ""}, subject=subject)
    (found,) = changesets(root, 0)
    assert [os.fsdecode(path) for path in found.paths] == ["a b\n.py", "é.py"]


def test_the_configuration_of_the_repository_runs_nothing(root: Path) -> None:
    busy(root, FEW)
    marker = root / "ran"
    for key in ("log.showSignature=true", f"gpg.program=touch {marker}", f"diff.external=touch {marker}"):
        git(root, "config", *key.split("=", 1))
    assert tell(root).history.commits == FEW
    assert not marker.exists()


def test_the_last_line_of_code_owners_counts_and_else_who_changed_most(root: Path) -> None:
    busy(root, FEW)
    write(root, {"CODEOWNERS": "* @all\n/shop/ @sellers @tills # both\n*.md\n"})
    owner = owners(root, tell(root))
    assert owner(["shop/a.py"]) == "@sellers @tills"
    assert owner(["hot.py"]) == "@all"
    (root / "CODEOWNERS").unlink()
    assert owners(root, tell(root))(["hot.py"]) == f"Ada ({FEW} of {FEW} changes)"
    assert owners(root, tell(root))(["never.py"]) == f"Ada ({FEW} of {FEW} changes in its folder)"


def test_a_bot_owns_nothing(root: Path) -> None:
    busy(root, FEW, author="renovate[bot]")
    assert owners(root, tell(root))(["hot.py"]) == ""
