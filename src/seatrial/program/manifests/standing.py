"""Where a module that comes from elsewhere stands with the part that imports it: declared, locked, unknown."""

from collections.abc import Iterable, Iterator
from enum import IntEnum
from itertools import chain

from packaging.utils import NormalizedName, canonicalize_name

from seatrial.libraries.distributions import distributions
from seatrial.program.manifests.nouns import Part, Requirement, Requirements, Use
from seatrial.program.manifests.providers import akin, mapped, own_names, providers, provides
from seatrial.program.manifests.requirements_txt import use_of

_EVERYTHING = frozenset({"all", "standard", "full", "complete"})
"""Extras that bring more than their name says."""


class Standing(IntEnum):
    """How a module is provided for, best first. Only `DECLARED` is sound."""

    DECLARED = 0
    ABOVE = 1
    """Declared by a part around this one."""
    COMPANION = 2
    """Comes along with something declared, and belongs to using it."""
    DEVELOPMENT = 3
    """Declared for development alone."""
    MEMBER = 4
    """Declared by a part of the same repository that this one rests on: its owners are one's own."""
    LOCKED = 5
    """In the lock: there as long as someone else needs it."""
    KNOWN = 6
    """A known distribution provides it, which nobody asked for."""
    UNKNOWN = 7
    """No distribution is known to provide it."""


def standing(requirements: Requirements, part: Part, module: str) -> Standing:
    """How a (dotted) module is provided for in a part."""
    return next(_standings(requirements, part, module), Standing.UNKNOWN)


def _standings(requirements: Requirements, part: Part, module: str) -> Iterator[Standing]:
    """All that holds, the best first."""
    installed = requirements.installed

    def named(names: Iterable[NormalizedName]) -> bool:
        return any(provides(name, module, installed) for name in names)

    if _asked_for(part, module, requirements) or named(own_names(requirements)):
        yield Standing.DECLARED
    if any(_asked_for(one, module, requirements) for one in requirements.enclosing(part.folder) if one is not part):
        yield Standing.ABOVE
    around = (need for one in requirements.enclosing(part.folder) for need in one.requirements)
    asked = [need for need in (*part.requirements, *around) if need.use in (Use.RUN, Use.EXTRA)]
    if named(chain(_companions(asked), _family(requirements, part, asked))):
        yield Standing.COMPANION
    if named(_brought(requirements, part, asked)):
        yield Standing.LOCKED
    if named(need.name for need in part.requirements if need.use in (Use.DEVELOPMENT, Use.BUILD)):
        yield Standing.DEVELOPMENT  # before the lock, which holds what is for development too
    if _through_members(requirements, part, module):
        yield Standing.MEMBER
    if named(entry.name for entry in requirements.locks(part)):
        yield Standing.LOCKED
    if providers(module) or named(canonicalize_name(one.name) for one in installed):
        yield Standing.KNOWN


def _asked_for(part: Part, module: str, requirements: Requirements) -> bool:
    """Whether a requirement for running (or for an optional feature) provides the module, or may well do so."""
    asked = [need for need in part.requirements if need.use in (Use.RUN, Use.EXTRA)]
    if not part.declares:  # where nothing but a lock speaks, the lock is the declaration
        return any(provides(entry.name, module, requirements.installed) for entry in part.locked)
    return any(_satisfies(need, module, requirements) for need in asked)


def _satisfies(need: Requirement, module: str, requirements: Requirements) -> bool:
    if provides(need.name, module, requirements.installed):
        return True
    if any(extra == module.partition(".")[0] or provides(canonicalize_name(extra), module) for extra in need.extras):
        return True  # `celery[redis]` is how one asks for redis, `django-storages[azure]` for `azure.storage`
    if not need.name:  # an address that tells nothing may bring anything; a part of this repository brings itself
        return need.direct not in {part.folder or "." for part in requirements.parts}
    if not mapped(need.name, requirements.installed):
        return akin(need.name, module)
    return not providers(module) and akin(need.name, module, words=2)


def _companions(asked: Iterable[Requirement]) -> Iterator[NormalizedName]:
    companions = distributions().companions
    families = [name for name in companions if name.endswith("-")]
    for need in asked:
        extras = (f"{need.name}[{extra}]" for extra in need.extras)
        for name in (need.name, *extras, *filter(need.name.startswith, families)):
            yield from map(canonicalize_name, companions.get(name, ()))


def _family(requirements: Requirements, part: Part, asked: Iterable[Requirement]) -> Iterator[NormalizedName]:
    """What a requirement is put together from, by its name: `vonage` of `vonage-utils` and others.

    And what a host brings, by whose name the part is called that is made for it: `shop-labels` runs in `shop`.
    """
    needs = _needs(requirements, part)
    for need in asked:
        start = f"{need.name}-"
        is_host = part.distribution.startswith(start)
        yield from (name for name in needs.get(need.name, ()) if is_host or name.startswith(start))


def _is_for_running(path: str) -> bool:
    return path.endswith(".txt") and use_of(path) is Use.RUN


def _needs(requirements: Requirements, part: Part) -> dict[NormalizedName, tuple[NormalizedName, ...]]:
    return {entry.name: entry.needs for entry in requirements.locks(part)}


def _brought(requirements: Requirements, part: Part, asked: Iterable[Requirement]) -> set[NormalizedName]:
    """What the lock says that the requirements for running bring along, directly or by way of others.

    Or a list that was compiled from them.
    """
    needs = _needs(requirements, part)
    found = {entry.name for entry in requirements.locks(part) if _is_for_running(entry.path)}
    waiting = [need.name for need in asked]
    while waiting:
        new = [name for name in needs.get(waiting.pop(), ()) if name not in found]
        found.update(new)
        waiting.extend(new)
    return found


def _through_members(requirements: Requirements, part: Part, module: str) -> bool:
    named = {need.name for need in part.requirements if need.name}
    others = (one for one in requirements.parts if one is not part)
    members = (one for one in others if one.folder in part.members or one.distribution in named)
    return any(_asked_for(one, module, requirements) for one in members)


def brings_everything(part: Part) -> bool:
    """Whether some requirement has an extra that brings along what nobody can tell from its name."""
    return any(need.extras & _EVERYTHING for need in part.requirements)


def unmapped(requirements: Requirements, part: Part) -> list[Requirement]:
    """Requirements of which nobody knows what modules they provide."""
    return [need for need in part.requirements if need.name and not mapped(need.name, requirements.installed)]
