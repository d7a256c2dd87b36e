"""Puts together what is known of a symbol's lines."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.labels import origin
from seatrial.model.provenance import Mark, Origin, Provenance

_HUMAN = (Origin.HUMAN_OBSERVED, Origin.HUMAN_ATTESTED)
_MADE = frozenset({Origin.AI, Origin.MIXED})


def verdict(
    path: str, name: str, lines: Iterable[int], claims: Mapping[int, Sequence[Claim]], declared: Sequence[Claim] = ()
) -> Provenance:
    """Who wrote a symbol, from the numbers of its lines, what is claimed by number, and what the project declares.

    What is declared speaks only where no mark does.
    """
    counted = Counter(lines)
    by_origin: Counter[Origin] = Counter()
    used: dict[Claim, None] = {}
    for number, count in counted.items():
        told = claims.get(number, ())
        held = told if origin(told) is not Origin.UNKNOWN else declared
        by_origin[origin(held)] += count
        used.update(dict.fromkeys(held))
    return Provenance(
        path,
        name,
        whole(by_origin),
        dict(sorted(by_origin.items())),
        tuple(sorted({claim.tool for claim in used} - {""})),
        tuple(sorted({claim.model for claim in used} - {""})),
        tuple(sorted({claim.mark for claim in used}, key=_by_carrier)),
    )


def whole(lines: Mapping[Origin, int]) -> Origin:
    """What lines of several origins come to.

    Anything of a model among other lines is mixed; one unknown line makes the rest unknown; among people and programs
    the weaker claim wins.
    """
    said = {one for one, count in lines.items() if count}
    if said & _MADE:
        return Origin.AI if said == {Origin.AI} else Origin.MIXED
    if not said or Origin.UNKNOWN in said:
        return Origin.UNKNOWN
    return next(one for one in (Origin.BOT, *_HUMAN) if one in said)


def _by_carrier(mark: Mark) -> tuple[str, ...]:
    return mark.carrier, mark.commit, mark.text
