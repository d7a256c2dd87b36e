"""What each labelled case met: the findings of its own category on its lines, sure or not. Kept as JSON lines."""

import collections
import json
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from merge import Sarif, confidence_of
from scores import Case, Hit, Scorer

SUFFIX = ".hits.jsonl"


@dataclass(frozen=True)
class Met:
    """A labelled case; `fault` is its label, `hits` the rule and confidence of each finding that speaks of it."""

    id: str
    category: str
    cwe: tuple[int, ...]
    fault: bool
    paired: bool
    hits: tuple[tuple[str, float], ...]

    def confidence(self, rule: str) -> float:
        """Of the surest finding of this rule, 0 where there is none."""
        return max((confidence for name, confidence in self.hits if name == rule), default=0.0)


def met(cases: Iterable[Case], everything: Sarif, scorer: Scorer, tree: Path, scratch: Path) -> Iterator[Met]:
    """Each case with what it met in the document, findings below every threshold too; the shared scorer decides."""
    scratch.write_text(json.dumps(everything))
    findings = scorer.findings(scratch, tree)
    scratch.unlink()
    by_file: dict[str, list[tuple[Hit, float]]] = collections.defaultdict(list)
    for finding, confidence in zip(findings, _confidences(everything), strict=True):
        by_file[finding["path"]].append((finding, confidence))
    for case in cases:
        near = by_file[posixpath.normpath(case["path"])]
        told = tuple((finding["rule"], confidence) for finding, confidence in near if scorer.speaks_of(finding, case))
        cwe = tuple(case.get("cwe") or ())
        yield Met(case["id"], case["category"], cwe, bool(case["label"]), bool(case.get("pair")), told)


def _confidences(sarif: Sarif) -> list[float]:
    """In the order of `Scorer.findings`, which leaves out results without a place."""
    results = (result for run in sarif["runs"] for result in run["results"])
    return [confidence_of(result) for result in results if result.get("locations")]


def write(path: Path, rows: Iterable[Met]) -> None:
    """One case a line."""
    path.write_text("".join(json.dumps(asdict(row)) + "\n" for row in rows))


def read(out: Path, tool: str) -> dict[str, list[Met]]:
    """The cases of every set that `run.py` scored the tool on, by the set's name."""
    ending = f"-{tool}{SUFFIX}"
    return {path.name.removesuffix(ending): _rows(path) for path in sorted(out.glob(f"*{ending}"))}


def _rows(path: Path) -> list[Met]:
    return [_met(json.loads(line)) for line in path.read_text().splitlines()]


def _met(raw: dict[str, object]) -> Met:
    return Met(**{**raw, "cwe": tuple(raw["cwe"]), "hits": tuple((rule, sure) for rule, sure in raw["hits"])})
