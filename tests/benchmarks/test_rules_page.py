"""The list of rules, with what the labels say of each."""

import sys
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.append(str(BENCHMARKS / "accuracy"))

import rules_page  # noqa: E402 - the benchmarks are scripts in a folder of their own
from hits import Met  # noqa: E402 - as above

from seatrial.app import catalogue  # noqa: E402 - beside the imports that need the line above

LOOP = catalogue.page("query-in-loop")


def case(category: str, *found: tuple[str, float], fault: bool = True, cwe: tuple[int, ...] = ()) -> Met:
    return Met("x", category, cwe, fault=fault, paired=True, hits=found)


def test_a_case_is_found_by_the_rule_or_by_others_or_missed() -> None:
    cases = [
        case("nplus1", (LOOP.id, 0.9), ("other", 0.9)),
        case("nplus1", (LOOP.id, 0.4), ("other", 0.9)),
        case("nplus1", (LOOP.id, 0.4)),
        case("nplus1", ("other", 0.9), fault=False),
        case("nplus1", (LOOP.id, 0.8), fault=False),
        case("xss", (LOOP.id, 0.9)),
    ]
    counted = rules_page.count(LOOP, {"nplus1"}, cases, 0.7)
    assert counted == rules_page.Count(cases=3, found=1, by_others=1, sound=2, false=1)
    assert counted.cells() == ["3", "1", "1", "1", "1 of 2", "0.50", "0.33"]


def test_a_weakness_that_a_case_names_counts_as_its_category_does() -> None:
    assert rules_page.count(LOOP, set(), [case("odd", cwe=LOOP.cwe[:1])], 0.7) == rules_page.Count(1, 0, 0, 0, 0)


def test_no_recall_is_told_of_a_rule_whose_category_only_others_found() -> None:
    assert rules_page.Count(cases=4, found=0, by_others=3, sound=4, false=0).cells()[-2:] == ["-", "-"]
    assert rules_page.Count(cases=4, found=0, by_others=0, sound=4, false=0).cells()[-2:] == ["-", "0.00"]


def test_a_rule_without_labels_is_not_measured_and_every_rule_has_a_page(tmp_path: Path) -> None:
    counted = {"cases": 4, "found": 1, "by_others": 0, "sound": 4, "false": 0}
    measured = {"date": "2026-01-01", "confidence": 0.7, "sets": {"fix": "commit a"}, "rules": {LOOP.id: counted}}
    rules_page.write_pages(tmp_path, measured)
    lines = (tmp_path / "index.md").read_text().splitlines()
    (line,) = (line for line in lines if f"[{LOOP.id}]" in line)
    assert line.endswith("| 4 | 1 | 0 | 3 | 0 of 4 | 1.00 | 0.25 |")
    (unmeasured,) = (line for line in lines if "[unused-dependency]" in line)
    assert "not measured" in unmeasured
    assert {path.stem for path in tmp_path.glob("*.md")} == {"index", *(rule.id for rule in catalogue.rules())}
    assert (tmp_path / f"{LOOP.id}.md").read_text() == catalogue.markdown(LOOP)
