"""Criteria and what they imply, down to those that imply nothing: on these everything is counted."""

from collections.abc import Iterable, Mapping

from seatrial.model.mandate import CriterionInfo

Criteria = Mapping[str, CriterionInfo]

ECOSYSTEM, ROADMAP, CIRCULAR, LEGACY, SECURITY = (
    "ecosystem-fit",
    "roadmap-aligned",
    "no-circular-logic",
    "legacy-safe",
    "security-protocols",
)
BY_IMPORTS = frozenset({ECOSYSTEM, CIRCULAR, LEGACY, SECURITY})
"""What a changed set of imports may have spoilt."""
BY_PRAGMAS = frozenset({SECURITY})
BY_DECISIONS = frozenset({ECOSYSTEM, ROADMAP})


def leaves(ids: Iterable[str], criteria: Criteria) -> frozenset[str]:
    """The criteria that imply nothing, of these and all that they imply. One that nobody knows is its own leaf."""
    found: set[str] = set()
    seen: set[str] = set()
    open_ = list(ids)
    while open_:
        one = open_.pop()
        if one in seen:
            continue
        seen.add(one)
        implied = criteria[one].implies if one in criteria else ()
        open_ += implied
        found |= set() if implied else {one}
    return frozenset(found)


def version(one: str, criteria: Criteria) -> int:
    """The version to write into a record: it rises with that of each criterion that is implied."""
    own = criteria[one].version if one in criteria else 1
    below = leaves([one], criteria) - {one}
    return own + sum(criteria[leaf].version - 1 for leaf in below if leaf in criteria)
