"""Code that was there before sign-offs were asked for: `.seatrial/exemptions.toml`. It may only shrink.

One table for each reason, with one line a unit: `"shop/orders.py#Order.total" = "0123456789abcdef"`, the first digits
of its digest. A unit that changes is exempt no longer.
"""

import re
import tomllib
from collections.abc import Iterable
from datetime import date

import msgspec

from seatrial.errors import DecisionError
from seatrial.model.mandate import Exemption
from seatrial.model.text import printable

NAME = ".seatrial/exemptions.toml"
DIGITS = 16
_DIGEST = re.compile(r"[0-9a-f]{16}\Z")


class _Group(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    reason: str
    owner: str
    expires: date
    units: dict[str, str]


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    exempt: tuple[_Group, ...] = ()


def parse(text: str) -> tuple[Exemption, ...]:
    """The exemptions, sorted. Raises `DecisionError` for one without reason or owner, and for what is no digest."""
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise DecisionError(printable(f"{NAME}: {error}. Restore it from version control.")) from None
    found = [_exemption(unit, digest, group) for group in file.exempt for unit, digest in group.units.items()]
    return tuple(sorted(found))


def encode(exemptions: Iterable[Exemption]) -> str:
    """The file's text."""
    groups: dict[tuple[str, str, date], list[Exemption]] = {}
    for one in sorted(exemptions):
        groups.setdefault((one.reason, one.owner, one.expires), []).append(one)
    return "# Only ever take lines out of this file: what is in it was never reviewed.\n" + "".join(
        _group(reason, owner, expires, units) for (reason, owner, expires), units in sorted(groups.items())
    )


def added(before: Iterable[Exemption], after: Iterable[Exemption]) -> tuple[Exemption, ...]:
    """Exemptions of `after` that `before` does not hold, or holds with an earlier end."""
    known = {_of_code(one): one.expires for one in before}
    return tuple(sorted(one for one in after if one.expires > known.get(_of_code(one), date.min)))


def _of_code(one: Exemption) -> tuple[str, str, str]:
    return one.path, one.name, one.digest


def _exemption(unit: str, digest: str, group: _Group) -> Exemption:
    path, mark, name = unit.rpartition("#")
    if not mark or not _DIGEST.match(digest):
        raise DecisionError(printable(f"{NAME}: `{unit} = {digest}` is no unit and digest. Restore the file."))
    if not group.reason.strip() or not group.owner.strip():
        raise DecisionError(printable(f"{NAME}: `{unit}` is exempt without a reason or an owner. Write both."))
    return Exemption(path, name, digest, group.reason, group.owner, group.expires)


def _group(reason: str, owner: str, expires: date, units: list[Exemption]) -> str:
    head = f"\n[[exempt]]\nreason = {_quoted(reason)}\nowner = {_quoted(owner)}\nexpires = {expires}\n"
    lines = (f"{_quoted(f'{one.path}#{one.name}')} = {_quoted(one.digest)}\n" for one in units)
    return f"{head}[exempt.units]\n{''.join(lines)}"


def _quoted(text: str) -> str:
    return msgspec.json.encode(text).decode()  # a JSON string is a basic string of TOML
