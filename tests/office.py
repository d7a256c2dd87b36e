"""A repository whose code must be signed off, with people who have real keys."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from keys import key, public, signed
from seatrial.app.signing import Session, Surroundings, sign
from seatrial.app.signoffs import Seen, standing
from seatrial.decisions.fingerprints import symbols
from seatrial.decisions.signoffs import envelope, records, sshsig, statement
from seatrial.decisions.signoffs.signers import line
from seatrial.model.signoff import Criterion, Kind, Mark, SignOff, subject
from seatrial.model.standing import Standing, UnitState
from trees import commit, git, repository, write

ADA, BOB, EVE = "ada@example.org", "bob@example.org", "eve@example.org"
HERE = Surroundings({}, terminal=True)
"""A person at a terminal."""
APPROVED = (Criterion("architect-approved", Mark.PASS, "read and tried"),)
SHOP = """\
import json


def total(order):
    return sum(line.price for line in order.lines)


def load(text):
    return json.loads(text)
"""


class Office:
    """A repository at `root` on branch `main`; `ada` and `bob` are architects, `eve` has a key and no role."""

    def __init__(self, folder: Path, files: Mapping[str, str] | None = None) -> None:
        self.keys = {who: key(folder, who) for who in (ADA, BOB, EVE)}
        self.root = repository(folder / "shop", {"shop/orders.py": SHOP} if files is None else files)

    @cached_property
    def allowed(self) -> str:
        return "".join(line(who, public(self.keys[who])) for who in (ADA, BOB))

    @property
    def roles(self) -> str:
        return "".join(f'["{who}"]\nroles = ["architect"]\n' for who in (ADA, BOB))

    def open(self, settings: str = "") -> "Office":
        """Asks for sign-offs from here on."""
        write(self.root, {".seatrial/roles.toml": self.roles, ".seatrial/allowed_signers": self.allowed})
        if settings:
            write(self.root, {"seatrial.toml": settings})
        commit(self.root)
        return self

    def branch(self, name: str = "change") -> "Office":
        git(self.root, "checkout", "-q", "-b", name)
        return self

    def write(self, files: Mapping[str, str]) -> "Office":
        write(self.root, files)
        commit(self.root)
        return self

    def subjects(self, *units: str, path: str = "shop/orders.py") -> tuple[Any, ...]:
        found = symbols(path, (self.root / path).read_bytes())
        return tuple(subject(one) for one in found if not units or one.name in units)

    def sign(self, *units: str, who: str = ADA, path: str = "shop/orders.py", **more: Any) -> Path:
        """Signs units as they lie there (all without any), and commits the record."""
        made = sign(self.root, self.said(*units, who=who, path=path, **more), self.keys[who], Session(), HERE)
        commit(self.root)
        return made

    def forge(self, *units: str, who: str = ADA, path: str = "shop/orders.py", **more: Any) -> Path:
        """The same past everything that `sign` would refuse: somebody with a key can always write such a file."""
        now = datetime.now(UTC).replace(microsecond=0)
        payload = statement.encode(replace(self.said(*units, who=who, path=path, **more), reviewed_at=now))
        made = self.root / records.path_of(payload, now)
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_bytes(envelope.seal(payload, sshsig.unarmoured(signed(self.keys[who], envelope.pae(payload)))))
        commit(self.root)
        return made

    def said(self, *units: str, who: str, path: str, **more: Any) -> SignOff:
        """What is signed: a full review of units, unless `more` says otherwise."""
        fields = {
            "subjects": self.subjects(*units, path=path),
            "kind": Kind.FULL,
            "reviewer": who,
            "role": "architect",
            "criteria": APPROVED,
        }
        return SignOff(**(fields | more))

    def standing(self, base: str = "main", now: datetime | None = None) -> Standing:
        return standing(self.root, base, Seen(now=now))

    def states(self, base: str = "main", now: datetime | None = None) -> dict[str, UnitState]:
        return {one.name: one.state for one in self.standing(base, now).units}

    def merge(self, name: str = "change") -> "Office":
        """Squashes a branch into main."""
        git(self.root, "checkout", "-q", "main")
        git(self.root, "merge", "-q", "--squash", name)
        commit(self.root)
        return self
