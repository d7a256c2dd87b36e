"""Made or said: tells a text that a machine or a keyboard made up from one that is put together of words.

Two ways to have written a text are weighed against each other, both in bits. Said: word by word, each letter as likely
as it is after the two before it (`_letters`), digits and signs between. Made: every character drawn from the
kinds that occur. What is cheaper is the likelier story (Shannon, 1948, on the entropy of printed English).
"""

import re
from base64 import b64decode
from binascii import Error
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from math import log2

from seatrial.rules.security._letters import ROWS

_RUN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[\W_]+|.")
"""A word, a number, signs; anything else stands alone."""

_BASE64 = re.compile(r"(?=.*[a-z])(?=.*[A-Z])[A-Za-z0-9+/_-]{8,}={0,2}\Z")
_PLAIN_64 = str.maketrans("-_", "+/")
_READABLE = frozenset(range(0x20, 0x7F))
_HEX = re.compile(r"[0-9a-f-]{8,}\Z|[0-9A-F-]{8,}\Z")
_LEET = str.maketrans("0134578@$!", "oleastbasi")
_FOLLOWERS = 27
"""The letters, and the end of a word."""
_STEP = 0.4
"""Bits of one step of the table."""
_WORD, _NUMBER, _SIGN, _DISGUISE = 1.0, 2.5, 2.5, 5.0
"""Bits that it takes to begin a word, a number, a sign; to write a word in digits and signs that look like letters."""


_AGAIN = re.compile(r"(.)\1{2,}|(.{2,}?)\2+(?=\W|\Z)", re.DOTALL)
"""A character three times or more, or something longer twice or more up to an end."""


@lru_cache(maxsize=65536)
def surprise(text: str) -> float:
    """By how many bits it is likelier that a text was made than that it was said; negative for words.

    What is written again and again counts once.
    """
    once = _AGAIN.sub(lambda again: again[1] or again[2], text)
    if len(once) < len(text) / 2:
        return 0.0
    return _surprise(once)


def _surprise(text: str) -> float:
    said = _said(text)
    plain = text.lower().translate(_LEET)
    if plain != text.lower() and any(c.isalpha() for c in text):
        said = min(said, _said(plain) + _DISGUISE)
    return said - _drawn(text)


def _said(text: str) -> float:
    return sum(map(_run_bits, _RUN.findall(text)))


def _run_bits(run: str) -> float:
    if run.isascii() and run.isalpha():
        return _WORD + _word_bits(run.lower())
    if run.isdigit():
        return _NUMBER + log2(10) * (1 if _counts(run) else len(run))
    return _SIGN + 2.0 * (len(set(run)) - 1)


def _word_bits(word: str) -> float:
    """The bits of each letter after the two before it, and of the end."""
    bits, first, second = 0.0, -1, -1
    for letter in (*(ord(c) - ord("a") for c in word), _FOLLOWERS - 1):
        row = 0 if second < 0 else 1 + second if first < 0 else 27 + 26 * first + second
        bits += int(ROWS[row * _FOLLOWERS + letter], 36) * _STEP
        first, second = second, letter
    return bits


def _counts(digits: str) -> bool:
    """Each digit is the one before it, or its neighbour: 1111, 12345, 9876."""
    return all((ord(after) - ord(before)) % 10 in {0, 1, 9} for before, after in pairwise(digits))


def _drawn(text: str) -> float:
    kinds = (sum(map(str.islower, text)), sum(map(str.isupper, text)), sum(map(str.isdigit, text)))
    known = sum(kinds)
    signs = _SIGN * (len(text) - known)
    if _HEX.match(text):
        return 4.0 * known + signs
    choice = sum(-kind * log2(kind / known) for kind in kinds if kind)
    return choice + log2(26) * (kinds[0] + kinds[1]) + log2(10) * kinds[2] + signs


def unwrapped(text: str) -> str:
    """What a text says in base64 (RFC 4648), if most of it is readable; else the text itself."""
    if not _BASE64.match(text):
        return text
    whole = text.rstrip("=").translate(_PLAIN_64)
    try:
        said = b64decode(whole + "=" * (-len(whole) % 4))
    except Error:
        return text  # one character more than any number of bytes makes
    with suppress(UnicodeDecodeError):
        if (letters := said.decode()) and not letters.isascii() and letters.replace(":", "").isalnum():
            return "".join(c for c in letters if c.isascii())  # words of another alphabet, which nobody draws by lot
    readable = bytes(filter(_READABLE.__contains__, said))
    return readable.decode("ascii") if len(readable) >= 0.7 * len(said) else text
