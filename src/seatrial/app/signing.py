"""Signs a sign-off with a person's SSH key. The only place that does, and refused to agents."""

from pathlib import Path

import msgspec

from seatrial.model.signoff import SignOff


class Session(msgspec.Struct, frozen=True):
    """Where the person sits. `web` is a session of the review room, opened by a person with its token."""

    web: str = ""
    """The id of the room's session; empty for the terminal, which must then be one."""


def sign(root: Path, signoff: SignOff, key: Path, session: Session | None = None) -> Path:
    """Signs with `key` (a private key's file, or a public one whose other half an agent of ssh holds).

    Gives back the new file below `.seatrial/signoffs`.

    Raises:
        DecisionError: who asks looks like an agent, sits at no terminal and in no room, or has no key that counts.
    """
    raise NotImplementedError
