"""Score a tool on a labelled set: audit each program, merge the SARIF, count.

    python benchmarks/accuracy/run.py fix --bench BENCH --data DATA --out OUT

BENCH holds the labels and the scorer; DATA/SET holds `tree` and `cases.jsonl` (`layouts.py fix` lays the fix set out,
BENCH/prepare.py the others). OUT keeps the SARIF of each program until the tool's code changes, `SET.json` with
every row and verdict, `SET.hits.jsonl` with all that each case met (`calibration.py` and `rules_page.py` count it), and
`SET.md` with the table and every case. With `--page` the table also goes into that page.
"""

import argparse
import datetime as dt
import json
import posixpath
import sys
from pathlib import Path

import case_pages
import hits
import pages
from audits import Audit, Tool, audit_all, place_of, tool_named
from merge import Sarif, at_least, merged, spread
from scores import Case, Score, Scorer, as_json, markdown, read_cases

DEPTH = {"fix": 2, "bax": 2, "bax-u70": 2, "creddata": 1, "sven": 1, "safecoder": 1, "cweval": 1, "sallm": 0}
"""How many folders below `tree` a program of the set begins."""


def program_of(path: str, depth: int) -> str:
    """The root of the program that a case's path belongs to, relative to the set's tree."""
    return posixpath.join(*path.split("/")[:depth]) if depth else "."


def with_result(tool: Tool, cases: list[Case], given: argparse.Namespace) -> list[Case]:
    """The cases whose program was audited before, with this code, and of a pair only both or none."""
    tree, cache = given.data / given.set / "tree", given.out / "cache"
    lost = [c for c in cases if not place_of(tool, tree, program_of(c["path"], DEPTH[given.set]), cache).exists()]
    pairs = {case.get("pair", case["id"]) for case in lost}
    kept = [case for case in cases if case.get("pair", case["id"]) not in pairs]
    print(f"gap: {len(cases) - len(kept)} of {len(cases)} cases are left out: not audited yet", file=sys.stderr)
    return kept


def audited(tool: Tool, cases: list[Case], given: argparse.Namespace) -> list[Audit]:
    """Audit every program that has a case; progress and failures go to standard error."""
    programs = {program_of(case["path"], DEPTH[given.set]) for case in cases}
    prefixes = sorted(programs, key=lambda path: path.split("/")[::-1])  # the two sides of a pair share most files
    audits = []
    tree = given.data / given.set / "tree"
    for number, audit in enumerate(audit_all(tool, tree, prefixes, given.out / "cache", given.jobs), start=1):
        audits.append(audit)
        print(f"{number}/{len(prefixes)} {audit.prefix} {audit.seconds:.1f} s {audit.trouble}", file=sys.stderr)
    return audits


def scored(cases: list[Case], sarif: Sarif, scorer: Scorer, kept: Path, given: argparse.Namespace) -> Score:
    """Score by place; where paths say more than places, rows with the path counted follow."""
    tree = given.data / given.set / "tree"
    kept.write_text(json.dumps(sarif))
    score = scorer.score(cases, scorer.findings(kept, tree))
    spread_path = kept.with_suffix(".spread.sarif")
    spread_path.write_text(json.dumps(spread(sarif)))
    by_path = scorer.path_rows(cases, scorer.findings(spread_path, tree))
    counts = {(row.name, row.found, row.alarms) for row in score.rows}
    more = [row for row in by_path if (row.name.split(",")[0], row.found, row.alarms) not in counts]
    return Score((*score.rows, *more), score.verdicts)


def heading(tool: Tool, audits: list[Audit], given: argparse.Namespace) -> str:
    """What was measured, when, with what."""
    failed = [audit.prefix for audit in audits if audit.trouble]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    gap = f" **Gap: {len(failed)} of {len(audits)} programs gave no result.**" if failed else ""
    command = f"python benchmarks/accuracy/run.py {given.set} --tool {tool.name} --confidence {given.confidence}"
    return f"{tool.name} ({tool.version}), {today}, {len(audits)} programs, `{command}`.{gap}"


def write(score: Score, head: str, cases: list[Case], everything: Sarif, given: argparse.Namespace) -> None:
    """Put the score where the command line asks for it; `everything` has the findings that are not sure enough, too."""
    table = f"{head}\n\n{markdown(score.rows)}"
    name = f"{given.set}-{given.tool}"
    (given.out / f"{name}.json").write_text(json.dumps({"head": head, **as_json(score)}, indent=1, default=sorted))
    labels = given.bench / f"{given.set}_dev.jsonl"
    findings = case_pages.results(everything)
    (given.out / f"{name}.md").write_text(f"{table}\n{case_pages.render(cases, score, findings, labels)}")
    if given.page:
        pages.put(given.page, f"accuracy {name}", table)
    print(table)


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("set", choices=sorted(DEPTH))
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tool", default="seatrial")
    parser.add_argument("--confidence", type=float, default=0.7, help="the least confidence a finding must have")
    parser.add_argument("--only", default="", help="only cases whose id or category contains this")
    parser.add_argument("--kept", action="store_true", help="run nothing: score what was audited before")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--page", type=Path)
    return parser.parse_args()


def main() -> None:
    """Audit, merge, score, write."""
    given = arguments()
    given.out.mkdir(parents=True, exist_ok=True)
    given.out, given.data = given.out.resolve(), given.data.resolve()
    tool = tool_named(given.tool)
    cases = read_cases(given.data / given.set / "cases.jsonl")
    cases = [case for case in cases if given.only in case["id"] or given.only == case["category"]]
    cases = with_result(tool, cases, given) if given.kept else cases
    audits = audited(tool, cases, given)
    everything = merged(audits, given.data / given.set / "tree", {case["path"] for case in cases})
    sure = at_least(everything, given.confidence)
    scorer, kept = Scorer(given.bench), given.out / f"{given.set}-{tool.name}.sarif"
    score = scored(cases, sure, scorer, kept, given)
    all_met = hits.met(cases, everything, scorer, given.data / given.set / "tree", kept.with_suffix(".all.sarif"))
    hits.write(kept.with_suffix(hits.SUFFIX), all_met)
    write(score, heading(tool, audits, given), cases, everything, given)


if __name__ == "__main__":
    main()
