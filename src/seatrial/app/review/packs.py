"""Packs: units under review in portions that a person can read with care, the riskiest first.

About 200 changed lines and never over 400 (Cohen 2006). Never in the order of names: what is shown last is looked at
least (Fregnan et al. 2022: 64 % lower odds of finding a defect in the last file). Pure.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import groupby, pairwise

import msgspec
from msgspec.structs import replace

from seatrial.model.symbols import Symbol

AIM, MOST = 200, 400
"""Changed lines of a pack: about, and at most."""
_BANDS = 3
"""Inside each third of the order, reviewers begin at different places, so that no pack is everybody's last."""


class Part(msgspec.Struct, frozen=True):
    """A part of a unit that is too long for one session: its number from 1, of how many, and its lines."""

    number: int
    count: int
    first: int
    last: int


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
    lenses: tuple[str, ...] = ()
    """The lenses (`model.mandate.LENSES`) through which it is still to be looked at, one at a time; empty: at once."""
    part: Part | None = None
    """Which part of a long unit this is; None: all of it."""

    @property
    def name(self) -> str:
        """`shop/orders.py#Order.total`."""
        return f"{self.symbol.path}#{self.symbol.name}"

    def covers(self, line: int) -> bool:
        """Whether a line is the unit's own. Imports and loose statements lie between what belongs to other units."""
        if self.symbol.name.startswith("<"):
            return line in self.changed
        return self.first <= line <= self.last

    @property
    def first(self) -> int:
        """The first line of what is reviewed of it in one session."""
        return self.part.first if self.part else self.symbol.line

    @property
    def last(self) -> int:
        """The last line of that."""
        return self.part.last if self.part else self.symbol.end_line

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
    lens: str = ""
    """The one lens of this pass; empty: all at once."""

    @property
    def id(self) -> str:
        """12 hex digits that stand for exactly this code, or this part of it, through this lens."""
        return _digest([*self._code, self.lens, *(f"{unit.part.number}" for unit in self.units if unit.part)])

    @property
    def whole(self) -> str:
        """The same for all parts of one unit: they are signed together."""
        return _digest([*self._code, self.lens])

    @property
    def part(self) -> Part | None:
        """Which part of a long unit it is, if it is one."""
        return self.units[0].part

    @property
    def slice(self) -> str:
        """What of the review it is, in words; empty if it is all of it."""
        part = f"part {self.part.number} of {self.part.count}" if self.part else ""
        return ", ".join(one for one in (part, f"{self.lens} alone" if self.lens else "") if one)

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
    def _code(self) -> list[str]:
        return sorted(f"{unit.name}\0{unit.symbol.digest}\0{unit.symbol.pragmas}" for unit in self.units)


def _digest(parts: Iterable[str]) -> str:
    return sha256("\n".join(one for one in parts if one).encode()).hexdigest()[:12]


def packs(units: Iterable[Unit], who: str) -> tuple[Pack, ...]:
    """The units in packs, in the order in which this person meets them.

    Units of one file stay together as long as they fit, and full reviews stay apart from those of a change. A unit over
    `MOST` lines comes in parts, each a pack of its own, and one that is looked at lens by lens once for each lens.
    """
    groups: dict[tuple[str, str, tuple[str, ...]], list[Unit]] = {}
    for unit in sorted(units, key=lambda one: (one.symbol.path, one.base, one.symbol.line, one.symbol.name)):
        groups.setdefault((unit.symbol.path, unit.base, unit.lenses), []).append(unit)
    made = [pack for group in groups.values() for pack in _portions(group)]
    kin: dict[tuple[str, str, tuple[str, ...]], list[Pack]] = {}
    for pack in sorted(made, key=_by_risk):
        kin.setdefault(_kin(pack), []).append(pack)
    joined = [pack for folder in kin.values() for pack in _joined(folder)]
    split = [part for pack in sorted(joined, key=_by_risk) for part in _parts(pack)]
    return tuple(_through_lenses(_rotated(split, who)))


def _through_lenses(ordered: Iterable[Pack]) -> Iterator[Pack]:
    """Each review once for each of its lenses: all parts through one lens before the next."""
    for _, parts in groupby(ordered, key=lambda pack: pack.whole):
        same = list(parts)
        yield from (Pack(pack.units, lens) for lens in same[0].units[0].lenses or ("",) for pack in same)


def _parts(pack: Pack) -> list[Pack]:
    """The pack, or the parts of its one unit if that is too long for a session: about equal, in the order of lines."""
    if pack.size <= MOST:
        return [pack]
    (unit,) = pack.units
    count = -(-unit.size // MOST)
    cuts = [unit.size * number // count for number in range(count + 1)]
    lines = [unit.changed[start:end] for start, end in pairwise(cuts)]
    firsts = [unit.symbol.line, *(one[0] for one in lines[1:])]
    lasts = [*(first - 1 for first in firsts[1:]), max(unit.symbol.end_line, unit.changed[-1])]
    return [
        Pack((replace(unit, changed=own, part=Part(number, count, first, last)),))
        for number, (own, first, last) in enumerate(zip(lines, firsts, lasts, strict=True), 1)
    ]


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


def _kin(pack: Pack) -> tuple[str, str, tuple[str, ...]]:
    return pack.paths[0].rpartition("/")[0], pack.units[0].base, pack.units[0].lenses


def _rotated(ordered: Sequence[Pack], who: str) -> tuple[Pack, ...]:
    width = -(-len(ordered) // _BANDS) or 1
    bands = [list(ordered[at : at + width]) for at in range(0, len(ordered), width)]
    start = int.from_bytes(sha256(who.encode()).digest()[:4])
    return tuple(pack for band in bands for pack in band[start % len(band) :] + band[: start % len(band)])
