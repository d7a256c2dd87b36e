"""Names that nothing shows to exist, imported or required: what speaks against each, and how much.

One sign alone is little: an unknown name may be private or young, and an index (or a mirror of one) that does not have
a name may be incomplete. Confidence rises above the default threshold when two signs agree, or a whole index lacks it.
"""

from collections.abc import Iterable, Iterator

import msgspec
from packaging.utils import NormalizedName, canonicalize_name

from seatrial.program.manifests.doubt import Doubt, doubt, plausible
from seatrial.program.manifests.existing import Existing
from seatrial.program.manifests.needs import Need
from seatrial.program.manifests.nouns import Part, Requirement, Requirements, Use
from seatrial.program.manifests.owned import Way
from seatrial.program.manifests.providers import akin, own_names, providers
from seatrial.program.manifests.standing import Standing, unmapped

SURE = 0.7
"""From here on a name is called unknown; below, an import of it is told as undeclared alone."""


class Suspect(msgspec.Struct, frozen=True):
    """A name without proof of existence: at the imports of `need`, or at `requirement`."""

    name: str
    """As it is written."""
    near: str
    """The known name that was meant; empty if there is none."""
    signs: tuple[str, ...]
    """What speaks against it, in words for a reader."""
    confidence: float
    need: Need | None = None
    requirement: Requirement | None = None


def suspects(requirements: Requirements, needs: Iterable[Need], existing: Existing) -> Iterator[Suspect]:
    """Modules that nothing provides, then requirements whose name nobody knows."""
    for need in needs:
        if one := imported(need, requirements, existing):
            yield one
    for part in requirements.parts:
        yield from _declared(part, requirements, existing)


def imported(need: Need, requirements: Requirements, existing: Existing) -> Suspect | None:
    """What an import that nothing provides says against its module; None if something may provide it."""
    first = need.imports[0]
    if need.standing is not Standing.UNKNOWN or (existing.whole and existing.could_provide(first.head)):
        return None
    if is_asked_beside(need, requirements):
        return None
    name = canonicalize_name(first.head)
    sign = _spelling(name)
    absences = _absences(name, existing)
    extends = need.part is not None and _extends(need.part, first.head)
    base = 0.85 if sign or absences or extends else 0.6
    return Suspect(
        name=first.shown,
        near=sign.near if sign else "",
        signs=tuple([*([sign.reason] if sign else []), *absences] or ["no distribution of that name is known"]),
        confidence=round(min(0.9, max(0.1, base + 0.2 * extends - reservations(need, requirements))), 2),
        need=need,
    )


def is_asked_beside(need: Need, requirements: Requirements, folders: frozenset[str] | None = None) -> bool:
    """Another list of requirements names what may provide it: that of an image. `folders`: those of such lists."""
    module = need.imports[0].module
    others = (
        part for part in requirements.parts if part is not need.part and (folders is None or part.folder in folders)
    )
    names = {one.name for part in others for one in part.requirements if one.name}
    return not names.isdisjoint(map(canonicalize_name, providers(module))) or any(akin(name, module) for name in names)


def _spelling(name: str) -> Doubt | None:
    """How a module's name is near to a known one by its letters: the other signs are signs of distributions' names."""
    sign = doubt(name)
    return sign if sign and sign.is_slip else None


def reservations(need: Need, requirements: Requirements) -> float:
    """What else could explain a module that nothing provides: unknown requirements, in-house code, optional use."""
    part = need.part
    if part is None:
        return 0.3
    unclear = len(unmapped(requirements, part))
    in_house = any(akin(name, need.imports[0].module) for name in own_names(requirements))
    return (
        0.1 * need.way + 0.3 * (need.optional and need.way is not Way.GUARDED) + 0.2 * need.for_development
        + 0.25 * in_house
        + 0.2 * part.private_index + 0.3 * (not part.complete) + min(0.2, 0.1 * unclear)
    )  # fmt: skip


def _extends(part: Part, head: str) -> bool:
    """Whether a module's name makes it an extension of a library in use: the usual shape of a made-up name."""
    run = (need for need in part.requirements if need.use in (Use.RUN, Use.EXTRA))
    names = (need.name.replace("-", "_") for need in run if need.name)
    return any(head.startswith(f"{name}_") for name in names)


def _declared(part: Part, requirements: Requirements, existing: Existing) -> Iterator[Suspect]:
    vouched = {entry.name for one in requirements.parts for entry in one.locked} | own_names(requirements)
    vouched |= {need.name for need in part.requirements if need.direct or need.hashed}
    vouched |= {canonicalize_name(one.name) for one in requirements.installed}
    seen: set[NormalizedName] = set()
    for need in part.requirements:
        if need.name and need.name not in vouched | seen and not existing.has(need.name):
            seen.add(need.name)
            yield from _unknown(need, part, requirements, existing)


def _unknown(need: Requirement, part: Part, requirements: Requirements, existing: Existing) -> Iterator[Suspect]:
    sign = doubt(need.name)
    missing = tuple(f"the {where} does not have it" for where, there in _resolvers(need, part, requirements) if there)
    absences = _absences(need.name, existing)
    if plausible(need.name) and not missing and not absences and not (sign and sign.strength > SURE):
        return
    strength = 0.9 if existing.not_listed(need.name) else _strength(sign, absences, missing)
    yield Suspect(
        name=need.written,
        near=sign.near if sign else "",
        signs=((sign.reason,) if sign else ()) + absences + missing,
        confidence=round(max(0.1, strength - 0.25 * part.private_index), 2),
        requirement=need,
    )


def _absences(name: str, existing: Existing) -> tuple[str, ...]:
    return tuple(filter(None, (existing.not_listed(name), existing.not_found(name))))


def _strength(sign: Doubt | None, absences: tuple[str, ...], missing: tuple[str, ...]) -> float:
    """How sure it is that a name does not exist, without the list of a whole index.

    That one index did not find it is one sign: it counts for much when another one agrees.
    """
    if absences:
        return 0.85 if sign or missing else 0.65
    own = max(0.4, sign.strength if sign else 0)
    if not missing:
        return own
    return max(0.6, own) + (0.1 if sign and sign.strength > 0.6 else 0)


def _resolvers(need: Requirement, part: Part, requirements: Requirements) -> list[tuple[str, bool]]:
    """Who has resolved the part's requirements and would know the name, if it were meant for every environment."""
    everywhere = need.marker is None and need.use is Use.RUN
    return [
        ("lock", everywhere and any(entry.path != need.path for entry in requirements.locks(part))),
        ("installed environment", everywhere and bool(requirements.installed)),
    ]
