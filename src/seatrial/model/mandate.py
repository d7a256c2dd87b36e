"""Mandate: who must sign what before it may pass."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec

from seatrial.model.signoff import SignOff

Role = str
ARCHITECT = "architect"
ARCHITECT_APPROVED = "architect-approved"
Lens = Literal["architecture", "scale", "security"]
LENSES: tuple[Lens, ...] = ("architecture", "scale", "security")
"""What a reviewer looks for, in the order in which they do."""


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What the units of some files need. Every field has a default: without any, one architect looks at everything."""

    criteria: tuple[str, ...] = (ARCHITECT_APPROVED,)
    """Criteria that must be met, or that others which are met imply."""
    role: Role = ARCHITECT
    """The role that a reviewer must have."""
    min_reviewers: Annotated[int, msgspec.Meta(ge=0)] = 1
    """How many people must sign, each with a key of their own; 0: none, these files need no sign-off."""
    unknown: Literal["ai", "human"] = "ai"
    """Who counts as the author of what bears no mark. With `human` only what an AI marked needs a sign-off."""
    require_hardware: bool = False
    """Only keys count that lie in a device and must be touched (`sk-ssh-ed25519`)."""
    expires: Annotated[int, msgspec.Meta(ge=1)] = 365
    """A sign-off ends after so many days."""
    tier: Literal[1, 2] = 2
    """With 1 the fields above and below have the values of `TIER_1` where nothing else is said."""
    passes: bool = False
    """Each lens is a review of its own, with the criteria that it is for."""


TIER_1: Mapping[str, Any] = {
    "criteria": [ARCHITECT_APPROVED, "scales", "operable"],
    "min-reviewers": 2,
    "require-hardware": True,
    "expires": 180,
    "passes": True,
}
"""What must never be wrong: two people, keys that are touched, half a year, one lens at a time."""


class CriterionInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a criterion asks. One with `implies` is met when all that it implies is, and implies it."""

    text: str = ""
    implies: tuple[str, ...] = ()
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Raise it when the meaning changes: what was signed for an earlier one is stale."""
    lens: Lens = "architecture"
    """The pass in which it is judged, where passes are apart."""


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who may sign: roles, other addresses that their commits bear, and from when until when."""

    roles: tuple[Role, ...]
    emails: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    def has(self, role: Role, at: date) -> bool:
        """Whether the person had the role on that day."""
        begun = self.since is None or self.since <= at
        return role in self.roles and begun and (self.until is None or at <= self.until)


class Mandate(msgspec.Struct, frozen=True, kw_only=True):
    """All that sign-offs are held against: people by principal, criteria by id."""

    people: Mapping[str, Person]
    criteria: Mapping[str, CriterionInfo]
    policy: str = ""
    """The digest of the policy, as records name it."""


class Exemption(msgspec.Struct, frozen=True, order=True):
    """A unit that was there before sign-offs were asked for: it passes as it was, until `expires`."""

    path: str
    name: str
    digest: str
    """The first 16 hex digits of the unit's digest."""
    reason: str
    owner: str
    expires: date


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A unit of the code as it stands, what it needs, and what is known of it otherwise."""

    path: str
    name: str
    digest: str
    requirement: Requirement
    needed: bool = True
    """False for what needs no sign-off itself, but lies beside what does."""
    governing: bool = False
    """It says who must sign what: only sign-offs count, no exemption, emergency or attestation."""
    line: int = 0
    lines: int = 0
    signature: str = ""
    pragmas: str = ""
    against: tuple[tuple[str, str], ...] = ()
    """Findings that speak against a criterion, as pairs of fingerprint and criterion."""
    marked_ai: bool = False
    """An AI's mark lies on it: nobody can attest to have written it alone."""
    authors: frozenset[str] = frozenset()
    """Addresses of those who changed it since the base: they cannot review it."""

    @property
    def place(self) -> tuple[str, str]:
        """Path and name."""
        return self.path, self.name


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-off that a known key signed. `problem` says why it does not count all the same; empty if it does."""

    id: str
    signoff: SignOff
    at: datetime
    """When it counts from: when it says that it was made, or when it came to the base branch, whichever is earlier."""
    key: str = ""
    """The key's fingerprint."""
    hardware: bool = False
    problem: str = ""


class Law(msgspec.Struct, frozen=True, kw_only=True):
    """All that units are held against."""

    mandate: Mandate
    records: tuple[Record, ...]
    now: datetime
    exemptions: tuple[Exemption, ...] = ()
    superseded: frozenset[str] = frozenset()
    """Ids of decision records that no longer hold."""


BUILT_IN: Mapping[str, CriterionInfo] = {
    "ecosystem-fit": CriterionInfo(text="It fits the libraries, layers and conventions around it."),
    "roadmap-aligned": CriterionInfo(text="It stands in the way of nothing that is planned or decided."),
    "no-circular-logic": CriterionInfo(text="Nothing in it rests on itself: no circles of imports, calls or reasons."),
    "legacy-safe": CriterionInfo(text="What called it before still works: callers, stored data, other versions."),
    "security-protocols": CriterionInfo(
        text="It keeps the rules for input, secrets, rights and data.", lens="security"
    ),
    "scales": CriterionInfo(text="It holds at a hundred times the data and ten times the callers.", lens="scale"),
    "operable": CriterionInfo(text="Whoever is called at night sees what it does and can stop it.", lens="scale"),
    ARCHITECT_APPROVED: CriterionInfo(
        text="An architect lets it in.",
        implies=("ecosystem-fit", "roadmap-aligned", "no-circular-logic", "legacy-safe", "security-protocols"),
    ),
}
"""The criteria that every repository has; the settings may give them another meaning, and more."""
