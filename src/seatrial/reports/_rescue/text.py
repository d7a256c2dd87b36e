"""A rescue plan for the terminal."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from seatrial.model.rescue import Card, Plan, Progress, Ran, Verb
from seatrial.model.text import printable
from seatrial.reports._rescue import words

_USUAL, _WIDEST, _MARGIN = 100, 110, 12


def plan(of: Plan, width: int = 0) -> str:
    """The plan as text, at most `width` columns wide (0: as usual)."""
    return "".join(f"{printable(line)}\n" for line in _plan(of, min(width or _USUAL, _WIDEST)))


def progress(of: Sequence[Progress], width: int = 0) -> str:
    """How the cards of a kept plan stand."""
    return "".join(f"{printable(line)}\n" for line in _progress(of, min(width or _USUAL, _WIDEST)))


def ran(checks: Sequence[Ran]) -> str:
    """How checks came out."""
    return "".join(f"{printable(_check(one))}\n" for one in checks)


def _plan(of: Plan, width: int) -> Iterator[str]:
    yield f"{of.root}: {words.head(of)}"
    yield from wrap(words.basis(of), width)
    for heading, cards in words.phases(of):
        yield from ("", heading.upper())
        for card in cards:
            yield ""
            yield from _card(card, width)
    if of.cards:
        yield from ("", words.total(of))
    if of.left:
        yield from wrap(f"On no card yet: {words.left(of)}.", width)
    if of.gaps:
        yield f"{words.count(of.gaps, 'gap')} in what was read: `seatrial audit` names them."


def _card(card: Card, width: int) -> Iterator[str]:
    yield f"  {card.id}"
    yield from wrap(card.title, width, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    rows = [("why", card.reason), ("numbers", " · ".join(words.numbers(card)))]
    if card.verb is not Verb.KEEP:
        rows += [
            ("how", card.how),
            ("before", card.precondition),
            ("effort", words.effort(card)),
            ("owner", words.owner(card)),
        ]
        rows += [("else", card.risk_removed), ("way back", card.rollback), ("after", ", ".join(card.depends_on))]
    for name, value in rows:
        yield from _row(name, value, width)
    for check in card.done_when:
        yield f"  {'done when' if card.verb is not Verb.KEEP else 'as long as':<{_MARGIN - 2}}{check}"


def _row(name: str, value: str, width: int) -> Iterator[str]:
    if value:
        first = f"  {name:<{_MARGIN - 2}}"
        yield from wrap(
            value,
            width,
            initial_indent=first,
            subsequent_indent=" " * _MARGIN,
            break_on_hyphens=False,
            break_long_words=False,
        )


def _progress(of: Sequence[Progress], width: int) -> Iterator[str]:
    yield words.standing(of)
    for one in of:
        yield from ("", f"{'done' if one.done else 'open':<6}{one.card.id}")
        yield from wrap(one.card.title, width, initial_indent=" " * 6, subsequent_indent=" " * 6)
        for shift in one.shifts:
            mark = "" if shift.before == shift.now else "  <"
            yield f"      {shift.before:>6,.0f} → {shift.now:<6,.0f} {shift.name}{mark}"
        for check in one.checks:
            yield f"      {_check(check)}"


def _check(check: Ran) -> str:
    return f"{'holds' if check.holds else 'not yet'}: {check.id} ({check.saw})"
