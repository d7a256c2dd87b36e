"""How often each trial proves what is sound, and misses what is not, while another process keeps a processor busy.

    python benchmarks/trials/rates.py --runs 30 --minutes 5 --out rates.json --page docs/trials.md

A run is one trial of one program. Each operation (or pair of functions) of a program is a case of its own: proven or
not, rightly or not. Runs that do not fit in the time are left out, and their number is in the table. With `--runs 0`
nothing is run, and the table is written anew.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from suites import SUITES, Suite, pairs, subject

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Launch, launched
from seatrial.trials import access
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "tests" / "trials" / "programs"
BEGIN, END = "<!-- rates -->", "<!-- /rates -->"
Z = 1.96


@contextmanager
def noise() -> Iterator[None]:
    """A process that does nothing, as fast as it can."""
    with subprocess.Popen([sys.executable, "-c", "while True: pass"]) as busy:
        try:
            yield
        finally:
            busy.kill()


@contextmanager
def benched(suite: Suite, faults: str, seed: int) -> Iterator[Bench]:
    """The program with these faults, running."""
    env = {"FAULTS": faults, "PYTHONPATH": str(PROGRAMS)}
    with TemporaryDirectory() as aside:
        target = f"{suite.program}:app"
        launch = Launch(root=PROGRAMS / suite.program, aside=Path(aside), target=target, python=sys.executable, env=env)
        with launched(launch) as (application, started):
            bench = Bench(application, started, seed)
            bench.pairs = pairs(suite)
            yield bench


def run(suite: Suite, faults: str, seed: int) -> dict[str, int]:
    """One run: how many cases there were of each kind, and how many of them went wrong."""
    expected = set(suite.proven) if faults or suite.pairs else set[str]()
    with benched(suite, faults, seed) as bench:
        if suite.claims is not access.claims:
            bench.vary()
        found = [one for one in suite.claims(bench) if isinstance(one, Claim) and one.outcome is Outcome.PROVEN]
        cases = len(bench.pairs) or len(bench.operations)
    reasons = {subject(one, expected): one.reason for one in found}
    proven = set(reasons)
    for what in sorted(proven - expected):
        print(f"  false: {what}: {reasons[what]}", flush=True)
    for what in sorted(expected - proven):
        print(f"  missed: {what}", flush=True)
    return {
        "sound": cases - len(expected),
        "false": len(proven - expected),
        "faulty": len(expected),
        "missed": len(expected - proven),
    }


def measured(name: str, runs: int, seconds: float) -> dict[str, float]:
    """All runs of a trial, faulty and sound in turn, as far as there is time."""
    suite, until = SUITES[name], time.monotonic() + seconds
    total = dict.fromkeys(("sound", "false", "faulty", "missed", "faulty_runs", "sound_runs"), 0)
    began = time.monotonic()
    for number in range(runs):
        for faults in dict.fromkeys((suite.faults, "")):
            if time.monotonic() < until:
                for key, value in run(suite, faults, number).items():
                    total[key] += value
                total["faulty_runs" if faults or suite.pairs else "sound_runs"] += 1
    return {**total, "seconds": round(time.monotonic() - began, 1)}


def interval(wrong: int, cases: int) -> tuple[float, float]:
    """The 95 % interval of a share, in percent. Source: Wilson (1927), JASA 22, 209-212."""
    if not cases:
        return 0.0, 100.0
    share = wrong / cases
    middle = share + Z * Z / (2 * cases)
    spread = Z * math.sqrt(share * (1 - share) / cases + Z * Z / (4 * cases * cases))
    low, high = ((middle - spread) / (1 + Z * Z / cases), (middle + spread) / (1 + Z * Z / cases))
    return max(0.0, 100 * low), min(100.0, 100 * high)


def table(results: Mapping[str, Mapping[str, Any]], when: str) -> Iterator[str]:
    """The results as Markdown."""
    yield when
    yield ""
    yield "| trial | commit | runs, faulty and sound | sound cases | proven falsely | faulty cases | missed |"
    yield "|---|---|---|---|---|---|---|"
    for name, one in results.items():
        runs = f"{one['faulty_runs']} + {one['sound_runs']}"
        false, missed = (_rate(one[a], one[b]) for a, b in (("false", "sound"), ("missed", "faulty")))
        yield f"| `{name}` | {one['commit']} | {runs} | {one['sound']} | {false} | {one['faulty']} | {missed} |"


def _rate(wrong: int, cases: int) -> str:
    low, high = interval(wrong, cases)
    share = 100 * wrong / cases if cases else 0
    return f"{wrong}: {share:.1f} % ({low:.1f} to {high:.1f})"


def commit() -> str:
    """What is measured."""
    command = ["git", "rev-parse", "--short=7", "HEAD"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()


def said() -> str:
    """When and where."""
    load = f"load {os.getloadavg()[2]:.0f} on {os.cpu_count()} processors, shared with others"
    return f"Measured {time.strftime('%Y-%m-%d')}, Python {platform.python_version()}, {load}."


def main() -> None:
    """Measures the trials that are named, all if none is, and writes the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="*", default=[])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--page", type=Path)
    arguments = parser.parse_args()
    known = json.loads(arguments.out.read_text()) if arguments.out.exists() else {"trials": {}}
    with noise():
        for name in (arguments.trials or SUITES) if arguments.runs else ():
            print(name, flush=True)
            known["trials"][name] = {"commit": commit(), **measured(name, arguments.runs, arguments.minutes * 60)}
            known["said"] = said()
            print(known["trials"][name], flush=True)
            arguments.out.write_text(json.dumps(known, indent=2) + "\n")
    if arguments.page:
        written(arguments.page, known["trials"], known["said"])


def written(page: Path, results: Mapping[str, Mapping[str, Any]], when: str) -> None:
    """Puts the table between the marks of a page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    ordered = {name: results[name] for name in SUITES if name in results}
    page.write_text(before + "\n".join((BEGIN, *table(ordered, when), END)) + after)


if __name__ == "__main__":
    main()
