"""The bank of questions: phrasings by lens and circumstance, kept as data beside this file."""

import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from posixpath import basename

from seatrial.app.questions.question import Circumstance, Fact, Lens, Question


@lru_cache(maxsize=64)
def phrasings(lens: Lens, circumstance: Circumstance) -> tuple[str, ...]:
    """The phrasings for a circumstance; none if the lens does not ask about it."""
    return tuple(_bank().get(lens, {}).get(circumstance, {}).get("phrasings", ()))


@lru_cache(maxsize=4)
def names(kind: str) -> frozenset[str]:
    """Canonical names of library functions that read the `clock` or run something again (`retry`)."""
    return frozenset(_bank()["names"][kind])


def question(lens: Lens, fact: Fact, number: int) -> Question:
    """The question that a phrasing makes of a fact."""
    place = f"{basename(fact.path)}:{fact.line}"
    symbol = fact.symbol or basename(fact.path)
    text = phrasings(lens, fact.circumstance)[number].format(
        what=fact.what or symbol, other=fact.other or "collection", symbol=symbol, place=place
    )
    template = f"{lens}/{fact.circumstance}/{number}"
    return Question(lens, fact.circumstance, text, fact.path, fact.symbol, fact.line, template)


@cache
def _bank() -> dict[str, dict[str, dict[str, list[str]]]]:
    return tomllib.loads((files(__package__) / "bank.toml").read_text("utf-8"))
