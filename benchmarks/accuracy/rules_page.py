"""The pages of all rules, and a list of them with what the labelled sets say of each.

    python benchmarks/accuracy/rules_page.py measure --out OUT --bench BENCH   # count anew: writes measured.json
    python benchmarks/accuracy/rules_page.py pages out/rules                   # what `make docs` does

`measured.json` beside this file is kept under version control, so that the list can be built where no labels are.
"""

import argparse
import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import hits
from hits import Met
from scores import Scorer
from summary import version_of

from seatrial.app import catalogue
from seatrial.model.verdict import RuleInfo

MEASURED = Path(__file__).with_name("measured.json")

HEAD = ("rule", "quality", "severity", "CWE", "cases", "found", "by others", "missed", "false", "precision", "recall")

LEGEND = """\
**Cases** have a fault of a category (by CWE or by name) that the rule speaks of. Several rules may share a category,
each meant for a part of it: **found** are the cases that this rule found, **by others** those that only others found.
**False** are the sound cases on whose lines this rule reports, of all sound cases of the category.
Precision = found / (found + false), recall = found / cases; a dash where nothing was reported, and where only other
rules found cases, as labels name a category and not whether a case was of this rule's kind. Sound cases are much like
faulty ones (the same code after its fix, another answer to the same prompt) and about as many, unlike code at large.
"not measured": no label speaks of the rule."""


@dataclass(frozen=True)
class Count:
    """What the labels say of one rule, in cases."""

    cases: int
    found: int
    by_others: int
    sound: int
    false: int

    def cells(self) -> list[str]:
        """As in the list; a ratio that the labels do not tell is a dash."""
        of_its_kind = self.cases if self.found or not self.by_others else 0
        told = [str(self.cases), str(self.found), str(self.by_others), str(self.cases - self.found - self.by_others)]
        ratios = [_ratio(self.found, self.found + self.false), _ratio(self.found, of_its_kind)]
        return [*told, f"{self.false} of {self.sound}", *ratios]


def _ratio(part: int, whole: int) -> str:
    return f"{part / whole:.2f}" if whole else "-"


def count(rule: RuleInfo, categories: set[str], cases: Iterable[Met], least: float) -> Count | None:
    """How the rule did on the cases of its categories, findings of confidence `least` on; None where it has no case."""
    about = [case for case in cases if case.category in categories or set(case.cwe) & set(rule.cwe)]
    if not about:
        return None
    faulty, sound = ([case for case in about if case.fault is side] for side in (True, False))
    found = sum(case.confidence(rule.id) >= least for case in faulty)
    missed = sum(all(confidence < least for _, confidence in case.hits) for case in faulty)
    false = sum(case.confidence(rule.id) >= least for case in sound)
    return Count(len(faulty), found, len(faulty) - found - missed, len(sound), false)


def measure(out: Path, scorer: Scorer, least: float) -> dict[str, Any]:
    """The counts of every rule that a label speaks of, the date, and what was measured on each set."""
    sets = hits.read(out, "seatrial")
    cases = [case for rows in sets.values() for case in rows]
    counts = {
        rule.id: found
        for rule in catalogue.rules()
        if (found := count(rule, scorer.categories(rule.cwe) | set(rule.category), cases, least))
    }
    return {
        "date": dt.datetime.now(dt.UTC).date().isoformat(),
        "confidence": least,
        "sets": {name: version_of(out / f"{name}-seatrial.json") for name in sets},
        "rules": {rule: asdict(found) for rule, found in sorted(counts.items())},
    }


def index(rules: Iterable[RuleInfo], measured: dict[str, Any]) -> str:
    """The list of all rules."""
    lines = [list(HEAD), ["---"] * 4 + ["---:"] * 7]
    lines += [_line(rule, measured["rules"].get(rule.id)) for rule in rules]
    sets = "; ".join(f"{name} ({version})" for name, version in measured["sets"].items())
    when = f"Measured {measured['date']} at confidence {measured['confidence']} or more on {sets}."
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"# Rules\n\n{when}\n\n{LEGEND}\n\n{table}\n"


def _line(rule: RuleInfo, counted: dict[str, int] | None) -> list[str]:
    cwe = ", ".join(map(str, rule.cwe)) or "-"
    cells = Count(**counted).cells() if counted else ["not measured", *["-"] * 6]
    return [f"[{rule.id}]({rule.id}.md)", rule.quality, rule.severity, cwe, *cells]


def write_pages(folder: Path, measured: dict[str, Any]) -> None:
    """A file a rule, and `index.md`."""
    folder.mkdir(parents=True, exist_ok=True)
    rules = catalogue.rules()
    for rule in rules:
        (folder / f"{rule.id}.md").write_text(catalogue.markdown(rule))
    (folder / "index.md").write_text(index(rules, measured))


def main() -> None:
    """Measure, or write the pages."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_subparsers(dest="what", required=True)
    measuring = what.add_parser("measure")
    measuring.add_argument("--out", type=Path, required=True, help="what run.py wrote")
    measuring.add_argument("--bench", type=Path, required=True)
    measuring.add_argument("--confidence", type=float, default=0.7)
    what.add_parser("pages").add_argument("folder", type=Path)
    given = parser.parse_args()
    if given.what == "pages":
        write_pages(given.folder, json.loads(MEASURED.read_text()))
        return
    measured = measure(given.out, Scorer(given.bench), given.confidence)
    MEASURED.write_text(json.dumps(measured, indent=1) + "\n")
    print(f"{MEASURED.name}: {len(measured['rules'])} rules on {len(measured['sets'])} sets")


if __name__ == "__main__":
    main()
