"""What strangers send in by its nature: an account of their own, an application, an inquiry, an order as a guest."""

from __future__ import annotations

from seatrial.program.endpoints import lexicon
from seatrial.rules.security._peers import Peer

_SENT_IN = frozenset(
    {"application", "applications", "apply", "applicant", "applicants", "inquiry", "inquiries", "enquiry", "enquiries",
     "lead", "leads", "donation", "donations", "donate", "checkout", "complaint", "complaints", "signup", "waitlist",
     "demo", "demos", "prospect", "prospects", "quote", "quotes"}
)  # fmt: skip
_PEOPLE = frozenset({"user", "users", "account", "accounts", "customer", "customers", "member", "members"})
_MAKING = frozenset({"create", "add", "new", "make", "save", "post", "mutate"})
"""Words of handlers that make something, beside what they make; on `change_user_role` they do not stand."""


def is_sent_in(peer: Peer) -> bool:
    """The endpoint makes something that people send in who have no account yet, or makes them one."""
    endpoint = peer.endpoint
    is_there = endpoint.path.rstrip("/$").endswith(("}", ">", ")")) or {"PUT", "PATCH", "DELETE"} & set(
        endpoint.methods
    )
    if is_there or lexicon.speaks_of_admins(endpoint.path):
        return False
    row = lexicon.words(peer.deed.what.rpartition(".")[2]) if peer.deed else []
    said = {*lexicon.words(endpoint.path), *lexicon.words(endpoint.handler.name), *row}
    if _SENT_IN & said:
        return True
    of_class = lexicon.words(endpoint.cls.name) if endpoint.cls else []
    is_made = bool(_MAKING & {*lexicon.words(endpoint.handler.name), *of_class})
    if not row:  # nobody knows which table: what it is called, and where it lies, must do
        row = [word for word in (*of_class[:1], *lexicon.words(endpoint.path)[-1:]) if word in _PEOPLE]
    is_people = (bool(row) and row[0] in _PEOPLE) or bool(_PEOPLE & {*lexicon.words(endpoint.handler.name)[-1:]})
    return is_made and not peer.names_row and is_people
