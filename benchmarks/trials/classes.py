"""Whether the class of growth is told right with five sizes, and in how long.

python benchmarks/trials/classes.py --runs 3    # of the library of our tests, whose classes are known
python benchmarks/trials/classes.py TREE        # of any program that starts without a question: to be read
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from speed import PROGRAMS, benched, used

from seatrial.app.settings import AppSettings
from seatrial.app.starting import Start, running
from seatrial.trials.bench import Bench
from seatrial.trials.scaling import Scaled, scaled
from seatrial.trials.statistics import growth

SIZES = (1_000, 3_000, 10_000, 30_000, 100_000)
DECADES = (10, 100, 1_000, 10_000, 100_000)
SMALL = (10, 30, 100, 300, 1_000)
"""For what squares: a request that reads 200,000 blocks at 1,000 rows is not made at 10,000."""
KNOWN = {
    "GET /newest": "1",
    "GET /books/{code}": "log n",
    "GET /all": "n",
    "GET /found": "n",
    "GET /books/{book_id}/loans": "n",
    "GET /shelf-marks": "n log n",
    "GET /reviewed": "n²",
}
"""The class of each operation of the library."""


def told(found: Sequence[Scaled], known: dict[str, str]) -> Iterator[str]:
    """Each operation with its class and counts, as rows of others grow; ! where that is another than is known."""
    for one in found:
        made = growth(one.sizes, one.work)
        name = made.name if made else "not told"
        mark = " " if name == known.get(one.operation, name) else "!"
        yield f"{mark} {one.operation}: {name}, {'/'.join(map(str, one.work))} at {'/'.join(map(str, one.sizes))}"


def measured(bench: Bench, known: dict[str, str], budget: float) -> None:
    """Prints the class of each operation at five sizes, and what it took."""
    began, busy = time.monotonic(), used()
    found = [one for one in scaled(bench, budget, DECADES if known else SIZES) if not one.shared]
    if known:
        found = [one for one in found if known[one.operation] != "n²"]
        squared = (one for one in scaled(bench, budget, SMALL) if not one.shared)
        found += [one for one in squared if known[one.operation] == "n²"]
    took, busy = time.monotonic() - began, used() - busy
    lines = list(told(found, known))
    print(f"{took:.1f} s, {busy:.1f} s of a processor, load {os.getloadavg()[0]:.0f}:", *lines, sep="\n", flush=True)


def library() -> AbstractContextManager[Bench]:
    """The library of our tests with all its faults, running."""
    env = {"PYTHONPATH": str(PROGRAMS), "FAULTS": "index,square,search,all"}
    return benched(PROGRAMS / "library", sys.executable, env, "library:app")


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path, nargs="?")
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--budget", type=float, default=60.0)
    arguments = parser.parse_args()
    for _ in range(arguments.runs):
        if arguments.tree:
            with running(arguments.tree, AppSettings(), Start()) as (application, started):
                measured(Bench(application, started), {}, arguments.budget)
        else:
            with library() as bench:
                measured(bench, KNOWN, arguments.budget)


if __name__ == "__main__":
    main()
