"""What a front end is: how a language plugs in."""

from collections.abc import Callable
from dataclasses import dataclass

from seatrial.model.facts import FileFacts


@dataclass(frozen=True, slots=True)
class Frontend:
    """A language: `extract` turns one file's decoded text into facts.

    `extract` never raises on any text: what it cannot understand is `FileFacts.damage`. It looks at nothing but the
    text. `version` changes whenever the facts for some text change; with `grammar` it is part of the cache's key.
    """

    language: str
    suffixes: tuple[str, ...]
    version: str
    grammar: str
    extract: Callable[[str], FileFacts]
