"""Signs what a session came to, by the one part that may sign, and keeps the person's own books."""

from pathlib import Path

import msgspec

from seatrial.app import signing
from seatrial.app.review import record, together
from seatrial.app.review.room import Room
from seatrial.app.review.session import Session
from seatrial.app.review.steps import ReviewError
from seatrial.model.signoff import Mark


class Signature(msgspec.Struct, frozen=True):
    """Who signs, as what, with which key, and where they sit."""

    principal: str
    role: str
    key: Path
    where: signing.Session | None = None


def sign(room: Room, session_id: str, signature: Signature) -> Session:
    """Signs the session's sign-off and gives back the session with the record's path.

    Raises:
        ReviewError: something is missing, or the code has changed since it was looked at.
        DecisionError: this person may not sign here (see `app.signing`).
    """
    session = room.session(session_id)
    if missing := together.missing(room, session):
        raise ReviewError(missing[0])
    sessions = together.together(room, session)
    person = record.Person(signature.principal, signature.role)
    root = room.material.wanted.root
    made = record.record(sessions, room, person)
    path = signing.sign(root, made, signature.key, signature.where)
    where = path.relative_to(root).as_posix()
    for one in sessions:
        signed = msgspec.structs.replace(one, signed=where)
        room.store.save(signed)
        room.store.keep_review(signed, approved=all(said.verdict is not Mark.FAIL for said in made.criteria))
    return room.session(session_id)
