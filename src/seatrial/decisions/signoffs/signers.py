"""Who may sign, with which key and when: `.seatrial/allowed_signers` (ssh-keygen(1), ALLOWED SIGNERS).

Stricter than OpenSSH where leniency would let one key be two people: a line names people, not patterns, a key stands
on one line, and certificate authorities are refused. Times without a zone are UTC, so that every machine agrees.
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from seatrial.decisions.signoffs.keys import fingerprint, kind
from seatrial.decisions.signoffs.sshsig import NAMESPACE
from seatrial.decisions.signoffs.wire import WireError
from seatrial.errors import DecisionError
from seatrial.model.text import printable

NAME = ".seatrial/allowed_signers"
_OPTION = re.compile(r'(?P<name>[A-Za-z-]+)(?:="(?P<value>[^"]*)")?(?:,|(?=\s|$))')
_TYPE = re.compile(r"(?:sk-)?(?:ssh|ecdsa)-[\w@.-]+\Z")
_TIMES = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}


class Signer(msgspec.Struct, frozen=True):
    """A key that a person signs with. `principals` are the person's names, the first the one that records use."""

    principals: tuple[str, ...]
    key: bytes
    namespaces: tuple[str, ...] = ()
    valid_after: datetime | None = None
    valid_before: datetime | None = None

    def problem(self, at: datetime) -> str:
        """Why this key counts for no sign-off at that time; empty if it does."""
        if self.namespaces and NAMESPACE not in self.namespaces:
            return f"its key may not sign for `{NAMESPACE}`"
        if self.valid_after and at < self.valid_after:
            return f"its key is valid only after {self.valid_after:%Y-%m-%d %H:%M} UTC"
        if self.valid_before and at >= self.valid_before:
            return f"its key was valid until {self.valid_before:%Y-%m-%d %H:%M} UTC"
        return ""


def parse(text: str) -> tuple[Signer, ...]:
    """The signers in a file, in order.

    Raises:
        DecisionError: a line cannot be understood, or a key stands there twice.
    """
    found: list[Signer] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        try:
            signer = _signer(stripped)
        except (ValueError, WireError, Base64Error) as error:
            raise DecisionError(printable(f"{NAME}, line {number}: {error}. See ssh-keygen(1).")) from None
        if any(signer.key == other.key for other in found):
            raise DecisionError(f"{NAME}, line {number}: the key {fingerprint(signer.key)} stands there twice.")
        found.append(signer)
    return tuple(found)


def line(principal: str, public_key: str) -> str:
    """The line that lets a person sign sign-offs, and nothing else, with a public key as its file holds it."""
    return f'{principal} namespaces="{NAMESPACE}" {" ".join(public_key.split()[:2])}\n'


def _signer(text: str) -> Signer:
    names, _, rest = text.partition(" ")
    principals = tuple(name for name in names.strip('"').split(",") if name)
    if not principals or re.search(r"[*?!]", names):
        raise ValueError("name each person; patterns would let one key be several people")
    options, rest = _options(rest.strip())
    if "cert-authority" in options:
        raise ValueError("certificate authorities are not accepted; name the keys")
    words = rest.split()
    if len(words) < 2:
        raise ValueError("no key stands behind the name")
    key = b64decode(words[1], validate=True)
    if kind(key) != words[0]:
        raise ValueError(f"the key is not of the type {words[0]}")
    spaces = tuple(name for name in options.get("namespaces", "").split(",") if name)
    if "namespaces" in options and not spaces:
        raise ValueError("`namespaces` names none")
    return Signer(principals, key, spaces, _time(options.get("valid-after")), _time(options.get("valid-before")))


def _options(text: str) -> tuple[dict[str, str], str]:
    """The options before the key, and the rest of the line."""
    first = text.split(maxsplit=1)[0] if text else ""
    if _TYPE.match(first):
        return {}, text
    found = list(_each_option(text))
    options = {name: value for name, value, _ in found}
    if len(options) < len(found):
        raise ValueError("an option stands there twice")
    return options, text[found[-1][2] :] if found else text


def _each_option(text: str) -> Iterator[tuple[str, str, int]]:
    at = 0
    while at < len(text) and not text[at].isspace():
        found = _OPTION.match(text, at)
        name = found["name"].lower() if found else ""
        if not found or name not in {"cert-authority", "namespaces", "valid-after", "valid-before"}:
            raise ValueError(f"there is no option `{text[at:].split(maxsplit=1)[0]}`")
        at = found.end()
        yield name, found["value"] or "", at


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    digits = text.removesuffix("Z")
    if len(digits) not in _TIMES or not digits.isdigit():
        raise ValueError(f"`{text}` is no time such as 20261122 or 202611221530Z")
    return datetime.strptime(digits, _TIMES[len(digits)]).replace(tzinfo=UTC)
