"""What a command costs: CPU seconds and peak memory of the process and all its children.

CPU seconds come from `os.wait4` (user + system, children that were waited for included). Peak memory is the highest sum
of proportional set sizes over the process's session, sampled every 0.1 s, and at least the largest single process that
`os.wait4` reports. Linux only.
"""

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from seatrial.sandbox.strain import used

SAMPLE_SECONDS = 0.1
CUT = "cut off at the time limit"


@dataclass(frozen=True)
class Cost:
    """CPU seconds, wall seconds and peak megabytes of one run; `trouble` says why a run does not count."""

    cpu: float
    wall: float
    megabytes: float
    trouble: str = ""


@dataclass(frozen=True)
class Command:
    """What to run and where; `good_exits` are the exit codes that mean that the work was done."""

    arguments: Sequence[str]
    folder: Path
    environment: dict[str, str]
    good_exits: frozenset[int] = frozenset({0, 1})


def measure(command: Command, limit_seconds: float) -> Cost:
    """Run once. A run that takes longer than the limit is killed and counted until then."""
    started = time.monotonic()
    errors = command.folder / ".stderr"
    with errors.open("wb") as sink:
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env=command.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=sink,
            start_new_session=True,
        )
    watch = _Watch(process.pid, started + limit_seconds)
    watch.start()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    watch.done.set()
    watch.join()
    cost = Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - started, max(watch.peak, usage.ru_maxrss / 1024))
    trouble = _trouble(process.returncode, command, errors, cut=watch.cut)
    return Cost(cost.cpu + watch.lost_cpu, cost.wall, cost.megabytes, trouble)


def _trouble(code: int, command: Command, errors: Path, *, cut: bool) -> str:
    if cut:
        return CUT
    said = errors.read_text(errors="replace").strip().splitlines()
    return "" if code in command.good_exits else f"exit {code}: {' '.join(said[-3:])[:300]}"


class _Watch(threading.Thread):
    """Samples the memory of a session and ends it at a deadline."""

    def __init__(self, session: int, deadline: float) -> None:
        super().__init__(daemon=True)
        self.session, self.deadline = session, deadline
        self.done = threading.Event()
        self.peak, self.lost_cpu, self.cut = 0.0, 0.0, False

    def run(self) -> None:
        while not self.done.wait(SAMPLE_SECONDS):
            members = _members(self.session)
            self.peak = max(self.peak, sum(_megabytes(pid) for pid in members))
            if time.monotonic() > self.deadline and not self.cut:
                self.cut = True
                self.lost_cpu = sum(used(pid) for pid in members if pid != self.session)
                os.killpg(self.session, 9)


def _members(session: int) -> list[int]:
    pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    return [pid for pid in pids if _session_of(pid) == session]


def _session_of(pid: int) -> int:
    try:
        return os.getsid(pid)
    except ProcessLookupError:
        return 0


def _megabytes(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended between the listing and the reading
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def median(runs: int, prepared: Callable[[], Command], limit_seconds: float) -> Cost:
    """The medians of several runs, each with a freshly prepared command; a run with trouble ends the series."""
    costs: list[Cost] = []
    for _ in range(runs):
        costs.append(measure(prepared(), limit_seconds))
        if costs[-1].trouble:
            return costs[-1]
    middle = [statistics.median(values) for values in zip(*((c.cpu, c.wall, c.megabytes) for c in costs), strict=True)]
    return Cost(*middle)
