"""What every format for people shows, and in which order: what sinks first comes first."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from seatrial.model.evidence import Outcome
from seatrial.model.finding import Finding, Quality, Severity
from seatrial.model.verdict import Judged, Reason, Report, State

SINKS = {
    Quality.SECURITY: "strangers get in",
    Quality.SCALE: "it drowns in its own growth",
    Quality.CONCURRENCY: "two at once undo each other's work",
    Quality.RESOURCES: "it runs dry",
    Quality.ARCHITECTURE: "no part can change alone",
    Quality.REDUNDANCY: "the same work, written again, drifts apart",
    Quality.DEPENDENCIES: "what it stands on is not there",
    Quality.HONESTY: "it says that all is well, and does not know",
    Quality.OTHER: "other scanners say so",
}
"""How code sinks for want of each quality, in a few words."""

_SEVERITY = {Severity.ERROR: 9.0, Severity.WARNING: 3.0, Severity.NOTE: 1.0}
_SOONER = {Quality.SECURITY: 2.0}
"""The first stranger sinks it; what lacks another quality waits for load, data or the next change."""
_AGAINST = (State.NEW, State.LAPSED)


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Findings of one rule, what sinks first first."""

    rule: str
    judged: tuple[Judged, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for the group."""
        return self.judged[0].finding


@dataclass(frozen=True, slots=True)
class Section:
    """Findings of one quality, by rule."""

    quality: Quality
    groups: tuple[RuleGroup, ...]

    @property
    def size(self) -> int:
        """How many findings it holds."""
        return sum(len(group.judged) for group in self.groups)


def rank(judged: Judged) -> float:
    """How soon it sinks: severity times confidence times weight; twice as much where a stranger or a trial does it."""
    finding = judged.finding
    urgency = _SOONER.get(finding.quality, 1.0) * (2.0 if is_proven(judged) else 1.0)
    return _SEVERITY[finding.severity] * finding.confidence * finding.weight * urgency


def is_proven(judged: Judged) -> bool:
    """Whether a trial showed it in the running program."""
    return any(piece.outcome is Outcome.PROVEN for piece in judged.evidence)


def against(report: Report) -> list[Judged]:
    """The findings that speak against the code, what sinks first first."""
    return ranked(j for j in report.verdict.judged if j.state in _AGAINST)


def told(report: Report) -> list[Judged]:
    """Those of them that a person is shown: all of them in full, else without the notes."""
    is_counted = _is_counted(report)
    return [one for one in against(report) if not is_counted(one)]


def notes(report: Report) -> list[Judged]:
    """Those that are only counted unless all is asked for: mild, shutting nothing, proven by no trial."""
    return list(filter(_is_counted(report), against(report)))


def _is_counted(report: Report) -> Callable[[Judged], bool]:
    shutting = {reason.fingerprint for reason in report.verdict.reasons}

    def is_counted(one: Judged) -> bool:
        is_mild = one.finding.severity is Severity.NOTE and not is_proven(one)
        return is_mild and not report.in_full and one.finding.fingerprint not in shutting

    return is_counted


def folded(report: Report) -> list[Judged]:
    """The findings that somebody or a trial has answered: known, suppressed, cleared."""
    return ranked(j for j in report.verdict.judged if j.state not in _AGAINST)


def ranked(judged: Iterable[Judged]) -> list[Judged]:
    """Findings in the order of a report; ties in the order of the files."""
    return sorted(judged, key=lambda j: (-rank(j), j.finding.place, j.finding.rule, j.finding.fingerprint))


def chosen(judged: list[Judged], limit: int) -> tuple[list[Judged], list[Judged]]:
    """The few that matter most, and the rest; both in order.

    The second finding of a rule tells its reader half as much as the first, the third a third: so no rule crowds out
    the others, and a grave one still has more places than a mild one.
    """
    seen: Counter[str] = Counter()
    told: list[tuple[float, int]] = []
    for number, one in enumerate(judged):
        seen[one.finding.rule] += 1
        told.append((-rank(one) / seen[one.finding.rule], number))
    few = {number for _, number in sorted(told)[:limit]}
    return [judged[n] for n in sorted(few)], [one for n, one in enumerate(judged) if n not in few]


def sections(judged: Iterable[Judged]) -> list[Section]:
    """Ranked findings by quality and rule; each group stands where its first finding stands."""
    qualities: dict[Quality, dict[str, list[Judged]]] = {}
    for one in judged:
        qualities.setdefault(one.finding.quality, {}).setdefault(one.finding.rule, []).append(one)
    return [
        Section(quality, tuple(RuleGroup(rule, tuple(found)) for rule, found in rules.items()))
        for quality, rules in qualities.items()
    ]


def reasons(report: Report) -> list[Reason]:
    """Why the gate is shut, in the order of the findings; what is not about a finding comes last."""
    order = {j.finding.fingerprint: n for n, j in enumerate(ranked(report.verdict.judged))}
    return sorted(report.verdict.reasons, key=lambda r: (order.get(r.fingerprint, len(order)), r))


def kinds(report: Report) -> dict[str, list[Reason]]:
    """The reasons by what a person must do about them: mend, decide, review, or let it be read."""
    found: dict[str, list[Reason]] = {}
    for reason in reasons(report):
        found.setdefault(_kind(reason), []).append(reason)
    return found


def _kind(reason: Reason) -> str:
    if reason.fingerprint:
        return "findings"
    if reason.rule.startswith("D-"):
        return "decisions"
    if reason.rule.startswith("sign-off"):
        return "sign-offs"
    return "comments" if reason.rule else "not read"


def reason_groups(report: Report) -> list[list[Reason]]:
    """The reasons by what they are about: those of one rule together, every other reason on its own."""
    groups: dict[str, list[Reason]] = {}
    for reason in reasons(report):
        groups.setdefault(reason.rule or reason.what, []).append(reason)
    return list(groups.values())
