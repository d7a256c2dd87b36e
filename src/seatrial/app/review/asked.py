"""What a review is asked for: the criteria that its units miss, by lens where passes are apart, and its questions."""

from collections.abc import Iterable, Mapping, Sequence

from seatrial.app.questions import Circumstance, Fact
from seatrial.app.questions.reading import about
from seatrial.app.review.packs import Pack, Unit
from seatrial.app.review.planting import Planted
from seatrial.gate import leaves
from seatrial.model.mandate import LENSES, CriterionInfo, Requirement
from seatrial.model.standing import Standing

_ALWAYS = frozenset({Circumstance.SYMBOL, Circumstance.LINE})
_STRUCTURE = frozenset({Circumstance.CALL, Circumstance.ENDPOINT, Circumstance.MIGRATION, Circumstance.FIT})
_TRUST = frozenset(
    {Circumstance.ENDPOINT, Circumstance.HTTP, Circumstance.FILES, Circumstance.PARAMETER, Circumstance.BRANCH}
    | {Circumstance.EXCEPT, Circumstance.TRUST}
)
_BY_LENS = {"architecture": _STRUCTURE, "security": _TRUST, "scale": frozenset(Circumstance) - {Circumstance.CALL}}
"""What is asked about through each lens; the unit as a whole only where it does nothing of that."""
_WHOLE = {"architecture": Circumstance.FIT, "security": Circumstance.TRUST}


def criteria(pack: Pack, standing: Standing, known: Mapping[str, CriterionInfo]) -> tuple[str, ...]:
    """The criteria to judge: what the units miss, taken apart into what it implies, as far as the lens goes."""
    names = {unit.name for unit in pack.units}
    missing = {one for unit in standing.units if unit.unit in names for one in unit.missing}
    return tuple(
        one
        for one in sorted(leaves(missing or Requirement().criteria, known))
        if not pack.lens or _lens(one, known) == pack.lens
    )


def lenses(standing: Standing, known: Mapping[str, CriterionInfo]) -> dict[str, tuple[str, ...]]:
    """By unit, the lenses through which it must still be looked at one at a time."""
    found: dict[str, tuple[str, ...]] = {}
    for unit in standing.units:
        if unit.passes and unit.missing:
            wanted = {_lens(one, known) for one in leaves(unit.missing, known)}
            found[unit.unit] = tuple(one for one in LENSES if one in wanted)
    return found


def facts(pack: Pack, known: Mapping[str, Sequence[Fact]], planted: Sequence[Planted]) -> list[Fact]:
    """What to ask about: the code as it is, and no line that is shown otherwise, which would tell of the canary."""
    found = [fact for unit in pack.units for fact in _facts(unit, known.get(unit.symbol.path, ()), pack.lens)]
    return [fact for fact in found if not _is_hidden(fact, planted)]


def _facts(unit: Unit, of_file: Iterable[Fact], lens: str) -> list[Fact]:
    """What a unit does; of a unit that was signed before, what its changed lines do, if they do something."""
    own = [fact for fact in of_file if unit.covers(fact.line)]
    fresh = [fact for fact in own if fact.line in unit.changed]
    says_much = any(fact.circumstance not in _ALWAYS for fact in fresh)
    found = [*fresh, *(fact for fact in own if fact.circumstance in _ALWAYS)] if says_much else own
    if not lens:
        return found
    whole = [about(_WHOLE[lens], unit.symbol, unit.first)] if lens in _WHOLE else []
    return [*whole, *(fact for fact in found if fact.circumstance in _BY_LENS[lens] | _ALWAYS)]


def _is_hidden(fact: Fact, planted: Sequence[Planted]) -> bool:
    return any(one.path == fact.path and one.mutant.line <= fact.line <= one.mutant.end_line for one in planted)


def _lens(criterion: str, known: Mapping[str, CriterionInfo]) -> str:
    return known[criterion].lens if criterion in known else LENSES[0]
