"""Packs: units under review in portions that a person can read with care, the riskiest first.

About 200 changed lines and never over 400 (Cohen 2006). Never in the order of names: what is shown last is looked at
least (Fregnan et al. 2022: 64 % lower odds of finding a defect in the last file). Pure.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from seatrial.model.symbols import Symbol

AIM, MOST = 200, 400
"""Changed lines of a pack: about, and at most."""
_BANDS = 3
"""Inside each third of the order, reviewers begin at different places, so that no pack is everybody's last."""


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A symbol to review. `changed` are its lines (1-based) that are new since it was last signed or since the base."""

    symbol: Symbol
    changed: tuple[int, ...]
    state: str = "never"
    """How it stands: `model.standing.UnitState`."""
    why: str = ""
    base: str = ""
    """The id of the sign-off that this review would extend."""
    before: str | None = None
    """Its own lines as they were then; None if it is new or nobody can tell any more."""
    risk: float = 0.0

    @property
    def name(self) -> str:
        """`shop/orders.py#Order.total`."""
        return f"{self.symbol.path}#{self.symbol.name}"

    def covers(self, line: int) -> bool:
        """Whether a line is the unit's own. Imports and loose statements lie between what belongs to other units."""
        symbol = self.symbol
        return line in self.changed if symbol.name.startswith("<") else symbol.line <= line <= symbol.end_line

    @property
    def stretches(self) -> tuple[tuple[int, int], ...]:
        """The changed lines as stretches without a break: first and last of each."""
        found: list[tuple[int, int]] = []
        for line in self.changed:
            if found and found[-1][1] == line - 1:
                found[-1] = (found[-1][0], line)
            else:
                found.append((line, line))
        return tuple(found)

    @property
    def size(self) -> int:
        """Changed lines; at least one, since even a removed line must be looked at."""
        return max(1, len(self.changed))


class Pack(msgspec.Struct, frozen=True):
    """Units that are reviewed in one session and signed together."""

    units: tuple[Unit, ...]

    @property
    def id(self) -> str:
        """12 hex digits that stand for exactly this code."""
        parts = sorted(f"{unit.name}\0{unit.symbol.digest}\0{unit.symbol.pragmas}" for unit in self.units)
        return sha256("\n".join(parts).encode()).hexdigest()[:12]

    @property
    def size(self) -> int:
        """Changed lines."""
        return sum(unit.size for unit in self.units)

    @property
    def risk(self) -> float:
        """That of the riskiest unit."""
        return max(unit.risk for unit in self.units)

    @property
    def paths(self) -> tuple[str, ...]:
        """The files, sorted."""
        return tuple(sorted({unit.symbol.path for unit in self.units}))

    @property
    def is_too_large(self) -> bool:
        """Nobody reads so much with care: it must be split before it can be reviewed."""
        return self.size > MOST


def packs(units: Iterable[Unit], who: str) -> tuple[Pack, ...]:
    """The units in packs, in the order in which this person meets them.

    Units of one file stay together as long as they fit, and full reviews stay apart from those of a change. A single
    unit over `MOST` lines makes a pack of its own, which cannot be reviewed.
    """
    groups: dict[tuple[str, str], list[Unit]] = {}
    for unit in sorted(units, key=lambda one: (one.symbol.path, one.base, one.symbol.line, one.symbol.name)):
        groups.setdefault((unit.symbol.path, unit.base), []).append(unit)
    made = [pack for group in groups.values() for pack in _portions(group)]
    kin: dict[tuple[str, str], list[Pack]] = {}
    for pack in sorted(made, key=_by_risk):
        kin.setdefault(_kin(pack), []).append(pack)
    joined = [pack for folder in kin.values() for pack in _joined(folder)]
    return _rotated(sorted(joined, key=_by_risk), who)


def _portions(units: Sequence[Unit]) -> list[Pack]:
    """One file's units, cut where the aim is passed."""
    result: list[list[Unit]] = [[]]
    for unit in units:
        size = sum(one.size for one in result[-1])
        if result[-1] and (size >= AIM or size + unit.size > MOST):
            result.append([])
        result[-1].append(unit)
    return [Pack(tuple(portion)) for portion in result]


def _joined(made: Sequence[Pack]) -> list[Pack]:
    """Small packs of one folder that are neighbours in risk become one, up to the aim."""
    result: list[Pack] = []
    for pack in made:
        last = result[-1] if result else None
        if last and last.size + pack.size <= AIM:
            result[-1] = Pack((*last.units, *pack.units))
        else:
            result.append(pack)
    return result


def _by_risk(pack: Pack) -> tuple[float, str]:
    return -pack.risk, pack.id


def _kin(pack: Pack) -> tuple[str, str]:
    return pack.paths[0].rpartition("/")[0], pack.units[0].base


def _rotated(ordered: Sequence[Pack], who: str) -> tuple[Pack, ...]:
    width = -(-len(ordered) // _BANDS) or 1
    bands = [list(ordered[at : at + width]) for at in range(0, len(ordered), width)]
    start = int.from_bytes(sha256(who.encode()).digest()[:4])
    return tuple(pack for band in bands for pack in band[start % len(band) :] + band[: start % len(band)])
