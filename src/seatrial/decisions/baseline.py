"""The baseline: findings that were there before seatrial came, accepted as old debt. It may only shrink.

The file is JSON with one entry a line, sorted by fingerprint: entries removed by two branches seldom touch. The
line that names the format comes last, so that every entry ends in a comma and removing one changes no other line.
"""

import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile

import msgspec

from seatrial.errors import DecisionError
from seatrial.model.decision import Decision, Kind
from seatrial.model.finding import Finding

NAME = ".seatrial/baseline.json"
VERSION = 1

_LARGEST = 100_000_000

_CONFLICT = re.compile(rb"^(<{7}|={7}|>{7})", re.MULTILINE)


class _Entry(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    fingerprint: str
    digest: str
    rule: str
    path: str
    line: int
    who: str = ""
    reason: str = ""


class _Format(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int = msgspec.field(name="seatrial-baseline")


def accept(findings: Iterable[Finding], who: str = "", reason: str = "") -> tuple[Decision, ...]:
    """Decisions that accept these findings as old debt, sorted. `who` and `reason` are kept with each."""
    return _sorted(
        Decision(Kind.BASELINE, f.rule, f.fingerprint, f.digest, reason, who, f.place.path, f.place.line)
        for f in findings
    )


def shrink(old: Iterable[Decision], findings: Iterable[Finding]) -> tuple[Decision, ...]:
    """What is left of a baseline: the entries whose finding is still there, in the code as it was accepted.

    Counted: two entries need two findings. Nothing is ever added.
    """
    there = Counter((f.fingerprint, f.digest) for f in findings)
    kept = []
    for decision in _sorted(old):
        key = (decision.fingerprint, decision.digest)
        if there[key] > 0:
            there[key] -= 1
            kept.append(decision)
    return tuple(kept)


def read(root: Path) -> tuple[Decision, ...]:
    """The baseline of the repository at `root`; empty if there is none.

    Raises:
        DecisionError: the file is damaged or of a later format; the message says what to do.
    """
    path = root / NAME
    try:
        size = path.stat().st_size
        # The repository is a stranger's: a pipe in the file's place would be waited for, a device read without end.
        if not path.is_file() or size > _LARGEST:
            raise DecisionError(f"{NAME} is no file of less than {_LARGEST:,} bytes. Restore or remove it.")
        return _decode(path.read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return ()
    except OSError as error:
        raise DecisionError(f"{NAME} cannot be read: {error.strerror}. Make it a readable file.") from error


def create(root: Path, findings: Iterable[Finding], who: str = "", reason: str = "") -> tuple[Decision, ...]:
    """Write the first baseline of a repository.

    Raises:
        DecisionError: there is one already; it may only shrink.
    """
    if (root / NAME).exists():
        raise DecisionError(
            f"{NAME} is there already and may only shrink: mend the new findings, or accept each in the source with "
            "`seatrial: allow[rule] because …`."
        )
    decisions = accept(findings, who, reason)
    _write(root, decisions)
    return decisions


def replace(root: Path, decisions: Iterable[Decision]) -> None:
    """Write what `shrink` left.

    Raises:
        DecisionError: an entry is not in the baseline that lies there; it may only shrink.
    """
    wanted = _sorted(decisions)
    added = Counter(wanted) - Counter(read(root))
    if added:
        first = min(added)
        raise DecisionError(
            f"{NAME} may only shrink; {first.rule} at {first.path}:{first.line} is not in it. "
            f"Mend the finding, or accept it in the source with `seatrial: allow[{first.rule}] because …`."
        )
    _write(root, wanted)


def encode(decisions: Iterable[Decision]) -> bytes:
    """The file's bytes (UTF-8 JSON) for these decisions."""
    entries = [_Entry(d.fingerprint, d.digest, d.rule, d.path, d.line, d.who, d.reason) for d in _sorted(decisions)]
    lines = [msgspec.json.encode(one) for one in (*entries, _Format(VERSION))]
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


def is_part(data: bytes, whole: bytes) -> bool:
    """Whether a baseline (the file's bytes; none is empty) holds nothing that another does not. Raises as `read`."""
    return not Counter(decode(data)) - Counter(decode(whole))


def decode(data: bytes) -> tuple[Decision, ...]:
    """The entries of a baseline's file; none of no bytes. Raises as `read`."""
    return _decode(data) if data else ()


def _decode(data: bytes) -> tuple[Decision, ...]:
    if conflict := _CONFLICT.search(data):
        line = data.count(b"\n", 0, conflict.start()) + 1
        raise DecisionError(f"{NAME}, line {line}: an unfinished merge. Keep only the entries that both sides hold.")
    restore = f"Restore it from version control (`git checkout -- {NAME}`)."
    try:
        *entries, last = msgspec.json.decode(data, type=list[dict[str, msgspec.Raw]])
        version = msgspec.convert({key: msgspec.json.decode(raw) for key, raw in last.items()}, _Format).version
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise DecisionError(f"{NAME} is damaged: {error}. {restore}") from error
    if version != VERSION:
        raise DecisionError(f"{NAME} has format {version}; this seatrial reads {VERSION}. Update seatrial.")
    try:
        return _sorted(_decision(msgspec.json.decode(msgspec.json.encode(entry), type=_Entry)) for entry in entries)
    except msgspec.ValidationError as error:
        raise DecisionError(f"{NAME} is damaged: {error}. {restore}") from error


def _decision(entry: _Entry) -> Decision:
    return Decision(
        Kind.BASELINE, entry.rule, entry.fingerprint, entry.digest, entry.reason, entry.who, entry.path, entry.line
    )


def _sorted(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    return tuple(sorted(decisions, key=lambda d: (d.fingerprint, d)))


def _write(root: Path, decisions: Iterable[Decision]) -> None:
    path = root / NAME
    path.parent.mkdir(exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix="baseline.", delete=False) as file:
        file.write(encode(decisions))
    Path(file.name).replace(path)
