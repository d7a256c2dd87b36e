"""Judges findings by evidence, decisions and policy.

Pure: no files, no clock, no order. What must always hold (`tests/gate`): one more finding, one decision fewer or one
clearing trial fewer never opens it; accepting one finding accepts no other; changed code voids what was decided
about it; it is shut exactly when there is a reason, and each reason says the cheapest way to green.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from msgspec.structs import replace

from seatrial.model.decision import Decision, Kind, Suppression
from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding, Severity, scanner_of
from seatrial.model.policy import Policy
from seatrial.model.source import Gap
from seatrial.model.verdict import Judged, Reason, State, Verdict

WITHOUT_REASON = "suppression-without-reason"
"""The rule id under which a comment that silences without a reason is reported."""

_RANK = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
_AGAINST = (State.NEW, State.LAPSED)
_NEAR = 10
"""So many lines away a finding may be the one that a comment meant."""
_Standing = tuple[State, str]


def judge(
    findings: Iterable[Finding],
    evidence: Iterable[Evidence],
    decisions: Iterable[Decision],
    suppressions: Iterable[Suppression],
    policy: Policy,
    gaps: Iterable[Gap],
    today: date,
) -> Verdict:
    """How every finding stands, and why the gate is shut, if it is. `today` decides which decisions have expired."""
    found, decided, comments = sorted(findings), sorted(decisions, key=_order), sorted(suppressions)
    missed = tuple(sorted(gaps))
    trials = _by_fingerprint(evidence)
    silenced = _silenced(found, comments, policy)
    recorded = _recorded(found, decided, today)
    judged = tuple(
        sorted(
            _judged(finding, trials.get(finding.fingerprint, ()), silenced.get(index), record)
            for index, (finding, record) in enumerate(zip(found, recorded, strict=True))
        )
    )
    reasons = (*_against(judged, policy), *_unreasoned(comments), *_unread(missed, policy))
    used = {comment for group in silenced.values() for comment in group}
    told = tuple(_doubtful(judged, policy))
    return Verdict(reasons, judged, missed, _stale(found, decided), _unused(comments, used, found, policy), told)


def _by_fingerprint(evidence: Iterable[Evidence]) -> dict[str, tuple[Evidence, ...]]:
    found: dict[str, tuple[Evidence, ...]] = {}
    for piece in sorted(evidence):
        found[piece.fingerprint] = (*found.get(piece.fingerprint, ()), piece)
    return found


def _judged(
    finding: Finding, trials: tuple[Evidence, ...], comments: list[Suppression] | None, record: _Standing
) -> Judged:
    current = tuple(e for e in trials if e.digest == finding.digest)
    outcomes = {e.outcome for e in current}
    if Outcome.CLEARED in outcomes and Outcome.PROVEN not in outcomes:
        return Judged(finding, State.CLEARED, evidence=current)
    if comments:
        return Judged(finding, State.SUPPRESSED, "; ".join(c.reason for c in comments), current)
    return Judged(finding, *record, current)


def _silenced(findings: list[Finding], comments: list[Suppression], policy: Policy) -> dict[int, list[Suppression]]:
    """For each finding (by index) that comments silence, those comments."""
    silenced: dict[int, list[Suppression]] = {}
    places: dict[tuple[str, str], list[int]] = {}
    for index, finding in enumerate(findings):
        places.setdefault((finding.place.path, finding.rule), []).append(index)
    for comment in comments:
        for rule in set(comment.rules) if comment.reason else ():
            if _named(rule, policy.suppressible):
                for index in _meant(comment, findings, places.get((comment.path, rule), [])):
                    silenced.setdefault(index, []).append(comment)
    return silenced


def _meant(comment: Suppression, findings: list[Finding], candidates: list[int]) -> list[int]:
    """The findings that a comment speaks of: the smallest around its line; a wider one is never silenced by chance."""
    around = {
        i: findings[i].place.end_line - findings[i].place.line for i in candidates if _covers(findings[i], comment)
    }
    smallest = min(around.values(), default=0)
    return [i for i, extent in around.items() if extent == smallest]


def _covers(finding: Finding, comment: Suppression) -> bool:
    return finding.place.line <= comment.target <= finding.place.end_line


def _recorded(findings: list[Finding], decisions: list[Decision], today: date) -> list[_Standing]:
    """What the records say of each finding.

    Counted: a record speaks for one finding, and is spent even where a comment or a trial speaks as well, since it
    would otherwise pass to another.
    """
    open_records: dict[tuple[str, str], list[Decision]] = {}
    earlier: dict[str, set[str]] = {}
    for decision in reversed(decisions):
        earlier.setdefault(decision.fingerprint, set()).add("" if _expired(decision, today) else decision.digest)
        if not _expired(decision, today):
            open_records.setdefault((decision.fingerprint, decision.digest), []).append(decision)
    standing: list[_Standing] = []
    for finding in findings:
        if records := open_records.get((finding.fingerprint, finding.digest)):
            record = records.pop()
            standing.append((State.KNOWN if record.kind is Kind.BASELINE else State.SUPPRESSED, record.reason))
        else:
            lapsed = earlier.get(finding.fingerprint, set()) - {finding.digest}
            standing.append((State.LAPSED if lapsed else State.NEW, ""))
    return standing


def _expired(decision: Decision, today: date) -> bool:
    return decision.expires is not None and decision.expires < today


def _against(judged: Iterable[Judged], policy: Policy) -> Iterator[Reason]:
    for one in judged:
        finding = one.finding
        if one.state is not State.CLEARED and _named(finding.rule, policy.require_evidence):
            way = f"mend it, or let the trial `{finding.confirmed_by or 'that the policy names'}` clear it"
            yield _reason(one, f"needs a trial: {finding.message}", way)
        elif _weighs(one, policy) and _is_sure(finding, policy):
            what = "was accepted, but its code changed since: " if one.state is State.LAPSED else ""
            yield _reason(one, what + finding.message, _way(finding, policy))


def _weighs(one: Judged, policy: Policy) -> bool:
    return one.state in _AGAINST and _RANK[one.finding.severity] <= _RANK[policy.fail_on]


def _is_sure(finding: Finding, policy: Policy) -> bool:
    """Whether we are sure enough to stop somebody; another scanner's result counts as its severity says."""
    return finding.confidence >= policy.fail_confidence or bool(scanner_of(finding.rule))


