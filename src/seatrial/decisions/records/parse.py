"""The text of one file → a `Record`."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from hashlib import sha256
from typing import Any, NoReturn

import msgspec
from msgspec.structs import replace

from seatrial.decisions.records import patterns
from seatrial.decisions.records.yaml import DamagedError, Front, load
from seatrial.errors import DecisionError
from seatrial.model.record import Anchor, Enforcement, Names, Record, Rejected, Rule, RuleKind, Scope, Status, TradeOff
from seatrial.model.text import printable

_FRONT = re.compile(r"\A\ufeff?---[ \t]*\n(?P<yaml>.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TITLE = re.compile(r"^# +(?P<title>.+?)\s*#*$", re.MULTILINE)
_OLD_STATUS = re.compile(r"^(?:##? Status\s*\n+|[*-] *Status: *)(?P<status>[^\n]+)", re.IGNORECASE | re.MULTILINE)
_ID = re.compile(r"D-\d{8}-[a-z0-9]+(?:-[a-z0-9]+)*\Z")
_FILE = re.compile(r"(?P<day>\d{8})-(?P<slug>[a-z0-9]+(?:-[a-z0-9]+)*)\Z")
_AT = re.compile(r" - at `\$(?P<path>[^`]*)`\Z")
_CHANGING = frozenset({"status", "date", "anchors", "superseded-by"})
_NEEDED = {
    RuleKind.IMPORT_FORBIDDEN: "imports",
    RuleKind.LAYERS: "layers",
    RuleKind.DEPENDENCY_FORBIDDEN: "dependency",
    RuleKind.PATTERN_FORBIDDEN: "pattern",
    RuleKind.PATTERN_REQUIRED: "pattern",
    RuleKind.COMMAND: "command",
}


class _Keys(msgspec.Struct, frozen=True, rename="kebab"):
    """Our keys; those of MADR and of other tools are not looked at here."""

    id: str = ""
    scope: Scope = Scope()
    rejected: tuple[Rejected, ...] = ()
    rules: tuple[Rule, ...] = ()
    enforcement: Enforcement = Enforcement.ACKNOWLEDGE
    anchors: tuple[Anchor, ...] = ()
    review_by: date | None = None
    supersedes: Names = ()
    superseded_by: str = ""
    trade_offs: tuple[TradeOff, ...] = ()


_MADR = frozenset({"status", "date", "decision-makers", "consulted", "informed"})
_OURS = frozenset(field.encode_name for field in msgspec.structs.fields(_Keys))


@lru_cache(maxsize=2048)
def parse(path: str, data: bytes) -> Record:
    """The record in a file's bytes. A file without our keys is a plain record, whatever else is in it.

    Raises:
        DecisionError: names file, line and what to write instead.
    """
    text = data.decode("utf-8", "replace").replace("\r\n", "\n")
    found = _FRONT.match(text)
    body = text[found.end() :] if found else text
    try:
        front = load(found["yaml"]) if found else Front({}, {})
    except DamagedError as damage:
        if found and _names_ours(found["yaml"]):
            _fail(path, damage.line, f"the front matter {damage}")
        front = Front({}, {})
    return _record(path, front, body) if _is_ours(front.values) else _plain(path, front.values, body)


def hash_of(values: Mapping[str, Any], body: str) -> str:
    """SHA-256 (hex) of what must not change once it is accepted, whatever line ends and trailing blanks it has."""
    kept = {key: value for key, value in values.items() if key not in _CHANGING}
    lines = "\n".join(line.rstrip() for line in body.strip().splitlines())
    return sha256(json.dumps([kept, lines], sort_keys=True, default=str).encode()).hexdigest()


def _names_ours(yaml: str) -> bool:
    return any(re.match(rf"(?:{'|'.join(_OURS)})\s*:", line) for line in yaml.splitlines())


def _is_ours(values: Mapping[str, Any]) -> bool:
    """Whether the record is in our form: other tools have keys such as `id` and `rules` too, and ids of their own."""
    if "id" in values:
        return str(values["id"]).startswith("D-")
    return not _OURS.isdisjoint(values)


def _plain(path: str, values: Mapping[str, Any], body: str) -> Record:
    stem = path.rpartition("/")[2].removesuffix(".md")
    old = _OLD_STATUS.search(body)
    status, by = _status(str(values.get("status") or (old["status"] if old else "")))
    return Record(
        path=path,
        id=stem,
        title=_title(body, stem),
        status=status,
        plain=True,
        text=body,
        body_hash=hash_of(values, body),
        decided=_date(values.get("date")),
        decision_makers=_words(values.get("decision-makers")),
        superseded_by=by,
    )


def _record(path: str, front: Front, body: str) -> Record:
    values = {**front.values, "supersedes": _listed(front.values.get("supersedes", ()))}
    try:
        keys = msgspec.convert(values, _Keys)
    except msgspec.ValidationError as error:
        _refuse(path, front, str(error))
    stem = path.rpartition("/")[2].removesuffix(".md")
    status, by = _status(str(values.get("status", "proposed")))
    for at, what in _faults(keys, stem, status, values):
        _fail(path, _line(front, at), f"`{'.'.join(map(str, at))}` {what}")
    plain = _plain(path, values, body)
    return replace(
        plain,
        id=keys.id or f"D-{stem}",
        plain=False,
        body_hash=hash_of(front.values, body),
        status=status,
        scope=keys.scope,
        rejected=keys.rejected,
        rules=keys.rules,
        enforcement=keys.enforcement,
        anchors=keys.anchors,
        review_by=keys.review_by,
        supersedes=keys.supersedes,
        superseded_by=keys.superseded_by or by,
        trade_offs=keys.trade_offs,
        lines={".".join(map(str, at)): line + 2 for at, line in front.lines.items() if len(at) <= 2},
    )


def _faults(keys: _Keys, stem: str, status: Status, values: Mapping[str, Any]) -> Iterator[tuple[tuple[Any, ...], str]]:
    """What is wrong though each value has its form: where, and what to write."""
    for key in values.keys() - _OURS - _MADR:
        if near := get_close_matches(str(key), _OURS, n=1, cutoff=0.85):
            yield (key,), f"is no key; did you mean `{near[0]}`?"
    if not _ID.match(keys.id or f"D-{stem}"):
        yield ("id",), "must be written `D-20261122-some-words`"
    if status is Status.OTHER:
        yield ("status",), "must be proposed, accepted, rejected, deprecated or superseded by D-…"
    patterns_at: dict[tuple[Any, ...], str] = {
        ("rejected", n, "match", "pattern"): one.match.pattern for n, one in enumerate(keys.rejected)
    }
    patterns_at |= {("rules", n, "pattern"): rule.pattern for n, rule in enumerate(keys.rules)}
    yield from ((at, what) for at, pattern in patterns_at.items() if (what := patterns.problem(pattern)))
    yield from _rule_faults(keys.rules)


def _rule_faults(rules: Sequence[Rule]) -> Iterator[tuple[tuple[Any, ...], str]]:
    seen: set[str] = set()
    for number, rule in enumerate(rules):
        if not getattr(rule, _NEEDED[rule.kind]):
            yield ("rules", number), f"is of kind {rule.kind} and needs `{_NEEDED[rule.kind]}`"
        if rule.id in seen:
            yield ("rules", number, "id"), f"names a second rule `{rule.id}`: give each its own"
        seen.add(rule.id)


def _refuse(path: str, front: Front, said: str) -> NoReturn:
    """Raises for what msgspec says of the values, with the line of the key that it speaks of."""
    found = _AT.search(said)
    parts = re.findall(r"[^.\[\]]+", found["path"]) if found else []
    at = tuple(int(part) if part.isdigit() else part for part in parts if part != "...")
    subject = f"`{'.'.join(parts)}`: " if parts else ""
    _fail(path, _line(front, at), f"{subject}{_AT.sub('', said).replace('`array`', 'a list')}")


def _line(front: Front, at: tuple[str | int, ...]) -> int:
    """The line of the key, or of the nearest around it."""
    return next((front.lines[at[:n]] for n in range(len(at), 0, -1) if at[:n] in front.lines), 0)


def _fail(path: str, line: int, what: str) -> NoReturn:
    raise DecisionError(f"{printable(path)}, line {line + 2}: {printable(what)}.")


def _status(said: str) -> tuple[Status, str]:
    """The status, and what it says the record is superseded by."""
    words = said.strip().strip("*_[").split()
    first = words[0].lower().rstrip(".,;") if words else ""
    by = words[-1].strip("()[]*_.") if first == "superseded" and len(words) > 1 else ""
    return (Status(first) if first in set(Status) else Status.OTHER), by


def _title(body: str, stem: str) -> str:
    found = _TITLE.search(body)
    return found["title"] if found else stem


def _date(value: object) -> date | None:
    try:
        return msgspec.convert(value, date)
    except msgspec.ValidationError:
        return None


def _words(value: object) -> Names:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _listed(value: object) -> object:
    return (value,) if isinstance(value, str) else value
