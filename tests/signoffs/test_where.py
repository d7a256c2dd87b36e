"""Where the gate is asked, and from which files and refs it reads: nothing of that opens it. Real git."""

from pathlib import Path

import pytest

from office import ADA, SHOP, Office
from seatrial.decisions.signoffs import exemptions
from seatrial.errors import DecisionError, SourceError
from seatrial.model.standing import UnitState
from seatrial.surfaces.cli.main import run
from trees import commit, git, repository, write

NEW = "def f():\n    return 1\n"
TWO = '[sign-offs.paths."shop/"]\nmin-reviewers = 2\n'


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open().branch()


@pytest.mark.parametrize("base", ["main", ""])
def test_a_folder_is_not_judged_apart_from_its_tree(
    office: Office, base: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["gate", str(office.root / "shop"), "--base", base]) == 2
    assert f"lies in {office.root}, where sign-offs are asked for" in capsys.readouterr().err


def test_people_that_a_change_appoints_for_a_folder_do_not_count_there(office: Office) -> None:
    office.write({f"shop/{name}": text for name, text in ((".seatrial/roles.toml", office.roles), ("new.py", NEW))})
    assert run(["gate", str(office.root / "shop"), "--base", "main"]) == 2


def test_a_folder_with_people_of_its_own_is_a_tree(tmp_path: Path) -> None:
    root = repository(tmp_path / "all", {"README": ""})
    office = Office(tmp_path / "in")
    for name, text in ((".seatrial/roles.toml", office.roles), (".seatrial/allowed_signers", office.allowed)):
        write(root, {f"backend/{name}": text, "backend/a.py": NEW, "frontend/b.py": NEW})
    commit(root)
    assert run(["gate", str(root / "backend"), "--base", "main"]) == 1
    assert run(["gate", str(root / "frontend"), "--base", "main"]) == 0


@pytest.mark.parametrize("place", [".seatrial", ".seatrial/roles.toml", ".seatrial/signoffs"])
@pytest.mark.parametrize("base", ["main", ""])
def test_a_link_in_the_folder_of_records_is_an_error(office: Office, place: str, base: str) -> None:
    write(office.root, {".seatrial/signoffs/note.txt": "", "elsewhere/note.txt": ""})
    (office.root / place).rename(office.root / "moved")
    (office.root / place).symlink_to(office.root / "moved")
    commit(office.root)
    with pytest.raises(DecisionError, match=f"{place} is a link"):
        office.standing(base)
    git(office.root, "checkout", "-q", "-b", "next")
    (office.root / place).unlink()
    commit(office.root)
    with pytest.raises(DecisionError, match=f"{place} of commit .* is a link"):
        office.standing("change")


def test_settings_of_the_base_count_through_a_link(tmp_path: Path) -> None:
    office = Office(tmp_path)
    write(office.root, {"conf/seatrial.toml": TWO})
    (office.root / "seatrial.toml").symlink_to("conf/seatrial.toml")
    office.open().branch().sign()
    assert set(office.states().values()) == {UnitState.STALE}


@pytest.mark.parametrize("target", ["/etc/passwd", "../../elsewhere", "seatrial.toml"])
def test_settings_of_the_base_that_lead_nowhere_are_an_error(tmp_path: Path, target: str) -> None:
    office = Office(tmp_path)
    (office.root / "seatrial.toml").symlink_to(target)
    office.open().branch()
    (office.root / "seatrial.toml").unlink()
    with pytest.raises(SourceError, match="cannot be read"):
        office.standing()


@pytest.mark.parametrize("ref", [("tag", "main"), ("branch", "tags/main"), ("tag", "-m", "annotated", "main")])
def test_a_name_that_a_tag_shares_with_the_base_is_refused(office: Office, ref: tuple[str, ...]) -> None:
    office.write({".seatrial/roles.toml": office.roles + '["eve@example.org"]\nroles = ["architect"]\n'})
    git(office.root, *ref)
    name = "tags/main" if "branch" in ref else "main"
    git(office.root, "tag", name, "main") if "branch" in ref else None
    with pytest.raises(SourceError, match="names several things here: refs/heads"):
        office.standing(name)
    assert UnitState.NEVER in office.states("refs/heads/main").values()


def test_a_tag_on_the_same_commit_names_the_same(office: Office) -> None:
    git(office.root, "tag", "-m", "annotated", "main", "main")
    assert set(office.states().values()) == {UnitState.NEVER}


def test_line_ends_of_a_checkout_change_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path, {"shop/orders.py": SHOP, "shop/run.sh": "set -e\n"})
    office.open('[sign-offs.paths."shop/"]\n').branch()
    office.sign()
    office.sign(path="shop/run.sh")
    office.merge().branch("windows")
    for path in office.root.rglob("*"):
        if path.is_file() and ".git" not in path.parts:
            path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    found = office.standing()
    assert ({one.state for one in found.units}, found.faults) == ({UnitState.SIGNED}, ())


def test_a_change_from_before_sign_offs_keeps_the_exemptions(tmp_path: Path) -> None:
    office = Office(tmp_path, {"shop/orders.py": SHOP})
    office.branch("old").write({"shop/new.py": NEW})
    git(office.root, "checkout", "-q", "main")
    assert run(["init", str(office.root), "--keys", str(office.keys[ADA].parent)]) == 0
    commit(office.root)
    git(office.root, "checkout", "-q", "old")
    assert {one.name: one.state for one in office.standing().units if one.state is not UnitState.EXEMPT} == {
        "f": UnitState.NEVER
    }
    git(office.root, "merge", "-q", "main")
    (office.root / exemptions.NAME).unlink()
    commit(office.root)
    assert set(office.states().values()) == {UnitState.NEVER}


def test_another_worktree_and_a_head_on_no_branch_are_judged_alike(office: Office, tmp_path: Path) -> None:
    git(office.root, "worktree", "add", "-q", "-b", "other", str(tmp_path / "other"))
    there = commit(write(tmp_path / "other", {"shop/new.py": NEW}))
    git(there, "checkout", "-q", "--detach")
    assert run(["gate", str(there), "--base", "main"]) == 1


def test_a_submodule_that_moved_is_checked_out_or_shuts_the_gate(office: Office, tmp_path: Path) -> None:
    library = repository(tmp_path / "library", {"library/tax.py": NEW})
    git(office.root, "submodule", "--quiet", "add", str(library), "extern")
    commit(office.root)
    there = {one.path: one.state for one in office.standing().units}
    assert there["extern/library/tax.py"] is UnitState.NEVER
    git(office.root, "submodule", "--quiet", "deinit", "-f", "extern")
    (fault,) = office.standing().faults
    assert (fault.path, "its code is not here" in fault.what) == ("extern", True)
    assert office.standing("HEAD").faults == ()
    git(office.root, "submodule", "--quiet", "update", "--init")
    commit(write(office.root / "extern", {"library/tax.py": "def f():\n    return 2\n"}))
    assert [fault.path for fault in office.standing().faults] == ["extern"]
