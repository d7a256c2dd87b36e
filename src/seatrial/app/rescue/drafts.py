"""What a card is made of, before it is known whether it is one of the few."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

from seatrial.app.rescue.history import Told
from seatrial.app.rescue.priority import Weights, priority
from seatrial.app.rescue.survey import Module, Survey
from seatrial.model.finding import Place
from seatrial.model.rescue import Effort, Fact, Span, Verb

LINES_AN_HOUR = (400, 200)
"""What a reviewer reads with attention, at most and at best (Fagan 1976; SmartBear's study at Cisco, 2006)."""
LEAST_MINUTES = (5, 10)


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A possible card. `paths` are the files that it is about, `lines` those that its reviewer has to read."""

    verb: Verb
    phase: int
    kind: str
    """Cards of one kind are alike: of many only the best are taken."""
    unit: str
    paths: tuple[str, ...]
    title: str
    facts: tuple[Fact, ...]
    """What is special about it; how often its files change and who uses them is added for all."""
    places: tuple[Place, ...] = ()
    precondition: str
    checks: tuple[str, ...]
    hours: Span
    lines: int
    risk: str
    rollback: str
    is_urgent: bool = False
    """It comes first wherever it lies."""
    severity: float = 0
    """See `priority`."""
    complexity: float = 0
    findings: tuple[str, ...] = ()
    """Fingerprints of those that it takes away."""
    duplicated: int = 0
    touched: tuple[str, ...] = ()
    """The functions that it changes, as `path:symbol`."""
    how: str = ""
    reason: str = ""
    """Empty: told from the numbers."""
    needs: tuple[str, ...] = ()
    """Ids of drafts without which this one is not begun."""

    @property
    def id(self) -> str:
        """See `Card.id`."""
        return card_id(self.verb, self.kind, self.unit)

    @property
    def effort(self) -> Effort:
        """Reading and work, as ranges."""
        minutes = (self.lines / rate * 60 for rate in LINES_AN_HOUR)
        low, high = (max(least, _rounded(m)) for least, m in zip(LEAST_MINUTES, minutes, strict=True))
        return Effort(Span(low, high), self.hours)


def card_id(verb: Verb, kind: str, unit: str) -> str:
    """The id of the card of that verb for that unit."""
    return f"{verb}-{sha256(b'%s|%s' % (kind.encode(), unit.encode())).hexdigest()[:6]}"


def span(low: float, high: float) -> Span:
    """A range of hours, to the quarter."""
    return Span(round(low * 4) / 4, round(high * 4) / 4)


def rank(draft: Draft, survey: Survey) -> float:
    """The draft's priority in this tree."""
    modules = modules_of(draft, survey)
    effort = draft.effort
    hours = _middle(effort.change_hours) + _middle(effort.review_minutes) / 60
    return priority(
        Weights(
            changes=changes(survey.told, draft.paths),
            complexity=draft.complexity,
            importers=max((len(module.importers) for module in modules), default=0),
            ways_in=ways_in(draft, survey),
            findings=len(draft.findings),
            duplicated=draft.duplicated,
            severity=draft.severity,
            hours=hours,
            has_history=survey.told.history.commits > 0,
        )
    )


def ways_in(draft: Draft, survey: Survey) -> int:
    """The routes that end in what the draft changes: in the functions it names, or anywhere in its files."""
    routes = [route for module in modules_of(draft, survey) for route in module.routes]
    return sum(not draft.touched or f"{route.place.path}:{route.symbol}" in draft.touched for route in routes)


def changes(told: Told, paths: Iterable[str]) -> int:
    """How often these files changed."""
    return sum(told.past(path).changes for path in paths)


def modules_of(draft: Draft, survey: Survey) -> list[Module]:
    """The measured files that a draft is about; a manifest is none."""
    return [survey.modules[path] for path in draft.paths if path in survey.modules]


def _middle(of: Span) -> float:
    return (of.low + of.high) / 2


def _rounded(minutes: float) -> int:
    return 5 * round(minutes / 5)
