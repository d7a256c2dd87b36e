"""Who wrote what, on real repositories of git: held to `git blame`, and to what each mark must come to."""

import json
import random
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from seatrial.app import history
from seatrial.app.cache import Cache, NoCache
from seatrial.app.provenance import survey
from seatrial.decisions.fingerprints import symbols
from seatrial.model.provenance import Origin, Provenance, Survey
from trees import commit, git, repository, write

CLAUDE = "Change\n\nCo-Authored-By: Claude Opus 4.5 <noreply@anthropic.com>"
PERSON, TEAM = (
    "def by_hand():\n    return 'typed'\n",
    "def by_model():\n    return 'sampled from all that was ever seen'\n",
)


def change(root: Path, files: dict[str, str], message: str = "Change") -> str:
    """Commits the files under a message, and gives the commit's object id."""
    write(root, files)
    git(root, "add", "-A")
    git(root, "commit", "-q", "-m", message)
    return git(root, "rev-parse", "HEAD").strip()


def surveyed(root: Path, *paths: str, **more: dict[str, str]) -> Survey:
    return survey(root, paths, cache=NoCache(), **more)


def units(found: Survey) -> dict[str, Provenance]:
    return {unit.name: unit for unit in found.units}


def origins(root: Path) -> dict[str, Origin]:
    return {name: unit.origin for name, unit in units(surveyed(root)).items()}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A person's function, then a model's under it."""
    root = repository(tmp_path / "shop", {"shop.py": PERSON})
    change(root, {"shop.py": f"{PERSON}\n\n{TEAM}"}, CLAUDE)
    return root


def test_a_symbol_is_the_models_whose_commit_wrote_it_and_the_rest_is_unknown(shop: Path) -> None:
    found = units(surveyed(shop))
    assert found["by_hand"].origin is Origin.UNKNOWN
    made = found["by_model"]
    assert (made.origin, made.tools, made.models) == (Origin.AI, ("claude-code",), ("Claude Opus 4.5",))
    assert [(mark.carrier, mark.commit) for mark in made.marks] == [("trailer", git(shop, "rev-parse", "HEAD").strip())]


def test_a_person_who_edits_a_models_function_makes_it_mixed(shop: Path) -> None:
    change(shop, {"shop.py": f"{PERSON}\n\n{TEAM}".replace("ever seen", "ever heard")})
    assert origins(shop)["by_model"] is Origin.MIXED


@pytest.mark.parametrize(
    "move",
    [
        lambda root: change(root, {"shop.py": f"{TEAM}\n\n{PERSON}"}),
        lambda root: change(root, {"shop.py": PERSON, "other.py": TEAM}),
        lambda root: git(root, "mv", "shop.py", "renamed.py") + change(root, {}),
        lambda root: change(root, {"shop.py": f"{PERSON}\n\n{TEAM}".replace("    ", "\t")}),
    ],
    ids=["within the file", "to another file", "with the file", "only its indentation"],
)
def test_moving_code_does_not_make_it_ones_own(shop: Path, move: Callable[[Path], str]) -> None:
    move(shop)
    assert origins(shop)["by_model"] is Origin.AI


def test_a_commit_that_only_reshapes_is_looked_through_where_the_project_says_so(shop: Path) -> None:
    wide = f"{PERSON}\n\ndef by_model():\n    return (\n        'sampled from all that was ever seen'\n    )\n"
    oid = change(shop, {"shop.py": wide}, "Run the formatter")
    assert origins(shop)["by_model"] is Origin.MIXED
    change(shop, {".git-blame-ignore-revs": f"# the formatter\n{oid}\n"})
    assert origins(shop)["by_model"] is Origin.AI


def test_a_squash_keeps_the_trailers_that_the_forge_copies(shop: Path) -> None:
    git(shop, "switch", "-q", "-c", "side")
    change(shop, {"side.py": TEAM}, CLAUDE)
    git(shop, "switch", "-q", "main")
    git(shop, "merge", "-q", "--squash", "side")
    change(shop, {}, f"Side (#1)\n\n* {CLAUDE}\n\n* Another")
    assert {unit.origin for unit in surveyed(shop, "side.py").units} == {Origin.AI}


def test_a_merge_gives_each_line_to_the_commit_of_its_branch(shop: Path) -> None:
    git(shop, "switch", "-q", "-c", "side", "HEAD~1")
    change(shop, {"shop.py": f"import os\n\n{PERSON}"})
    git(shop, "switch", "-q", "main")
    git(shop, "merge", "-q", "--no-edit", "side")
    assert origins(shop) == {"<imports>": Origin.UNKNOWN, "by_hand": Origin.UNKNOWN, "by_model": Origin.AI}


def test_notes_of_git_ai_tell_lines_apart_within_a_commit(shop: Path) -> None:
    oid = change(shop, {"noted.py": f"{PERSON}\n{TEAM}"})
    said = {"schema_version": "authorship/3.0.0", "sessions": {"s_1": {"agent_id": {"tool": "claude", "model": "m"}}}}
    git(shop, "notes", "--ref", "ai", "add", "-m", f"noted.py\n  s_1::t_1 4-5\n  h_1 1\n---\n{json.dumps(said)}", oid)
    found = units(surveyed(shop, "noted.py"))
    assert found["by_model"].origin is Origin.AI
    assert found["by_hand"].lines == {Origin.HUMAN_OBSERVED: 1, Origin.UNKNOWN: 1}
    assert found["by_hand"].origin is Origin.UNKNOWN


def test_notes_that_were_lost_are_told(shop: Path) -> None:
    assert any("no git-ai notes" in note for note in surveyed(shop).notes)
    oid = change(shop, {"noted.py": TEAM})
    note = 'noted.py\n  h_1 1-2\n---\n{"schema_version": "authorship/3.0.0"}'
    git(shop, "notes", "--ref", "ai", "add", "-m", note, oid)
    assert {unit.origin for unit in surveyed(shop, "noted.py").units} == {Origin.HUMAN_OBSERVED}
    change(shop, {"noted.py": TEAM.replace("ever", "never")})
    git(shop, "reset", "-q", "--soft", "HEAD~2")
    git(shop, "commit", "-q", "-m", "Squashed by hand")
    found = surveyed(shop, "noted.py")
    assert {unit.origin for unit in found.units} == {Origin.UNKNOWN}
    assert any("1 of 1 git-ai notes" in note and "refs/pull" in note for note in found.notes)


def noted(root: Path, oid: str, attested: str) -> None:
    """Notes on a commit which lines a model wrote, as git-ai does."""
    said = {"schema_version": "authorship/3.0.0", "sessions": {"s_1": {"agent_id": {"tool": "claude", "model": "m"}}}}
    git(root, "notes", "--ref", "ai", "add", "-m", f"{attested}\n---\n{json.dumps(said)}", oid)


def branch_of_two(root: Path) -> None:
    """A branch as a forge keeps it: a model's function with a note, one by a trailer, and a person's line between."""
    git(root, "switch", "-q", "-c", "side", "HEAD~1")
    oid = change(root, {"new.py": f"{PERSON}\n{TEAM}"})
    noted(root, oid, "new.py\n  s_1::t_1 4-5")
    change(root, {"new.py": f"import os\n\n\n{PERSON}\n{TEAM}\n\n{TEAM.replace('by_model', 'again')}"}, CLAUDE)
    git(root, "update-ref", "refs/pull/1/head", "side")
    git(root, "switch", "-q", "main")


SQUASHED = {
    "<imports>": Origin.AI,
    "by_hand": Origin.UNKNOWN,
    "by_model": Origin.AI,
    "again": Origin.AI,
}


def test_a_squash_without_marks_has_those_of_its_branch(shop: Path) -> None:
    branch_of_two(shop)
    git(shop, "merge", "-q", "--squash", "side")
    squash = change(shop, {}, "Side (#1)")
    git(shop, "branch", "-q", "-D", "side")
    found = surveyed(shop, "new.py")
    assert {unit.name: unit.origin for unit in found.units} == SQUASHED
    assert any("2 commits that were squashed or rebased away" in note for note in found.notes)
    change(shop, {"new.py": git(shop, "show", f"{squash}:new.py").replace("typed", "changed")}, "Later")
    assert units(surveyed(shop, "new.py"))["by_model"].origin is Origin.AI


def test_a_squash_of_one_commit_of_code_and_others_has_its_marks(shop: Path) -> None:
    git(shop, "checkout", "-q", "-b", "branch")
    write(shop, {"shop/tax.py": "def tax(total):\n    return total // 5\n"})
    git(shop, "add", "-A")
    git(shop, "commit", "-q", "-m", "Tax\n\nCo-Authored-By: Claude <noreply@anthropic.com>")
    commit(write(shop, {"NOTES.txt": "signed\n"}))
    git(shop, "checkout", "-q", "main")
    git(shop, "merge", "-q", "--squash", "branch")
    commit(shop)
    found = {one.name: one.origin for one in surveyed(shop, "shop/tax.py").units}
    assert found == {"tax": Origin.AI}


def test_a_rebase_keeps_notes_by_what_each_commit_did(shop: Path) -> None:
    branch_of_two(shop)
    git(shop, "switch", "-q", "side")
    git(shop, "rebase", "-q", "main")
    git(shop, "commit", "-q", "--amend", "-m", "Without its trailer")
    assert {unit.name: unit.origin for unit in surveyed(shop, "new.py").units} == SQUASHED


@pytest.mark.parametrize("why", ["more in the squash", "two with the same patch", "the branch is gone"])
def test_what_cannot_be_told_for_sure_stays_unknown(shop: Path, tmp_path: Path, why: str) -> None:
    branch_of_two(shop)
    git(shop, "merge", "-q", "--squash", "side")
    change(shop, {"more.py": "x = 1\n"} if why == "more in the squash" else {}, "Side (#1)")
    if why == "two with the same patch":
        git(shop, "revert", "--no-edit", "HEAD")
        git(shop, "revert", "--no-edit", "HEAD")
    if why == "the branch is gone":
        git(tmp_path, "clone", "-q", "--single-branch", "--branch", "main", f"file://{shop}", "there")
        shop = tmp_path / "there"
    assert {unit.origin for unit in surveyed(shop, "new.py").units} == {Origin.UNKNOWN}


@pytest.mark.parametrize("made_upon", ["HEAD", "HEAD~1"])
def test_records_of_agent_trace_count_for_their_revision_and_what_was_made_upon_it(shop: Path, made_upon: str) -> None:
    change(shop, {"traced.py": TEAM})
    revision = git(shop, "rev-parse", made_upon).strip()
    talk = {"contributor": {"type": "ai"}, "ranges": [{"start_line": 1, "end_line": 2}]}
    record = {
        "version": "0.1.0",
        "vcs": {"revision": revision},
        "files": [{"path": "traced.py", "conversations": [talk]}],
    }
    write(shop, {".agent-trace/traces.jsonl": json.dumps(record)})
    assert {unit.origin for unit in surveyed(shop, "traced.py").units} == {Origin.AI}


def test_a_shallow_clone_gives_its_oldest_lines_to_nobody_and_says_so(shop: Path, tmp_path: Path) -> None:
    change(shop, {"new.py": TEAM}, CLAUDE)
    git(tmp_path, "clone", "-q", "--depth", "2", f"file://{shop}", "shallow")
    found = surveyed(tmp_path / "shallow")
    assert {unit.path: unit.origin for unit in found.units} == {"shop.py": Origin.UNKNOWN, "new.py": Origin.AI}
    assert any("shallow" in gap.reason for gap in found.gaps)


def test_a_missing_version_makes_only_its_own_file_unknown(shop: Path, tmp_path: Path) -> None:
    change(shop, {"old.py": TEAM}, CLAUDE)
    first = git(shop, "rev-parse", "HEAD:old.py").strip()
    change(shop, {"old.py": TEAM + "\n\nX = 1\n"}, CLAUDE)
    git(shop, "mv", "old.py", "moved.py")
    change(shop, {}, "Move")
    git(shop, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--filter=blob:none", f"file://{shop}", "part")
    part = tmp_path / "part"
    for line in git(part, "rev-list", "--objects", "--missing=print", "HEAD").splitlines():
        if line.startswith("?") and line[1:] != first:
            git(part, "cat-file", "-p", line[1:])  # all but one come from where it was cloned
    shop.rename(tmp_path / "away")
    found = surveyed(part)
    assert {unit.name: unit.origin for unit in found.units if unit.path == "moved.py"} == {
        "by_model": Origin.UNKNOWN,
        "<module>": Origin.UNKNOWN,
    }
    assert units(surveyed(part, "shop.py"))["by_model"].origin is Origin.AI
    assert {gap.path for gap in found.gaps} == {"moved.py", "old.py"}


def test_without_a_history_nobody_is_known_to_have_written_anything(tmp_path: Path) -> None:
    found = surveyed(write(tmp_path, {"shop.py": TEAM}))
    assert [unit.origin for unit in found.units] == [Origin.UNKNOWN]
    assert any("no history" in gap.reason for gap in found.gaps)


def test_lines_that_are_not_committed_are_unknown_and_the_others_stay(shop: Path) -> None:
    write(shop, {"shop.py": f"import os\n\n{PERSON}\n\n{TEAM}    # and more\n"})
    found = surveyed(shop)
    assert units(found)["<imports>"].origin is Origin.UNKNOWN
    assert units(found)["by_model"].origin is Origin.AI
    assert any("in no commit yet" in note for note in found.notes)


def test_a_checkout_with_other_line_ends_is_the_same_code(shop: Path) -> None:
    write(shop, {"shop.py": f"{PERSON}\n\n{TEAM}".replace("\n", "\r\n")})
    assert origins(shop)["by_model"] is Origin.AI


def test_what_the_project_declares_and_what_people_signed_fills_in_what_is_unknown(shop: Path) -> None:
    write(shop, {".seatrial/provenance.toml": '[[human]]\npaths = ["shop.py"]\nsigner = "ana@example.org"\n'})
    assert origins(shop) == {"by_hand": Origin.HUMAN_ATTESTED, "by_model": Origin.AI}
    write(shop, {".seatrial/provenance.toml": ""})
    digest = {one.name: one.digest for one in symbols("shop.py", PERSON.encode())}["by_hand"]
    assert units(surveyed(shop, attested={digest: "ana@example.org"}))["by_hand"].origin is Origin.HUMAN_ATTESTED


def test_files_that_tell_that_agents_work_here_say_nothing_about_lines(shop: Path) -> None:
    write(shop, {"CLAUDE.md": "Be kind."})
    found = surveyed(shop)
    assert found.workplaces == ("CLAUDE.md",)
    assert units(found)["by_hand"].origin is Origin.UNKNOWN


def test_a_folder_of_a_repository_is_surveyed_by_its_own_paths(shop: Path) -> None:
    change(shop, {"deep/er/x.py": TEAM}, CLAUDE)
    assert {(unit.path, unit.origin) for unit in surveyed(shop / "deep").units} == {("er/x.py", Origin.AI)}


def test_the_command_tells_people_and_machines(shop: Path) -> None:
    def run(*arguments: str) -> str:
        code = "import sys; from seatrial.surfaces.cli.main import run; sys.exit(run(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "provenance", *arguments]
        return subprocess.run(command, cwd=shop, check=True, capture_output=True, text=True, encoding="utf-8").stdout

    assert re.search(r"ai +2 lines +50%", run())
    assert re.search(r"^  ai +by_model", run("shop.py"), re.MULTILINE)
    found = json.loads(run("--json"))
    assert found["agents"] == surveyed(shop).agents
    assert {unit["name"]: unit["origin"] for unit in found["units"]} == {"by_hand": "unknown", "by_model": "ai"}


class Hand:
    """Edits a repository at random, never writing the same line twice."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root = repository(root, {"a.py": ""})
        self.chance = random.Random(seed)
        self.written = 0

    def lines(self) -> list[str]:
        count = self.chance.randint(1, 4)
        self.written += count
        return [f"line_{self.written - number} = 'as nobody else would write it'" for number in range(count)]

    def edit(self) -> None:
        """One commit that changes a file and perhaps makes another."""
        path = self.chance.choice(self.paths())
        lines = path.read_text().splitlines()
        at = self.chance.randint(0, len(lines))
        gone = self.chance.choice([0, 0, 1, 3])
        path.write_text("".join(f"{line}\n" for line in [*lines[:at], *self.lines(), *lines[at + gone :]]))
        if self.chance.random() < 0.3:
            write(self.root, {f"new_{self.written}.py": "".join(f"{line}\n" for line in self.lines())})
        commit(self.root)

    def reshape(self) -> None:
        """One commit that renames a file or indents a part of one."""
        path = self.chance.choice(self.paths())
        if self.chance.random() < 0.5:
            git(self.root, "mv", path.name, f"moved_{self.written}_{path.name[-8:]}")
        else:
            lines = path.read_text().splitlines()
            path.write_text("".join(f"  {line}\n" if number % 3 else f"{line}\n" for number, line in enumerate(lines)))
        self.written += 1
        commit(self.root)

    def merge(self) -> None:
        """A side branch with commits of its own, merged."""
        side = f"side_{self.written}"
        git(self.root, "switch", "-q", "-c", side)
        self.edit()
        self.edit()
        git(self.root, "switch", "-q", "main")
        if self.chance.random() < 0.7:
            self.edit()
        git(self.root, "merge", "-q", "--no-ff", "--no-edit", "-X", "theirs", side)

    def paths(self) -> list[Path]:
        return sorted(self.root.glob("*.py"))


def followed(root: Path, cache: Cache | NoCache) -> dict[str, list[str]]:
    files, labels = history.authors(root, history.commits(root), (), {".py"}, cache)
    return {path: [labels.entries[number][0] for number in version.lines] for path, version in files.items()}


def blamed(root: Path) -> dict[str, list[str]]:
    paths = git(root, "ls-tree", "-r", "--name-only", "HEAD").split()
    told = {path: git(root, "blame", "-w", "--line-porcelain", "HEAD", "--", path) for path in paths}
    return {path: re.findall(r"^([0-9a-f]{40}) \d+ \d+", text, re.MULTILINE) for path, text in told.items()}


@pytest.mark.parametrize("seed", range(4))
def test_lines_are_those_that_git_blames_cold_and_from_the_cache(seed: int, tmp_path: Path) -> None:
    hand = Hand(tmp_path / "tree", seed)
    cache = Cache(tmp_path / "cache")
    for step in range(4):
        for _ in range(2):
            hand.chance.choice([hand.edit, hand.edit, hand.reshape, hand.merge])()
        expected = blamed(hand.root)
        assert followed(hand.root, NoCache()) == expected, step
        assert followed(hand.root, cache) == expected, step
