"""Who told a model what to write: they are authors of what it wrote, and cannot review it."""

from collections.abc import Collection
from pathlib import Path

from seatrial.app import git
from seatrial.app.review.material import Material
from seatrial.app.review.packs import Pack
from seatrial.decisions.provenance.agents import agents
from seatrial.model.provenance import Origin

_MADE = frozenset({Origin.AI, Origin.MIXED})


def operators(pack: Pack, material: Material, authors: Collection[str]) -> tuple[str, ...]:
    """The people whose commits brought what bears a model's mark, by address in small letters, sorted.

    Where only a change since another sign-off is reviewed, those among the `authors` of that change.
    """
    units = [material.origins.get((unit.symbol.path, unit.symbol.name)) for unit in pack.units]
    marks = [mark for one in units if one and one.origin in _MADE for mark in one.marks]
    found = _people(material.wanted.root, sorted({mark.commit for mark in marks} - {""}))
    return tuple(sorted(found & set(authors) if pack.units[0].base else found))


def _people(root: Path, commits: list[str]) -> set[str]:
    if not commits:
        return set()
    try:
        named = git.people(root, commits)
    except git.GitError:
        return set()  # a mark may lie in a commit that is not here; the authors since the base are known all the same
    return {one.casefold() for one in named if not agents().known(one)}
