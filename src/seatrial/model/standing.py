"""Standing: how every unit of the code stands with what was signed about it."""

from enum import StrEnum

import msgspec

from seatrial.model.signoff import Kind, SignOff


class UnitState(StrEnum):
    """How one unit stands. Those in `SHUT` keep the gate shut."""

    SIGNED = "signed"
    STALE = "stale"
    """Was signed, and something changed since."""
    NEVER = "never"
    FAILED = "failed"
    """Somebody signed that it must not pass."""
    EXEMPT = "exempt"
    """There before sign-offs were asked for, and still as it was."""
    EMERGENCY = "emergency"
    """One architect lets it pass for 72 hours."""


SHUT = frozenset({UnitState.STALE, UnitState.NEVER, UnitState.FAILED})


class UnitStanding(msgspec.Struct, frozen=True, order=True, kw_only=True):
    """One unit and how it stands."""

    path: str
    name: str
    line: int
    lines: int
    state: UnitState
    why: str = ""
    """Why it does not stand as signed, or since when it is exempt; empty if there is nothing to say."""
    missing: tuple[str, ...] = ()
    """Criteria that too few people vouch for as the code stands."""
    role: str = ""
    """Who may sign."""
    reviewers: int = 0
    """How many people must still sign."""
    ask: Kind = Kind.FULL
    """The kind of review that would do."""
    base: str = ""
    """The id of the sign-off that a delta would extend."""
    records: tuple[str, ...] = ()
    """Ids of the sign-offs that count for it as it stands."""
    settled_by: str = ""
    """Another unit whose sign-off settles this one too; empty if it needs its own."""
    hardware: bool = False
    """Whether it takes a key that must be touched."""
    passes: bool = False
    """Whether each lens is a review of its own."""

    @property
    def unit(self) -> str:
        """`shop/orders.py#Order.total`."""
        return f"{self.path}#{self.name}"


class Fault(msgspec.Struct, frozen=True, order=True):
    """What is wrong with the records, the people or the exemptions themselves: it shuts the gate."""

    what: str
    way_to_green: str
    path: str = ""


class Way(msgspec.Struct, frozen=True):
    """The cheapest set of reviews that would open the gate."""

    units: int = 0
    lines: int = 0
    minutes: int = 0
    roles: tuple[str, ...] = ()


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One sign-off in the ledger. `problem` says why it does not count; empty if it does."""

    id: str
    """The first 16 hex digits of the SHA-256 of what was signed; the name of its file."""
    path: str
    signoff: SignOff | None
    key: str = ""
    """The fingerprint of the key: `SHA256:…`."""
    appeared: str = ""
    """ISO 8601: when it came to the base branch; empty if it has not."""
    problem: str = ""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """All units that need a sign-off, and what is wrong with the records. Empty without a mandate."""

    mandate: bool = False
    """Whether this repository asks for sign-offs (`.seatrial/roles.toml`)."""
    units: tuple[UnitStanding, ...] = ()
    ledger: tuple[Entry, ...] = ()
    faults: tuple[Fault, ...] = ()
    notices: tuple[str, ...] = ()
    """What must be told though it shuts nothing: emergencies, sign-offs that end soon."""
    policy: str = ""
    """The digest of the policy in force; a sign-off names it."""
    way: Way = Way()