def _doubtful(judged: Iterable[Judged], policy: Policy) -> Iterator[str]:
    """What is told of the findings that would shut the gate if they were surer."""
    unsure = [one.finding.rule for one in judged if _weighs(one, policy) and not _is_sure(one.finding, policy)]
    number = sum(not _named(rule, policy.require_evidence) for rule in unsure)
    if number:
        what = f"{number} finding{'s' * (number > 1)} less than {policy.fail_confidence:.0%} sure"
        yield f"{what} shut nothing (`fail-confidence`): look at {'it' if number == 1 else 'them'}"


def _reason(one: Judged, what: str, way: str) -> Reason:
    finding = one.finding
    return Reason(what, way, finding.fingerprint, finding.rule, finding.place.path, finding.place.line)


def _way(finding: Finding, policy: Policy) -> str:
    if not finding.place.path:
        return f"mend it, and let the trial `{finding.confirmed_by}` run again"
    where = f"{finding.place.path}:{finding.place.line}"
    if not _named(finding.rule, policy.suppressible):
        return f"mend {where} (the policy lets no comment silence `{finding.rule}`)"
    return f"mend {where}, or accept it there: `seatrial: allow[{finding.rule}] because …`"


def _unreasoned(comments: Iterable[Suppression]) -> Iterator[Reason]:
    for comment in comments:
        if comment.rules and not comment.reason:
            what = f"the comment that allows {', '.join(comment.rules)} gives no reason"
            way = f"write `because …` after the bracket at {comment.path}:{comment.line}, or delete the comment"
            yield Reason(what, way, "", WITHOUT_REASON, comment.path, comment.line)


def _unread(gaps: tuple[Gap, ...], policy: Policy) -> Iterator[Reason]:
    if len(gaps) > policy.gaps_forgiven:
        first = gaps[0]
        what = f"{len(gaps)} gap{'s' * (len(gaps) > 1)} in what was read, {policy.gaps_forgiven} forgiven"
        way = f"close {len(gaps) - policy.gaps_forgiven}, {first.path or first.stage.value} first ({first.reason}), "
        yield Reason(what, f"{way}or set gaps-forgiven = {len(gaps)}", path=first.path, line=first.line)


def _stale(findings: list[Finding], decisions: list[Decision]) -> tuple[str, ...]:
    entries = Counter(d.fingerprint for d in decisions if d.kind is Kind.BASELINE)
    return tuple(sorted((entries - Counter(f.fingerprint for f in findings)).elements()))


def _unused(
    comments: Iterable[Suppression], used: set[Suppression], findings: Iterable[Finding], policy: Policy
) -> tuple[Suppression, ...]:
    """Comments to tell of, with what is wrong. One without a reason is already a reason of its own."""
    lines: dict[tuple[str, str], list[int]] = {}
    for finding in findings:
        lines.setdefault((finding.place.path, finding.rule), []).append(finding.place.line)
    idle = (c for c in comments if c.reason and c.rules and c not in used and not c.problem)
    explained = (replace(c, problem=_idleness(c, lines, policy)) for c in idle)
    return tuple(sorted((*explained, *(c for c in comments if c.problem))))


def _idleness(comment: Suppression, lines: Mapping[tuple[str, str], list[int]], policy: Policy) -> str:
    """Why a comment silences nothing, and what to do."""
    if forbidden := [rule for rule in comment.rules if not _named(rule, policy.suppressible)]:
        return f"the policy lets no comment silence `{forbidden[0]}`: mend what it finds"
    elsewhere = [
        (abs(n - comment.target), n, rule) for rule in comment.rules for n in lines.get((comment.path, rule), [])
    ]
    if elsewhere and min(elsewhere)[0] <= _NEAR:
        _, line, rule = min(elsewhere)
        return f"silences nothing on line {comment.target}; `{rule}` is found on line {line}: put it there"
    return f"silences nothing on line {comment.target}: delete it"


def _order(decision: Decision) -> tuple[str, str, date, Kind, str]:
    return (decision.fingerprint, decision.digest, decision.expires or date.max, decision.kind, decision.reason)


def _named(rule: str, names: tuple[str, ...]) -> bool:
    return "*" in names or rule in names
