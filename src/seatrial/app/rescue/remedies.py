"""What is done about findings of each rule: data, in `remedies.toml`."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from seatrial.model.rescue import Verb

OTHERS = "others"
"""The remedy of rules that none names: those of other distributions."""


class Remedy(msgspec.Struct, frozen=True):
    """How findings of some rules are mended; `hours` for the first place, from and to."""

    verb: Verb
    phase: int
    title: str
    precondition: str
    rollback: str
    hours: tuple[float, float]
    rules: tuple[str, ...]
    whole: bool = False
    """All of its findings make one card: they are mended in one place."""
    attacked: bool = False
    """Somebody uses it on purpose: it waits neither for chance nor for growth."""
    key: str = ""


@cache
def remedies() -> Mapping[str, Remedy]:
    """Every remedy by its key."""
    found = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {key: msgspec.convert(values | {"key": key}, Remedy) for key, values in found.items()}


def remedy_for(rule: str) -> Remedy:
    """The remedy of a rule's findings."""
    return next((one for one in remedies().values() if rule in one.rules), remedies()[OTHERS])
