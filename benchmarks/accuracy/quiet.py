"""How much a tool says about well-kept code: findings per 1,000 lines that are not tests, rule by rule.

    python benchmarks/accuracy/quiet.py TREE... --out OUT [--sample 40]

OUT/NAME.txt lists every reported finding of a tree with its code line and path; OUT/sample.txt a random draw over all
trees to be read by hand; OUT/quiet.md the table. With `--page` the table also goes into that page.
"""

import argparse
import collections
import datetime as dt
import json
import random
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import pages
from audits import Audit, Tool, audit_all, tool_named
from case_pages import Result, result_of
from merge import confidence_of, rerooted

TEST = re.compile(r"(^|/)(tests?|testing|fixtures)/|(^|/)(test_[^/]*|[^/]*_test|conftest|tests)\.py$")
"""Paths of test code, by the usual conventions; ours alone, so that every tool is measured with the same lines."""


@dataclass(frozen=True)
class Quiet:
    """What a tool says about one tree. `lines` are those of its Python files that are not tests."""

    name: str
    trees: Path
    """The folder that holds the tree: the results' paths start there."""
    lines: int
    results: tuple[Result, ...]
    trouble: str

    @property
    def density(self) -> float:
        """Findings per 1,000 lines."""
        return 1000 * len(self.results) / max(self.lines, 1)


def lines_of(root: Path) -> int:
    """Lines of the Python files below `root` that are not tests."""
    files = (path for path in root.rglob("*.py") if not TEST.search(path.relative_to(root).as_posix()))
    return sum(path.read_bytes().count(b"\n") for path in files if path.is_file())


def measured(audit: Audit, trees: Path, confidence: float) -> Quiet:
    """An audit as reported at this confidence: its findings, those that lie in tests too."""
    runs = rerooted(json.loads(audit.sarif.read_text()), audit.prefix, trees) if audit.sarif else []
    results = [result_of(item) for run in runs for item in run["results"] if confidence_of(item) >= confidence]
    ordered = sorted(results, key=lambda result: (result.rule, result.path, result.line))
    return Quiet(audit.prefix, trees, lines_of(trees / audit.prefix), tuple(ordered), audit.trouble)


def told(root: Path, result: Result) -> str:
    """A finding with its code line and the steps that lead to it."""
    head = f"{result.rule} ({result.confidence:.2f}) {result.path}:{result.line}\n    {result.message}\n"
    steps = [f"      via {path}:{line}  {code_at(root, path, line)}\n" for path, line in result.touched[1:]]
    return f"{head}    > {code_at(root, result.path, result.line)}\n{''.join(steps[:7])}"


def code_at(root: Path, path: str, line: int) -> str:
    """The stripped source line, empty where there is none."""
    file = root / path
    lines = file.read_text(errors="replace").splitlines() if file.is_file() else []
    return lines[line - 1].strip() if 0 < line <= len(lines) else ""


def table(measures: list[Quiet]) -> str:
    """Rules against trees: counts, and the density below."""
    counts = [collections.Counter(result.rule for result in measure.results) for measure in measures]
    lines = [["rule", *(measure.name for measure in measures)], ["---"] + ["---:"] * len(measures)]
    rules = sorted({rule for count in counts for rule in count})
    lines += [[rule, *(str(count[rule]) for count in counts)] for rule in rules]
    lines.append(["all", *(str(len(measure.results)) for measure in measures)])
    lines.append(["lines that are not tests", *(str(measure.lines) for measure in measures)])
    lines.append(["**per 1,000 lines**", *(f"**{measure.density:.2f}**" for measure in measures)])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def sample(measures: list[Quiet], size: int, seed: int) -> str:
    """A random draw of findings over all trees, to be judged by a reader of the code."""
    every = [(measure, result) for measure in measures for result in measure.results]
    drawn = random.Random(seed).sample(every, min(size, len(every)))  # noqa: S311 - a draw, not a secret
    return "\n".join(f"[{measure.name}] {told(measure.trees, result)}" for measure, result in drawn)


def heading(tool: Tool, given: argparse.Namespace) -> str:
    """What was measured, when, with what."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    return f"{tool.name} ({tool.version}), {today}, findings with confidence {given.confidence} or more."


def write(measures: list[Quiet], head: str, given: argparse.Namespace) -> None:
    """The lists, the sample and the table."""
    for measure in measures:
        told_all = "\n".join(told(measure.trees, result) for result in measure.results)
        (given.out / f"{measure.name}.txt").write_text(told_all or measure.trouble or "nothing is reported\n")
        if measure.trouble:
            print(f"gap: {measure.name}: {measure.trouble}", file=sys.stderr)
    (given.out / "sample.txt").write_text(sample(measures, given.sample, given.seed))
    text = f"{head}\n\n{table([measure for measure in measures if not measure.trouble])}"
    (given.out / "quiet.md").write_text(text)
    if given.page:
        pages.put(given.page, f"quiet {given.tool}", text)
    print(text)


def main() -> None:
    """Audit the trees and say how much is said."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trees", type=Path, nargs="+", help="folders of one parent, each a program")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tool", default="seatrial")
    parser.add_argument("--confidence", type=float, default=0.7)
    parser.add_argument("--sample", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    tool, parent = tool_named(given.tool), given.trees[0].resolve().parent
    audits = audit_all(tool, parent, [tree.name for tree in given.trees], given.out.resolve() / "cache", jobs=1)
    write([measured(audit, parent, given.confidence) for audit in audits], heading(tool, given), given)


if __name__ == "__main__":
    main()
