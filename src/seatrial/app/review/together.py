"""Sessions that are signed together: those of all parts of a unit that is too long for one."""

from seatrial.app.review.room import Room
from seatrial.app.review.session import Session


def together(room: Room, session: Session) -> tuple[Session, ...]:
    """The sessions that one sign-off is made of, in the order of their parts; the session alone if it has no parts."""
    if session.pack.part is None:
        return (session,)
    under_way = room.store.under_way(room.reviewer)
    known = (room.store.session(under_way.get(pack.id, "")) for pack in room.parts(session.pack))
    return tuple(one for one in known if one and room.is_current(one))


def missing(room: Room, session: Session) -> tuple[str, ...]:
    """What is missing before a session can end, or be signed with those of the other parts."""
    own = room.missing(session)
    if session.pack.part is None or not session.disclosed or session.signed or session.not_understood:
        return own
    ready = {one.pack.id for one in together(room, session) if one.disclosed and not room.missing(one)}
    open_ = [pack.part.number for pack in room.parts(session.pack) if pack.part and pack.id not in ready]
    others = ", ".join(str(number) for number in open_ if number != session.pack.part.number)
    name = session.pack.units[0].name
    return (*own, f"{name} is signed when all its parts are done: still part {others}") if others else own


def waiting(room: Room) -> frozenset[str]:
    """The packs that are done and wait for other parts before they can be signed."""
    under_way = room.store.under_way(room.reviewer)
    known = {pack.id: room.store.session(under_way.get(pack.id, "")) for pack in room.left if pack.part}
    return frozenset(pack for pack, one in known.items() if one and one.disclosed and missing(room, one))
