"""Hold stated confidence against the labels: of the findings that say 0.8, how many are true?

    python benchmarks/accuracy/calibration.py --out OUT [--page docs/benchmarks.md]

Counts the findings of a labelled case's own category on its lines, as `run.py` kept them: true on a case that has the
fault, false on one that has not. What falls elsewhere has no label and is not counted.
"""

import argparse
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import hits
import pages
from hits import Met

EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9)
"""Where the bins begin; the last ends with 1."""

ENOUGH = 30
"""Findings that a bin needs before it is judged: with fewer, chance alone moves the share by a fifth."""

OFF = 0.15
"""How far the share may lie from the mean stated confidence before the page says so."""


@dataclass(frozen=True)
class Told:
    """One finding on labelled lines: what it says of itself, and whether the fault is there."""

    confidence: float
    true: bool


@dataclass(frozen=True)
class Bin:
    """The findings with a confidence from `low` up to, but not including, `high`."""

    low: float
    high: float
    told: tuple[Told, ...]

    @property
    def true(self) -> int:
        """Findings on a case that has the fault."""
        return sum(one.true for one in self.told)

    @property
    def share(self) -> float:
        """True among all; 0 where there is none."""
        return self.true / len(self.told) if self.told else 0.0

    @property
    def stated(self) -> float:
        """Mean confidence; 0 where there is none."""
        return sum(one.confidence for one in self.told) / len(self.told) if self.told else 0.0

    @property
    def off(self) -> bool:
        """Whether the share is plainly not what was stated."""
        return len(self.told) >= ENOUGH and abs(self.share - self.stated) > OFF


def told_on(cases: Iterable[Met]) -> list[Told]:
    """Every finding that the cases met."""
    return [Told(confidence, case.fault) for case in cases for _, confidence in case.hits]


def binned(told: list[Told]) -> list[Bin]:
    """The bins in order, empty ones too."""
    ends = (*EDGES[1:], 1.01)  # a confidence of 1 belongs into the last
    return [
        Bin(low, high, tuple(one for one in told if low <= one.confidence < high))
        for low, high in zip(EDGES, ends, strict=True)
    ]


def table(cases: list[Met]) -> str:
    """A line a bin: all cases, then those in pairs of before and after alone."""
    head = ["confidence", "stated, mean", "findings", "true", "false", "share true", "in pairs: findings", "share true"]
    pairs = binned(told_on(case for case in cases if case.paired))
    lines = [head, ["---"] + ["---:"] * (len(head) - 1)]
    lines += [_cells(*both) for both in zip(binned(told_on(cases)), pairs, strict=True)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _cells(whole: Bin, paired: Bin) -> list[str]:
    count = len(whole.told)
    name = f"{whole.low:.1f} to {min(whole.high, 1):.1f}"
    counts = [str(count), str(whole.true), str(count - whole.true)]
    return [name, _share(whole, whole.stated), *counts, _share(whole, whole.share), *_paired(paired)]


def _paired(bin_: Bin) -> list[str]:
    return [str(len(bin_.told)), _share(bin_, bin_.share)]


def _share(bin_: Bin, value: float) -> str:
    return f"{value:.2f}" if bin_.told else "-"


def verdicts(cases: list[Met]) -> str:
    """A sentence for each bin that is plainly off, or one that none is."""
    said = [
        f"**Off: {bin_.low:.1f} to {min(bin_.high, 1):.1f}** states {bin_.stated:.2f} and is true {bin_.share:.2f}"
        f" of {len(bin_.told)} times{_worst(cases, bin_)}."
        for bin_ in binned(told_on(cases))
        if bin_.off
    ]
    return " ".join(said) or f"No bin of {ENOUGH} findings or more is off by more than {OFF}."


def _worst(cases: list[Met], bin_: Bin) -> str:
    """The rules with the most false findings in a bin that states too much; nothing where it states too little."""
    if bin_.share > bin_.stated:
        return ""
    false: dict[str, int] = {}
    for case in cases:
        for rule, confidence in case.hits:
            if not case.fault and bin_.low <= confidence < bin_.high:
                false[rule] = false.get(rule, 0) + 1
    most = sorted(false.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    return f" (false most often: {', '.join(f'`{rule}` {count}' for rule, count in most)})" if most else ""


def heading(sets: dict[str, list[Met]]) -> str:
    """What was counted, when, and how common faults are among the cases."""
    today = dt.datetime.now(dt.UTC).date().isoformat()
    cases = [case for rows in sets.values() for case in rows]
    faulty = sum(case.fault for case in cases)
    return (
        f"{today}, `python benchmarks/accuracy/calibration.py --out OUT`: {', '.join(sets)};"
        f" {len(cases)} cases, {faulty} of them ({faulty / max(len(cases), 1):.2f}) have the fault."
    )


def main() -> None:
    """Print the table, and put it into the page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--tool", default="seatrial")
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    sets = hits.read(given.out, given.tool)
    cases = [case for rows in sets.values() for case in rows]
    text = f"{heading(sets)}\n\n{table(cases)}\n{verdicts(cases)}"
    if given.page:
        pages.put(given.page, "accuracy calibration", text)
    print(text)


if __name__ == "__main__":
    main()
