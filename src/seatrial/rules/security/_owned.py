"""Owned rows: rows that say whose they are, found by an id from the request for whoever is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from seatrial.model import facts as f
from seatrial.model.finding import Step
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import Endpoint, Guard, lexicon
from seatrial.rules.security._callers import OWNERS, is_caller, names_owner
from seatrial.rules.security._rows import OF_ALL, Lookup, Rows, is_tied, takes_proof

Use: TypeAlias = Literal["changes", "uses the secret of", "hands out", "reads"]

_SERVED = frozenset({"customer", "buyer", "patient", "employee"})
"""Words for those of whom others keep records, too, and who then call nothing themselves."""
_SECRETS = frozenset({"password", "secret", "token", "passphrase", "credentials"})
_OF_KEYS = frozenset({"api", "secret", "private", "access", "auth", "signing", "encryption", "license"})
"""Words before `key` for those that open something; others are names: of rows in another catalogue, of files in a store."""
_CHANGES = frozenset({"delete", "save", "update", "adelete", "asave", "remove"})
_ELEVATED = frozenset(
    {"admin", "admins", "staff", "superuser", "permission", "permissions", "perm", "role", "roles", "scope", "scopes", "owner", "manager", "moderator",
     "member", "membership", "tenant", "organization", "organisation", "team", "workspace", "project", "internal", "operator", "api", "key",
     "backend", "machine", "service", "worker", "runner", "builder", "agent", "node"}
)  # fmt: skip
"""Words of checks that ask for more than that somebody is logged in, or let in machines, which own nothing."""
_STAFF = frozenset({"admin", "admins", "staff", "superuser"})
_GROUPS = frozenset(
    {"organization", "organisation", "org", "team", "workspace", "tenant", "project", "company", "admin"}
)
"""Words in a path for those who share what lies below it."""
_JOINING = frozenset({"add", "remove", "append", "discard"})
_QUERIES = ("filter", "get", "filter_by", "get_object_or_404", "exclude", "first_or_404", "create")
_COMPARES = frozenset({f.Compare})
_PEOPLE = frozenset({"user", "account", "customer", "profile", "member", "employee", "patient"})
"""Words for classes of people."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A row that an endpoint finds, the column that says whose it is, and what the endpoint does with it."""

    endpoint: Endpoint
    lookup: Lookup
    owner: str
    use: Use
    is_custom: bool
    """Elsewhere in the program such rows are told apart by their owner."""


def owned(program: Program, rows: Rows) -> Iterator[Owned]:
    """The rows with an owner that endpoints find for anyone who is logged in, and never compare with the caller."""
    for endpoint in program.endpoints:
        is_meant = endpoint.is_open or endpoint.is_for_admins or takes_proof(endpoint)
        if endpoint.kind != "route" or is_meant or not endpoint.guards:
            continue
        found = (lookup for lookup in rows.lookups(endpoint) if lookup.cls and lookup.cls is not rows.user.cls)
        for lookup in found:
            column = owner(program, lookup.cls)
            is_kept = is_tied(lookup.function, lookup.call, endpoint.callers) or _takes_in(lookup, endpoint.callers)
            if not column or is_kept or _is_within(program, lookup):
                continue
            use = _use(program, lookup)
            is_for_all = _is_for_all(endpoint) if use == "uses the secret of" else _only_login(endpoint)
            if is_for_all and not _asks(rows, endpoint):
                yield Owned(endpoint, lookup, column, use, _is_custom(program, lookup, column))


def _takes_in(lookup: Lookup, callers: tuple[str, ...]) -> bool:
    """Who calls is put beside the row, or taken from it: `comment.likes.add(request.user)`."""
    function, row = lookup.function, {lookup.call, *_users(lookup.function, lookup.call)}
    for at in function.calls:
        step = function.values[at]
        held = function.values[function.origin(step.receiver)] if type(step) is f.Call and step.receiver >= 0 else None
        if type(step) is f.Call and step.callee in _JOINING and type(held) is f.Attr:
            is_of_row = function.origin(held.base) in row
            if is_of_row and any(is_caller(function, value, callers) for value in step.args):
                return True
    return False


def _is_within(program: Program, lookup: Lookup) -> bool:
    """It is looked for among what belongs to another row that the view holds, which is asked about: `page=self.page`."""
    table = program.schema.table(lookup.cls) if lookup.cls else None
    step, values = lookup.function.values[lookup.call], lookup.function.values
    given = step.keywords if table and isinstance(step, f.Call) else ()
    return any(
        isinstance(values[lookup.function.origin(value)], f.Attr)
        for name, value in given
        if table and name in table.relations
    )


def _is_custom(program: Program, lookup: Lookup, owner: str) -> bool:
    """Elsewhere the rows are made for an owner or told apart by theirs: a call names it, or the same file compares it.

    Those of whom staff keep records must somewhere be the ones who call.
    """
    names = {owner, f"{owner}_id", f"{owner}__id"}
    is_served = bool(_SERVED & set(lexicon.words(owner)))
    made = (lookup.cls.name,) if lookup.cls else ()
    for function, call in program.index.calls(*_QUERIES, *made):
        step = function.values[call]
        given = [value for name, value in step.keywords if name in names] if isinstance(step, f.Call) else []
        if any(not is_served or is_caller(function, value) for value in given):
            found = program.type_of(function, call)
            if found is not None and lookup.cls in {found.cls, found.element.cls if found.element else None}:
                return True
    for function in lookup.function.file.functions:
        for at in function.of(_COMPARES):
            sides = f.operands(function.values[at])
            is_asked = not is_served or any(is_caller(function, side) for side in sides)
            if is_asked and any(_last(function.values[function.origin(side)]) in names for side in sides):
                return True
    return False


