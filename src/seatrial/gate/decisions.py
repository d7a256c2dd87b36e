"""Judges by decision records: what brings a rejected option back, breaks a rule of theirs, or tampers with them.

A record holds once it is accepted, here or where the change started from; what takes it out of force is a record that
supersedes it and is accepted itself. So a change can neither drop a record, nor rewrite it, nor talk it down.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec.structs import replace

from seatrial.model.decided import Citation, Decided, Sighting
from seatrial.model.finding import Severity
from seatrial.model.record import Enforcement, Record, RuleKind, Status
from seatrial.model.verdict import Reason, Verdict

_ORDER = (Severity.ERROR, Severity.WARNING, Severity.NOTE)


def with_decisions(verdict: Verdict, decided: Decided, fail_on: Severity = Severity.WARNING) -> Verdict:
    """The verdict with what stands against it by decision records. Never takes a reason away."""
    more, told = judge(decided, fail_on), notes(decided)
    return replace(verdict, reasons=(*verdict.reasons, *more), notices=(*verdict.notices, *told))


def judge(decided: Decided, fail_on: Severity = Severity.WARNING) -> tuple[Reason, ...]:
    """Why the gate is shut, sorted. Rules of records that are milder than `fail_on` shut nothing."""
    held = in_force(decided)
    reasons = [
        *_changed(decided),
        *_unsigned(decided),
        *_miscited(decided, held),
        *(reason for reason in _against(decided, held, fail_on)),
        *(
            Reason(f"{d.record} {d.what}", d.way, "", d.record, d.path, d.line)
            for d in decided.doubts
            if not d.kind.is_advice
        ),
    ]
    return tuple(sorted(set(reasons)))


def notes(decided: Decided) -> tuple[str, ...]:
    """What is told though it shuts nothing: records that are only shown, and those that are in doubt."""
    held = in_force(decided)
    shown = [
        f"{one.path}:{one.line} {one.what}: {_said(held[one.record], one.clause)}"
        for one in decided.sightings
        if one.record in held and held[one.record].enforcement is Enforcement.SURFACE
    ]
    return (*shown, *(f"{d.record} {d.what}: {d.way}" for d in decided.doubts if d.kind.is_advice))


def in_force(decided: Decided) -> Mapping[str, Record]:
    """The records that hold, by id: with the words that they had where the change started from."""
    before = {one.id: one for one in decided.before or () if one.status is Status.ACCEPTED}
    now = {one.id: one for one in decided.now if one.status is Status.ACCEPTED}
    taken = {old for one in now.values() if _counts(one, decided) for old in one.supersedes}
    return {name: one for name, one in (now | before).items() if name not in taken}


def _counts(record: Record, decided: Decided) -> bool:
    """Whether its acceptance is more than a word in a file, where signatures are asked for."""
    return not decided.mandate or record.plain or record.reference in decided.signed


def _against(decided: Decided, held: Mapping[str, Record], fail_on: Severity) -> Iterator[Reason]:
    groups: dict[tuple[str, str, str], list[Sighting]] = {}
    for one in decided.sightings:
        record = held.get(one.record)
        if record is None or record.enforcement is Enforcement.SURFACE:
            continue
        if not (_may_cite(record, one.clause) and _cited(decided.citations, record, one)):
            groups.setdefault((one.record, one.clause, one.path), []).append(one)
    for (name, clause, path), seen in groups.items():
        record, may_cite = held[name], _may_cite(held[name], clause)
        if _weighs(record, clause, fail_on):
            rule = f"{name}#{_rule_id(record, clause)}" if clause.startswith("rules") else name
            yield Reason(_what(record, clause, seen), _way(record, clause, may_cite), "", rule, path, min(seen).line)


def _rule_id(record: Record, clause: str) -> str:
    return record.rules[int(clause.partition(".")[2])].id


def _weighs(record: Record, clause: str, fail_on: Severity) -> bool:
    part, _, number = clause.partition(".")
    severity = record.rules[int(number)].severity if part == "rules" else Severity.ERROR
    return _ORDER.index(severity) <= _ORDER.index(fail_on)


def _may_cite(record: Record, clause: str) -> bool:
    return clause.startswith("rejected") or record.enforcement is not Enforcement.ENFORCE


def _cited(citations: Iterable[Citation], record: Record, seen: Sighting) -> bool:
    """By a commit for all that it changes, or by a comment for its line, which must say why.

    What a file lacks stands on no line: there a comment anywhere in it will do.
    """
    part, _, number = seen.clause.partition(".")
    is_lack = part == "rules" and record.rules[int(number)].kind is RuleKind.PATTERN_REQUIRED
    return any(
        one.id == record.id
        and (one.commit or (one.because and one.path == seen.path and (is_lack or one.speaks_for == seen.line)))
        for one in citations
    )


def _what(record: Record, clause: str, seen: Sequence[Sighting]) -> str:
    more = f", and {len(seen) - 1} more here" if len(seen) > 1 else ""
    return f"{seen[0].what}{more}: {_said(record, clause)}"


def _said(record: Record, clause: str) -> str:
    part, _, number = clause.partition(".")
    if part == "rules":
        return f"{record.id} forbids it (rule `{_rule_id(record, clause)}`): {record.title}"
    option = record.rejected[int(number)]
    return f"{record.id} rejected “{option.option}” because {option.because}"


def _way(record: Record, clause: str, may_cite: bool) -> str:  # noqa: FBT001 - one caller, and named there
    part, _, number = clause.partition(".")
    when = record.rejected[int(number)].revisit_when if part == "rejected" else ""
    asked = f" Is it true now: {when}?" if when else ""
    cite = f" cite it (`Decision: {record.id}` in a commit, or here `seatrial: decided {record.id} because …`),"
    return f"change the code,{cite * may_cite} or supersede it (`seatrial decide supersede {record.id}`).{asked}"


def _changed(decided: Decided) -> Iterator[Reason]:
    """Accepted records that are gone, say something else, or were talked down."""
    now = {one.id: one for one in decided.now}
    signed = {reference.rpartition("@")[0] for reference in decided.signed}
    taken = {old for one in decided.now if one.status is Status.ACCEPTED for old in one.supersedes}
    for old in decided.before or ():
        if old.status is Status.ACCEPTED and not old.plain:
            yield from _against_old(old, now.get(old.id), old.id in taken)
    for one in decided.now:
        if one.id in signed and one.reference not in decided.signed:
            yield _rewritten(one)


def _against_old(old: Record, new: Record | None, is_superseded: bool) -> Iterator[Reason]:  # noqa: FBT001 - one caller
    if new is None:
        what = f"{old.id} was accepted and is gone"
        yield Reason(what, f"bring {old.path} back: a record is superseded, never deleted", "", old.id, old.path)
    elif new.plain or new.body_hash != old.body_hash:
        yield _rewritten(new)
    elif new.status is not Status.ACCEPTED and not is_superseded:
        what = f"{old.id} was accepted and is now {new.status or 'nothing'}"
        way = f"only an accepted record that supersedes it ends it: `seatrial decide supersede {old.id}`"
        yield Reason(what, way, "", old.id, new.path, new.lines.get("status", 1))


def _rewritten(record: Record) -> Reason:
    way = f"restore its text; a record that supersedes it says what holds now: `seatrial decide supersede {record.id}`"
    return Reason(f"{record.id} says something else than when it was accepted", way, "", record.id, record.path, 1)


def _unsigned(decided: Decided) -> Iterator[Reason]:
    """Records that say of themselves that they are accepted, though nobody signed that."""
    signed = {reference.rpartition("@")[0] for reference in decided.signed}
    for one in decided.now:
        if decided.mandate and not one.plain and one.status is Status.ACCEPTED and one.id not in signed:
            way = f"a person accepts it: `seatrial decide accept {one.id}`; until then its status is `proposed`"
            yield Reason(
                f"{one.id} says that it is accepted, and nobody signed that",
                way,
                "",
                one.id,
                one.path,
                one.lines.get("status", 1),
            )


def _miscited(decided: Decided, held: Mapping[str, Record]) -> Iterator[Reason]:
    now = {one.id: one for one in decided.now}
    for one in decided.citations:
        known = now.get(one.id)
        if known is not None and known.status is Status.PROPOSED and one.id not in held:
            what = f"cites {one.id}, which is only proposed"
            way = f"have a person accept it: `seatrial decide accept {one.id}`"
        elif known is None and one.id not in held:
            what, way = f"cites {one.id}, which does not exist", "cite a record that `seatrial decide list` shows"
        elif one.path and not one.because:
            what, way = f"cites {one.id} without a reason", f"write `seatrial: decided {one.id} because …`"
        else:
            continue
        where = f"the commit {one.commit[:12]} " if one.commit else ""
        yield Reason(where + what, way, "", one.id, one.path, one.line)
