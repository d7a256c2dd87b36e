"""A line a case: found, missed, cleared or false, with what was said nearby, so that causes can be studied."""

import collections
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merge import Sarif, confidence_of, places_of
from scores import Case, Score


@dataclass(frozen=True)
class Result:
    """A finding reduced to what a reader of the case needs. `touched` are all its places, the path's included."""

    rule: str
    message: str
    confidence: float
    path: str
    line: int
    touched: tuple[tuple[str, int], ...]


def results(sarif: Sarif) -> dict[str, list[Result]]:
    """The results of a merged document, each under every file that it touches."""
    by_file: dict[str, list[Result]] = collections.defaultdict(list)
    for run in sarif["runs"]:
        for raw in run["results"]:
            result = result_of(raw)
            for path in {place[0] for place in result.touched}:
                by_file[path].append(result)
    return by_file


def result_of(raw: dict[str, Any]) -> Result:
    """One SARIF result; its place is the first, `touched` has the places of its path too."""
    places = list(places_of(raw))
    path, line = places[0] if places else ("", 0)
    return Result(raw["ruleId"], raw["message"]["text"], confidence_of(raw), path, line, tuple(dict.fromkeys(places)))


def render(cases: list[Case], score: Score, findings: dict[str, list[Result]], labels: Path) -> str:
    """The cases, by category: verdict, place, the label's reason, and the findings in or near the place."""
    why = _reasons(labels)
    lines: list[str] = []
    for case in sorted(cases, key=lambda case: (case["category"], case["id"])):
        verdict = _verdict(case, score)
        place = f"{case['path']}:{case.get('start', '')}-{case.get('end', '')}"
        lines.append(f"### {case['category']} {verdict}: {case['id']} ({case.get('locality', '')})\n\n{place}")
        lines.append(why.get(case.get("pair", ""), ""))
        lines += [f"- {told}" for told in _nearby(case, findings)]
        lines.append("")
    return "## Cases\n\n" + "\n".join(lines)


def _reasons(labels: Path) -> dict[str, str]:
    if not labels.exists():
        return {}
    rows = (json.loads(line) for line in labels.read_text().splitlines())
    return {row["id"]: f"{row['function']}: {row['why']} ({row['confidence']})" for row in rows}


def _verdict(case: Case, score: Score) -> str:
    hit = score.verdicts[case["id"]]
    if case["label"]:
        return f"FOUND by {hit['rule']} line {hit['line']}" if hit else "MISSED"
    return f"FALSE by {hit['rule']} line {hit['line']}" if hit else "silent"


def _nearby(case: Case, findings: dict[str, list[Result]]) -> list[str]:
    """What was said with its place or path in the case's lines (all of the file where the case has no lines)."""
    first, last = case.get("start") or 0, case.get("end") or 10**9
    told = []
    for result in findings.get(case["path"], []):
        lines = [line for path, line in result.touched if path == case["path"] and first <= line <= last]
        if lines:
            told.append(f"{result.rule} ({result.confidence:.2f}) at {result.path}:{result.line}: {result.message}")
    return told[:8]
