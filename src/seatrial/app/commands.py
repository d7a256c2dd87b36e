"""Runs the commands of decision records' rules: only if the user says so, since a record may be a stranger's."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

from seatrial.model.decided import Sighting
from seatrial.model.record import Enforcement, Record, Rule, RuleKind
from seatrial.model.source import Gap, Stage

_LONGEST = 600
"""Seconds."""


def run(root: Path, records: Iterable[Record], *, allowed: bool) -> tuple[list[Sighting], tuple[Gap, ...]]:
    """What commands found wrong, in `root`: each ends with 0 if its rule holds. Those that were not run are gaps."""
    asked = [
        (record, number, rule)
        for record in records
        for number, rule in enumerate(record.rules)
        if rule.kind is RuleKind.COMMAND and record.enforcement is not Enforcement.SURFACE
    ]
    told = [
        _told(root, *one) if allowed else _gap(one[0], one[1], "runs a command: not run without --run-commands")
        for one in asked
    ]
    sightings = [one for one in told if isinstance(one, Sighting)]
    return sightings, tuple(one for one in told if isinstance(one, Gap))


def _told(root: Path, record: Record, number: int, rule: Rule) -> Sighting | Gap | None:
    """What the command says; None if the rule holds."""
    try:
        done = subprocess.run(  # noqa: S603 - the user asked for it, knowing that records name the commands
            rule.command, cwd=root, stdin=subprocess.DEVNULL, capture_output=True, timeout=_LONGEST, check=False
        )
    except OSError as error:
        return _gap(record, number, f"cannot be run: {error.strerror}")
    except subprocess.TimeoutExpired:
        return _gap(record, number, f"did not end within {_LONGEST} seconds")
    if not done.returncode:
        return None
    lines = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
    what = f"`{' '.join(rule.command)}` ends with {done.returncode}" + (f": {lines[-1][:200]}" if lines else "")
    return Sighting(record.id, f"rules.{number}", record.path, record.lines.get(f"rules.{number}", 1), what)


def _gap(record: Record, number: int, what: str) -> Gap:
    line = record.lines.get(f"rules.{number}", 1)
    return Gap(record.path, line, Stage.DECISIONS, f"rule `{record.rules[number].id}` of {record.id} {what}")
