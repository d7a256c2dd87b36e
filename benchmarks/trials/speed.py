"""What trials cost: seconds of the schedule explorer, odd values a second, and the probe's share of the processor.

python benchmarks/trials/speed.py examples/shop --python VENV/bin/python
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from seatrial.sandbox import Answer, Call, Launch, Postgres, launched
from seatrial.trials import edge
from seatrial.trials.actors import ANONYMOUS
from seatrial.trials.bench import Bench
from seatrial.trials.schedules import schedules

REQUESTS = 300
PROGRAMS = Path(__file__).parents[2] / "tests" / "trials" / "programs"


def explorer() -> str:
    """How long it takes to run every schedule of a long request beside itself."""
    with benched(Path(__file__).with_name("long"), sys.executable, {"PYTHONPATH": str(PROGRAMS)}, "long:app") as bench:
        assert isinstance(bench.database, Postgres)
        call = bench.filling.accepted(bench.operations[0], ANONYMOUS)
        assert call is not None
        seen = bench.application.call(call).seen
        began = time.monotonic()
        with schedules(bench, bench.database, bench.states.without(())) as explored:
            result = explored.explore(call, call)
        seconds = time.monotonic() - began
    statements, tried = len(seen.statements) if seen else 0, result.schedules if result else 0
    return f"explorer: {statements} statements, {tried} schedules: {seconds:.1f} s"


def odd_values(bench: Bench, seconds: float = 30.0) -> str:
    """Odd values a second: those of the whole program, over and over for so long."""
    asked = 0
    plain = bench.application.call

    def counted(call: Call, *, watched: bool = True) -> Answer:
        nonlocal asked
        asked += 1
        if time.monotonic() > until:
            raise TimeoutError
        return plain(call, watched=watched)

    bench.application.call = counted  # type: ignore[method-assign] # to count, here alone
    began, busy = time.monotonic(), used()
    until = began + seconds
    try:
        while True:
            list(edge.run(bench))
    except TimeoutError:
        asked -= 1
    finally:
        bench.application.call = plain  # type: ignore[method-assign] # as above
    took, busy = time.monotonic() - began, used() - busy
    kind = bench.database.kind if bench.database else "no database"
    told = f"{asked} requests in {took:.1f} s: {asked / took:.0f}/s, {asked / busy:.0f} a processor second"
    return f"odd values, {kind}: {told}, which it got {busy / took:.2f} of a second"


def used() -> float:
    """Processor seconds of this process and of all that it started: the workers, and the database's server."""
    parents = {int(told.parent.name): int(_fields(told)[1]) for told in Path("/proc").glob("[0-9]*/stat")}
    ours = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in ours} - ours:
        ours |= more
    return spent(sorted(ours), ended=2)


def probe(bench: Bench) -> str:
    """Processor time of the workers for the reading request with most statements, watched and not."""
    calls = [call for _, call in bench.reads()]
    counts = {call.path: len(seen.statements) for call in calls if (seen := bench.application.call(call).seen)}
    call = max(calls, key=lambda one: counts.get(one.path, 0))
    spent = {watched: [processor(bench, call, watched=watched) for _ in range(3)] for watched in (True, False)}
    most, least = min(spent[True]), min(spent[False])
    share = 100 * (most - least) / least
    return (
        f"probe: {call.path}, {counts[call.path]} statements: {most:.2f} ms watched, {least:.2f} ms not: {share:.0f} %"
    )


def processor(bench: Bench, call: Call, *, watched: bool) -> float:
    """Milliseconds of the workers for one request."""
    before = spent(bench.application.workers.pids)
    for _ in range(REQUESTS):
        bench.application.call(call, watched=watched)
    return (spent(bench.application.workers.pids) - before) / REQUESTS * 1000


def spent(pids: Sequence[int], ended: int = 0) -> float:
    """Processor seconds of the processes; with 2 as `ended` also of their children that ended."""
    fields = [_fields(Path(f"/proc/{pid}/stat")) for pid in pids]
    return sum(int(field) for one in fields for field in one[11 : 13 + ended]) / os.sysconf("SC_CLK_TCK")


def _fields(stat: Path) -> Sequence[str]:
    """What the kernel tells of a process behind its name (proc(5)); zeros if it has ended."""
    try:
        return stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ["0"] * 15


@contextmanager
def benched(root: Path, python: str, env: Mapping[str, str], target: str = "") -> Iterator[Bench]:
    """The program at a place, running."""
    with TemporaryDirectory() as aside:
        launch = Launch(root=root, aside=Path(aside), python=python, env=env, target=target)
        with launched(launch) as (application, started):
            yield Bench(application, started)


def main() -> None:
    """Measures, and prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", type=Path)
    parser.add_argument("--python", default="")
    arguments = parser.parse_args()
    print(explorer(), flush=True)
    with benched(arguments.tree, arguments.python, {}) as bench:
        print(probe(bench), flush=True)
        print(odd_values(bench), flush=True)
    with benched(PROGRAMS / "bank", sys.executable, {"PYTHONPATH": str(PROGRAMS)}, "bank:app") as bench:
        print(odd_values(bench), flush=True)
    print(f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors")


if __name__ == "__main__":
    main()