def _last(step: f.AnyValue) -> str:
    return step.name if isinstance(step, f.Attr) else step.path.rpartition(".")[2] if isinstance(step, f.Ref) else ""


def _is_for_all(endpoint: Endpoint) -> bool:
    """Whoever is logged in may call. What else is declared is asked about the rows that the view's library finds."""
    guards = [guard for guard in endpoint.guards if guard.authorises]
    return bool(guards) and not any(_STAFF & set(lexicon.words(guard.name)) for guard in guards)


def _only_login(endpoint: Endpoint) -> bool:
    """Something makes sure that somebody is logged in, and nothing asks more; the path names no group of people."""
    if _GROUPS & set(lexicon.words(endpoint.path)):
        return False
    of_all = endpoint.cls.methods.get(OF_ALL) if endpoint.cls else None
    guards = [guard for guard in endpoint.guards if guard.authorises and not (of_all and _lies_in(guard.step, of_all))]
    return bool(guards) and all(asks_for_login(guard) for guard in guards)


def asks_for_login(guard: Guard) -> bool:
    """It stands before the handler, and asks no more than that somebody is logged in."""
    return guard.declared and guard.kind != "permission" and not _ELEVATED & set(lexicon.words(guard.name))


def _lies_in(step: Step, function: Function) -> bool:
    return step.place.path == function.file.path and function.facts.line <= step.place.line <= function.facts.end_line


def _asks(rows: Rows, endpoint: Endpoint) -> bool:
    return any(rows.asked(body) or rows.compares_caller(body, endpoint.callers) for body in rows.bodies(endpoint))


def owner(program: Program, cls: Class | None) -> str:
    """The column or relation that says whose a row is; empty if there is none."""
    table = program.schema.table(cls) if cls else None
    if table is None:
        return ""
    for name, relation in table.relations.items():
        target = relation.target
        is_person = target is None or target == program.types.user() or bool(_PEOPLE & set(lexicon.words(target.name)))
        if not relation.many and is_person and names_owner(name):
            return name
    ids = (name for name in table.columns if name.removesuffix("_id") in OWNERS and name.endswith("_id"))
    return next(ids, "")


def _use(program: Program, lookup: Lookup) -> Use:
    """The worst that is done with the row in the body that finds it."""
    function, call = lookup.function, lookup.call
    row = {call, *_users(function, call)}
    uses = [(user, function.values[user]) for user in row if user != call]
    if any(
        _changes(function, step, row) or (_sets(function, step, row) and _writes(program, function)) for _, step in uses
    ):
        return "changes"
    if any(isinstance(step, f.Attr) and _is_secret(step.name) for _, step in uses):
        return "uses the secret of"
    return "hands out" if any(isinstance(step, f.Return) for _, step in uses) else "reads"


def _is_secret(name: str) -> bool:
    said = lexicon.words(name)
    is_key = said[-1:] == ["key"] and bool(_OF_KEYS & set(said))
    return is_key or bool(_SECRETS & set(said))


def _users(function: Function, call: int) -> Iterator[int]:
    """What uses the row, also by way of joins and awaits."""
    pending, seen = [call], {call}
    while pending:
        for user in function.users.get(pending.pop(), ()):
            if user not in seen:
                seen.add(user)
                yield user
                if isinstance(function.values[user], f.Phi | f.Await):
                    pending.append(user)


def is_shown(program: Program, lookup: Lookup) -> bool:
    """The row itself goes on to who shows it, or what it makes; it is not only what others are looked for by."""
    function, row = lookup.function, {lookup.call, *_users(lookup.function, lookup.call)}
    made = {at for at in row if _is_plain(program, function, at) and _receiver(function, at) in row}
    shown = row | {user for at in made for user in function.users.get(at, ())}
    return any(_shows(program, function, user, row | made) for user in shown if user != lookup.call)


def _is_plain(program: Program, function: Function, at: int) -> bool:
    """A call that asks the database for nothing."""
    step = function.values[at]
    model = program.target(function, at).model if isinstance(step, f.Call) else None
    return isinstance(step, f.Call) and not (model and model.query)


def _receiver(function: Function, at: int) -> int:
    step = function.values[at]
    return function.origin(step.receiver) if isinstance(step, f.Call) and step.receiver >= 0 else f.NONE


def _shows(program: Program, function: Function, user: int, row: set[int]) -> bool:
    step = function.values[user]
    if not isinstance(step, f.Call):
        return isinstance(step, f.Return | f.Collection | f.StoreAttr | f.StoreItem | f.Yield)
    given = {function.origin(value) for value in (*step.args, *(held for _, held in step.keywords))}
    return not given.isdisjoint(row) and _is_plain(program, function, user)


def _sets(function: Function, step: f.AnyValue, row: set[int]) -> bool:
    """It sets an attribute of the row, and does not keep the row as one of something else: `self.order = order`."""
    return isinstance(step, f.StoreAttr) and function.origin(step.base) in row


def _writes(program: Program, function: Function) -> bool:
    return any(program.effects.of(function, kind) for kind in ("db.write", "commit"))


def _changes(function: Function, step: f.AnyValue, row: set[int]) -> bool:
    """`row.save()`, `session.delete(row)`; not what is written beside it: `form.save(order=row)`."""
    if not isinstance(step, f.Call) or step.callee.rpartition(".")[2].lstrip("!:?") not in _CHANGES:
        return False
    given = (step.receiver, *step.args)
    return any(value >= 0 and function.origin(value) in row for value in given)
