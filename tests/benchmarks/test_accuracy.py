"""The harness itself: what it lays out, moves and counts."""

import json
import re
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS / "accuracy"))

import calibration  # noqa: E402 - the benchmarks are scripts in a folder of their own
import hits  # noqa: E402 - as above
import layouts  # noqa: E402 - as above
import merge  # noqa: E402 - as above
import pages  # noqa: E402 - as above
import scores  # noqa: E402 - as above
import summary  # noqa: E402 - as above

REGION = {"startLine": 3, "endLine": 9}


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main")
    return subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True).stdout


def commit(folder: Path, files: dict[str, str]) -> str:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "a commit")
    return git(folder, "rev-parse", "HEAD").strip()


def test_two_commits_are_laid_out_whole_and_share_what_is_equal(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    git(source, "init", "-q")
    first = commit(source, {"a/one.py": "one = 1\n", "two.py": "two = 2\n", "logo.svg": "<svg/>"})
    second = commit(source, {"two.py": "two = 22\n"})
    for name, oid in (("before", first), ("after", second)):
        assert layouts.lay_out(source / ".git", oid, tmp_path / name, tmp_path / "pool") == []
    assert (tmp_path / "before/two.py").read_text() == "two = 2\n"
    assert (tmp_path / "after/two.py").read_text() == "two = 22\n"
    assert (tmp_path / "before/a/one.py").samefile(tmp_path / "after/a/one.py")
    assert not (tmp_path / "before/logo.svg").exists()


def test_a_blob_that_is_not_there_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    oid = commit(tmp_path, {"here.py": "here = 1\n", "lost.py": "lost = 1\n"})
    blob = git(tmp_path, "rev-parse", "HEAD:lost.py").strip()
    (tmp_path / ".git/objects" / blob[:2] / blob[2:]).unlink()
    missing = layouts.lay_out(tmp_path / ".git", oid, tmp_path / "out", tmp_path / "pool", re.compile("py$"))
    assert missing == ["lost.py"]
    assert (tmp_path / "out/here.py").read_text() == "here = 1\n"


def result(uri: str, *path: str) -> dict[str, object]:
    def place(uri: str) -> dict[str, object]:
        return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 3}}}

    flow = [{"threadFlows": [{"locations": [{"location": place(step)} for step in path]}]}]
    return {"ruleId": "r", "message": {"text": "m"}, "locations": [place(uri)], "codeFlows": flow}


def test_places_move_below_the_program_whether_they_were_absolute_or_not(tmp_path: Path) -> None:
    absolute = f"file://{tmp_path / 'before/x/a.py'}"
    sarif = {"runs": [{"results": [result(absolute, "b.py")]}]}
    (moved,) = (item for run in merge.rerooted(sarif, "before/x", tmp_path) for item in run["results"])
    assert list(merge.places_of(moved)) == [("before/x/a.py", 3), ("before/x/b.py", 3)]


def test_spreading_gives_a_result_for_each_place() -> None:
    spread = merge.spread({"runs": [{"results": [result("a.py", "a.py", "b.py")]}]})
    assert [list(merge.places_of(r["locations"])) for r in spread["runs"][0]["results"]] == [
        [("a.py", 3)],
        [("b.py", 3)],
    ]


def test_spreading_keeps_the_lines_that_the_own_place_spans() -> None:
    long = result("a.py", "b.py")
    long["locations"] = [{"physicalLocation": {"artifactLocation": {"uri": "a.py"}, "region": REGION}}]
    first, second = merge.spread({"runs": [{"results": [long]}]})["runs"][0]["results"]
    assert first["locations"] == long["locations"]
    assert list(merge.places_of(second["locations"])) == [("b.py", 3)]


def test_a_row_tells_rates_and_leaves_out_what_has_no_cases() -> None:
    both = scores.Row("all", true=4, found=3, false=2, alarms=1, pairs=2, pairs_cleared=1)
    assert (both.tpr, both.fpr, both.youden) == (0.75, 0.5, 0.25)
    assert (both.precision, both.f1) == (0.75, 0.75)
    one_sided = scores.Row("circular", true=2, found=1, false=0, alarms=0, pairs=0, pairs_cleared=0)
    assert one_sided.youden is None
    assert one_sided.cells()[-2:] == ["-", "-"]


def test_the_mean_over_categories_leaves_out_groups_that_cut_across_them() -> None:
    good, bad = (scores.Row(name, 2, found, 2, 0, 0, 0) for name, found in (("xss", 2), ("ssrf", 1)))
    across = scores.Row("locality: local", 2, 0, 2, 2, 0, 0)
    assert summary.mean_youden([good, bad, across]) == 0.75


def test_sets_are_listed_by_the_code_that_was_measured_on_them(tmp_path: Path) -> None:
    said = {
        "fix": "commit a, code 1), 2026-01-02",
        "sven": "commit a, code 1), 2026-01-02",
        "bax": "commit b), 2026-01-03",
    }
    results = [tmp_path / f"{name}-seatrial.json" for name in said]
    for path, text in zip(results, said.values(), strict=True):
        path.write_text(json.dumps({"head": f"seatrial ({text}, 2 programs, `python run.py`."}))
    told = "- seatrial commit a, code 1, 2026-01-02: fix, sven\n- seatrial commit b, 2026-01-03: bax\n"
    assert summary.versions(results) == told


def test_a_part_of_a_page_is_replaced_and_the_prose_stays(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n\n<!-- t -->\nold\n<!-- end t -->\n\nafter\n")
    pages.put(page, "t", r"new \1")
    assert page.read_text() == "before\n\n<!-- t -->\nnew \\1\n<!-- end t -->\n\nafter\n"


def row(*, fault: bool, paired: bool = True, **rules: float) -> hits.Met:
    return hits.Met("x", "nplus1", (), fault=fault, paired=paired, hits=tuple(rules.items()))


def test_what_a_case_met_is_kept_and_read_again(tmp_path: Path) -> None:
    rows = [row(fault=True, loop=0.9), hits.Met("y", "xss", (79,), fault=False, paired=False, hits=())]
    hits.write(tmp_path / f"fix-seatrial{hits.SUFFIX}", rows)
    hits.write(tmp_path / f"fix-ruff{hits.SUFFIX}", [])
    assert hits.read(tmp_path, "seatrial") == {"fix": rows}


def test_each_finding_counts_in_the_bin_of_what_it_states() -> None:
    cases = [row(fault=True, a=0.79, b=0.8), row(fault=False, a=0.8), row(fault=True, paired=False, a=1.0)]
    table = calibration.table(cases)
    assert "| 0.7 to 0.8 | 0.79 | 1 | 1 | 0 | 1.00 | 1 | 1.00 |" in table
    assert "| 0.8 to 0.9 | 0.80 | 2 | 1 | 1 | 0.50 | 2 | 0.50 |" in table
    assert "| 0.9 to 1.0 | 1.00 | 1 | 1 | 0 | 1.00 | 0 | - |" in table


def test_a_bin_that_states_too_much_is_named_with_its_rules_when_it_has_enough() -> None:
    few = [row(fault=True, a=0.8), row(fault=False, b=0.8)]
    assert "No bin" in calibration.verdicts(few)
    told = calibration.verdicts(few * 15)
    assert "0.8 to 0.9** states 0.80 and is true 0.50 of 30 times (false most often: `b` 15)" in told
