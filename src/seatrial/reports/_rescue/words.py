"""What all formats of a rescue plan say, in the same words."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from shlex import quote

from seatrial.model.rescue import PHASES, Card, Plan, Progress, Span, Verb
from seatrial.model.text import printable

KEPT = "leave as it is"


def head(plan: Plan) -> str:
    """How many cards for how much."""
    work = sum(card.verb is not Verb.KEEP for card in plan.cards)
    if not work:
        return "Nothing here needs a rescue"
    return f"{count(work, 'card')} for {plan.carried} of {count(plan.findings, 'finding')}"


def basis(plan: Plan) -> str:
    """Where the hotspots come from."""
    told = plan.history
    if not told.commits:
        return f"Hotspots from importers, complexity, findings and copies: {told.note}."
    dropped = f" ({told.dropped} of more than 30 files not counted)" if told.dropped else ""
    note = f"; {told.note}" if told.note else ""
    return f"Hotspots from {count(told.commits, 'change')} in {count(told.days, 'day')}{dropped}{note}."


def phases(plan: Plan) -> Iterator[tuple[str, Sequence[Card]]]:
    """The cards by phase, in the order of work; what is left alone comes last."""
    for name, cards in groupby(plan.cards, key=_heading):
        yield name, list(cards)


def _heading(card: Card) -> str:
    return KEPT if card.verb is Verb.KEEP else f"{card.phase} · {PHASES[card.phase]}"


def effort(card: Card) -> str:
    """Reading and work."""
    if card.verb is Verb.KEEP:
        return "none"
    minutes, hours = card.effort.review_minutes, card.effort.change_hours
    return f"review {_range(minutes)} min, change {_range(hours)} h"


def total(plan: Plan) -> str:
    """What all cards come to."""
    cards = [card for card in plan.cards if card.verb is not Verb.KEEP]
    hours = [card.effort.change_hours for card in cards]
    minutes = [card.effort.review_minutes for card in cards]
    change = Span(sum(one.low for one in hours), sum(one.high for one in hours))
    review = Span(sum(one.low for one in minutes) / 60, sum(one.high for one in minutes) / 60)
    return f"In all {_whole(change)} h of change, {_whole(review)} h of review"


def numbers(card: Card) -> list[str]:
    """The evidence, a number and what it counts."""
    return [f"{fact.value:,.0f} {fact.name}" for fact in card.evidence]


def owner(card: Card) -> str:
    """Whom it is for."""
    return card.owner or "nobody is named: name one before you begin"


def command(check: str) -> str:
    """What to type to run a check; a path is the tree's, and no part of it is the shell's."""
    return f"seatrial rescue --check {quote(printable(check))}"


def left(plan: Plan) -> str:
    """What is on no card."""
    return ", ".join(plan.left)


def standing(progress: Sequence[Progress]) -> str:
    """How far a kept plan is."""
    work = [one for one in progress if one.card.verb is not Verb.KEEP]
    return f"{sum(one.done for one in work)} of {count(len(work), 'card')} done"


def count(number: int, noun: str) -> str:
    """A number and what it counts."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _whole(of: Span) -> str:
    return f"{of.low:.0f} to {of.high:.0f}"


def _range(of: Span) -> str:
    return f"{of.low:g} to {of.high:g}" if of.low != of.high else f"{of.low:g}"
