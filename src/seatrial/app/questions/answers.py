"""Tells answers that repeat an earlier one. They are flagged for the reader of the record, never graded."""

import re
from collections.abc import Iterable
from difflib import SequenceMatcher

ALIKE = 0.9
"""Above this share of common text an answer counts as a repetition."""

_NOISE = re.compile(r"[\W_]+")
_SHORTEST = 12
"""Letters below which two answers are alike only when they are equal."""


def repeats(answer: str, earlier: Iterable[str]) -> str:
    """The earlier answer that this one repeats by more than 90 %; empty if there is none."""
    plain = _plain(answer)
    return next((one for one in earlier if _is_alike(plain, _plain(one))), "")


def _plain(text: str) -> str:
    return _NOISE.sub(" ", text.casefold()).strip()


def _is_alike(one: str, other: str) -> bool:
    if one == other or min(len(one), len(other)) < _SHORTEST:
        return one == other
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.real_quick_ratio() > ALIKE and matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE
