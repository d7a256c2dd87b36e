"""A rescue plan in Markdown: for an issue, a wiki, or as the brief of whoever does the work."""

import re
from collections.abc import Iterator

from seatrial.model.rescue import Card, Plan, Verb
from seatrial.model.text import printable
from seatrial.reports._rescue import words

_ACTIVE = re.compile(r"([\\`*_\[\]{}#|~<>])")


def plan(of: Plan) -> str:
    """The plan as Markdown."""
    return "\n".join(_plan(of)) + "\n"


def _plan(of: Plan) -> Iterator[str]:
    yield from (f"# Rescue of {_plain(of.root)}", "", f"{words.head(of)}. {words.basis(of)}")
    for heading, cards in words.phases(of):
        yield from ("", f"## {heading.capitalize()}")
        for card in cards:
            yield from _card(card)
    if of.cards:
        yield from ("", f"{words.total(of)}.")
    if of.left:
        yield from ("", f"On no card yet: {_plain(words.left(of))}.")


def _card(card: Card) -> Iterator[str]:
    yield from ("", f"### {_plain(card.title)}", "", f"`{card.id}` · **{card.verb}** · {_code(card.unit)}", "")
    yield from (_plain(card.reason), "")
    yield from (f"- {_plain(number)}" for number in words.numbers(card))
    yield ""
    if card.verb is not Verb.KEEP:
        yield from (f"**How:** {_plain(card.how)}", "") if card.how else ()
        yield from (f"**Before:** {_plain(card.precondition)}", "")
        yield from (f"**If it is left:** {_plain(card.risk_removed)}", "")
        yield from (f"**Effort:** {words.effort(card)}. **Owner:** {_plain(words.owner(card))}", "")
        yield from (f"**Way back:** {_plain(card.rollback)}", "")
    if card.depends_on:
        yield from (f"**After:** {', '.join(map(_code, card.depends_on))}", "")
    yield (
        "**Done when** each of these ends with 0:" if card.verb is not Verb.KEEP else "**As long as** these end with 0:"
    )
    yield from ("", "```sh")
    yield from (words.command(check) for check in card.done_when)
    yield "```"


def _plain(text: str) -> str:
    """Prose: what stands between backticks stays code, all else is no markup."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return _ACTIVE.sub(r"\\\1", printable(text))
    return "".join(f"`{part}`" if number % 2 else _ACTIVE.sub(r"\\\1", part) for number, part in enumerate(parts))


def _code(text: str) -> str:
    return f"`{printable(text).replace('`', chr(39))}`"
