"""What a project itself declares of its files: `.seatrial/provenance.toml`.

    ai = ["src/generated/**"]

    [[human]]
    paths = ["src/legacy/**"]
    signer = "ana@example.org"

Patterns are those of `.gitignore`. A declaration speaks only of lines that no mark speaks of.
"""

import tomllib

import msgspec

from seatrial.decisions.provenance.commits import Claim
from seatrial.errors import DecisionError
from seatrial.model.provenance import Mark, Origin

PLACE = ".seatrial/provenance.toml"


class Human(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Files that a person says to have written: patterns, and who says so."""

    paths: tuple[str, ...]
    signer: str


class Declared(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All that is declared."""

    ai: tuple[str, ...] = ()
    human: tuple[Human, ...] = ()

    def claims(self) -> list[tuple[tuple[str, ...], Claim]]:
        """Patterns, and what is claimed of the files that they mean."""
        made = [((one,), Claim(Origin.AI, "", "", Mark("declared", "", f"{PLACE}: ai = {one}"))) for one in self.ai]
        people = [
            (one.paths, Claim(Origin.HUMAN_ATTESTED, "", "", Mark("declared", "", f"{PLACE}: human, by {one.signer}")))
            for one in self.human
        ]
        return made + people


def judging(base: Declared, change: Declared) -> Declared:
    """What counts of a change's declarations: who declares lines of models is believed, people were named before."""
    return Declared(tuple(dict.fromkeys((*base.ai, *change.ai))), base.human)


def parse(text: bytes) -> Declared:
    """Reads the file. Raises `DecisionError`."""
    try:
        found = msgspec.convert(tomllib.loads(text.decode()), Declared)
    except (ValueError, msgspec.ValidationError) as error:
        raise DecisionError(
            f"{PLACE} cannot be read: {error}. It has `ai = [patterns]` and `[[human]]` tables."
        ) from error
    if unsigned := next((one for one in found.human if "@" not in one.signer), None):
        raise DecisionError(f"{PLACE}: `signer` of {', '.join(unsigned.paths)} must be the address of a person.")
    return found
