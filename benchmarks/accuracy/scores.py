"""Score findings against labelled cases with the shared scorer, and set the rows out as tables."""

import importlib
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

Case = dict[str, Any]
Hit = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """The score of a group of cases. `pairs_cleared` counts pairs found before the fix and silent after it."""

    name: str
    true: int
    found: int
    false: int
    alarms: int
    pairs: int
    pairs_cleared: int

    @property
    def tpr(self) -> float | None:
        """Found among the true cases."""
        return self.found / self.true if self.true else None

    @property
    def fpr(self) -> float | None:
        """Flagged among the false cases."""
        return self.alarms / self.false if self.false else None

    def cells(self) -> list[str]:
        """The row as it stands in the table."""
        pairs = f"{self.pairs_cleared}/{self.pairs}" if self.pairs else "-"
        counts = [f"{self.found}/{self.true}", f"{self.alarms}/{self.false}"]
        return [self.name, counts[0], ratio(self.tpr), counts[1], ratio(self.fpr), pairs, ratio(self.youden)]

    @property
    def precision(self) -> float | None:
        """True among the flagged cases."""
        return self.found / (self.found + self.alarms) if self.found + self.alarms else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and true positive rate."""
        return 2 * self.found / (self.found + self.alarms + self.true) if self.true else None

    @property
    def youden(self) -> float | None:
        """True positive rate less false positive rate."""
        return None if self.tpr is None or self.fpr is None else self.tpr - self.fpr


@dataclass(frozen=True)
class Score:
    """All rows of a set, and for each case id the finding that hit it (None: silent)."""

    rows: tuple[Row, ...]
    verdicts: dict[str, Hit | None]


class Scorer:
    """The shared scorer of the bench folder: it owns the categories and what counts as a hit."""

    def __init__(self, bench: Path) -> None:
        sys.path.insert(0, str(bench))
        self._score: Callable[..., Any] = importlib.import_module("score").score
        reader = importlib.import_module("sarif")
        self._read: Callable[..., list[Hit]] = reader.read
        self._families: Callable[[], dict[int, set[str]]] = reader.families

    def findings(self, sarif: Path, tree: Path) -> list[Hit]:
        """The findings of a SARIF file with their CWEs and categories."""
        return self._read(str(sarif), str(tree))

    def score(self, cases: list[Case], findings: list[Hit]) -> Score:
        """Rows for all cases, each category, each locality, and the labels that are sure."""
        rows = [self._row(name, group, findings) for name, group in groups(cases)]
        return Score(tuple(rows), self._score(cases, findings)[2])

    def speaks_of(self, finding: Hit, case: Case) -> bool:
        """Whether this finding alone flags the case."""
        return bool(self._score([case], [finding])[2][case["id"]])

    def categories(self, cwe: Iterable[int]) -> set[str]:
        """The categories that these weaknesses belong to."""
        families = self._families()
        return {category for number in cwe for category in families.get(number, ())}

    def path_rows(self, cases: list[Case], spread_findings: list[Hit]) -> list[Row]:
        """All cases and each category, when a finding's path counts as well as its place (a cycle has no one place)."""
        named, categories = groups(cases), _by(cases, "category")
        kept = [(name, group) for name, group in named if name == "all" or name in categories]
        return [self._row(f"{name}, path counted", group, spread_findings) for name, group in kept]

    def _row(self, name: str, cases: list[Case], findings: list[Hit]) -> Row:
        counted = self._score(cases, findings)[0]["ALL"]
        true, false = counted["tp"] + counted["fn"], counted["fp"] + counted["tn"]
        pairs, cleared = counted.get("pairs", 0), counted.get("pairs_ok", 0)
        return Row(name, true, counted["tp"], false, counted["fp"], pairs, cleared)


def groups(cases: list[Case]) -> list[tuple[str, list[Case]]]:
    """The rows' names and the cases that belong to each."""
    named = [("all", cases)]
    named += _by(cases, "category").items()
    named += [(f"locality: {place}", group) for place, group in _by(cases, "locality").items()]
    sure = [case for case in cases if case.get("confidence", 0) >= 0.8]
    named += [("label confidence >= 0.8", sure), ("  of these, local", _by(sure, "locality").get("local", []))]
    return [(name, group) for name, group in named if group]


def _by(cases: list[Case], key: str) -> dict[str, list[Case]]:
    """The cases that have the key, by its value, sorted."""
    found: dict[str, list[Case]] = {}
    for case in cases:
        if key in case:
            found.setdefault(case[key], []).append(case)
    return dict(sorted(found.items()))


def read_cases(path: Path) -> list[Case]:
    """The labelled cases of a set, one JSON object a line."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]


def markdown(rows: Iterable[Row]) -> str:
    """The rows as a Markdown table."""
    head = ["group", "found", "TPR", "false alarms", "FPR", "pairs", "Youden"]
    lines = [head, ["---"] + ["---:"] * 6, *(row.cells() for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def as_json(score: Score) -> dict[str, Any]:
    """Rows and verdicts for a machine."""
    return {"rows": [asdict(row) for row in score.rows], "verdicts": score.verdicts}


def ratio(value: float | None) -> str:
    """Three digits, or a dash where there is nothing to divide by."""
    return "-" if value is None else f"{value:.3f}"
