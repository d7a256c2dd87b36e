"""Mandate: who must sign what before it may pass."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

Role = str
ARCHITECT = "architect"


class Requirement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What the units of some files need. Every field has a default: without any, one architect looks at everything."""

    criteria: tuple[str, ...] = ("architect-approved",)
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


class CriterionInfo(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What a criterion asks. One with `implies` is met when all that it implies is, and implies it."""

    text: str = ""
    implies: tuple[str, ...] = ()
    version: Annotated[int, msgspec.Meta(ge=1)] = 1
    """Raise it when the meaning changes: what was signed for an earlier one is stale."""


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
    """A unit that needs a sign-off, as it stands: what it needs, and what is known of it otherwise."""

    path: str
    name: str
    digest: str
    requirement: Requirement
    line: int = 0
    lines: int = 0
    signature: str = ""
    pragmas: str = ""
    against: Mapping[str, str] = {}
    """Findings that speak against a criterion: fingerprint → criterion."""
    marked_ai: bool = False
    """An AI's mark lies on it: nobody can attest that they wrote it."""
    authors: frozenset[str] = frozenset()
    """Addresses of who changed it since the base: they cannot review it."""

    @property
    def unit(self) -> str:
        """`shop/orders.py#Order.total`."""
        return f"{self.path}#{self.name}"


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A sign-off whose signature holds. `at` is when it counts from: when it came to the base branch, else now."""

    id: str
    at: datetime
    key: str
    """The key's fingerprint."""
    hardware: bool = False
