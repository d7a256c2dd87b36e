"""Which of a call's inputs a model speaks of, written in one short string."""

from typing import NamedTuple

from seatrial.model.facts import NONE, Call


class Given(NamedTuple):
    """One input of a call that a model speaks of."""

    value: int
    """Value id in the body that holds the call."""
    label: str
    """`self`, the position as text, or the keyword."""


class Arguments:
    """A choice among the inputs of a call; false when it chooses none. Equal texts make equal choices.

    Written as words with spaces between: `0` (position), `url` (keyword), `1+` (that position and all after),
    `self` (receiver), `*` (every argument), `**` (every keyword). `"0 url"` is one argument, given either way.
    Raises ValueError, which names the word that is none of these.
    """

    __slots__ = ("any_keyword", "keywords", "positions", "receiver", "rest", "text")

    def __init__(self, text: str = "") -> None:
        self.text = text
        words = set(text.split())
        self.receiver = "self" in words
        self.any_keyword = bool(words & {"*", "**"})
        self.positions = frozenset(int(word) for word in words if word.isdigit())
        rests = {word for word in words if word.endswith("+") and word[:-1].isdigit()}
        self.rest = 0 if "*" in words else min((int(word[:-1]) for word in rests), default=None)
        """From this position on, all are meant."""
        self.keywords = frozenset(word for word in words if word.isidentifier()) - {"self"}
        wrong = words - rests - self.keywords - {"self", "*", "**"} - {str(at) for at in self.positions}
        if wrong:
            raise ValueError(f"`{min(wrong)}` is not a position, `1+`, a keyword, `self`, `*` or `**`")

    def select(self, call: Call) -> list[int]:
        """Value ids of the inputs chosen, in the order of the call; empty if none is given."""
        return [given.value for given in self.given(call)]

    def given(self, call: Call) -> list[Given]:
        """The inputs chosen, each with its label."""
        found = [Given(call.receiver, "self")] if self.receiver and call.receiver != NONE else []
        found += [Given(value, str(i)) for i, value in enumerate(call.args) if self.has_position(i)]
        placed = self.positions and any(i in self.positions for i in range(len(call.args)))
        found += [
            Given(value, name)
            for name, value in call.keywords
            if self.has_keyword(name) and not (name == "**" and placed)  # it is given already
        ]
        return found

    def has_position(self, index: int) -> bool:
        """Whether the argument at this position (from 0, receiver not counted) is meant."""
        return index in self.positions or (self.rest is not None and index >= self.rest)

    def has_keyword(self, name: str) -> bool:
        """Whether the argument of this keyword is meant; `**` (a spread mapping) may hold any."""
        return self.any_keyword or name in self.keywords or (name == "**" and bool(self.keywords))

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Arguments) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __repr__(self) -> str:
        return f"Arguments({self.text!r})"


NOTHING = Arguments()
"""No input at all."""
