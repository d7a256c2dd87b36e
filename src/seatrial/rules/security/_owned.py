"""Owned rows: rows that say whose they are, found by an id from the request for whoever is logged in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from seatrial.model import facts as f
from seatrial.model.finding import Step
from seatrial.program import Class, Function, Program
from seatrial.program.endpoints import Endpoint, lexicon
from seatrial.rules.security._rows import OF_ALL, Lookup, Rows, is_tied

Use: TypeAlias = Literal["changes", "uses the secret of", "hands out", "reads"]

_OWNERS = frozenset({"user", "owner", "customer", "account", "buyer", "patient", "profile", "employee"})
"""Words for those whom a row belongs to; who merely wrote it (`author`, `creator`) may share it with all."""
_SECRETS = frozenset({"password", "secret", "token", "passphrase", "credentials", "key"})
_CHANGES = frozenset({"delete", "save", "update", "adelete", "asave", "remove"})
_ELEVATED = frozenset(
    {"admin", "admins", "staff", "superuser", "permission", "permissions", "perm", "role", "roles", "scope", "scopes", "owner", "manager", "moderator",
     "member", "membership", "tenant", "organization", "organisation", "team", "workspace", "project", "internal", "operator", "api", "key"}
)  # fmt: skip
"""Words of checks that ask for more than that somebody is logged in."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A row that an endpoint finds, the column that says whose it is, and what the endpoint does with it."""

    endpoint: Endpoint
    lookup: Lookup
    owner: str
    use: Use


def owned(program: Program, rows: Rows) -> Iterator[Owned]:
    """The rows with an owner that endpoints find for anyone who is logged in, and never compare with the caller."""
    for endpoint in program.endpoints:
        if endpoint.kind != "route" or endpoint.is_open or not _only_login(endpoint):
            continue
        found = (lookup for lookup in rows.lookups(endpoint) if lookup.cls and lookup.cls is not rows.user)
        for lookup in found:
            owner = _owner(program, rows, lookup.cls)
            if owner and not is_tied(lookup.function, lookup.call, endpoint.callers) and not _asks(rows, endpoint):
                yield Owned(endpoint, lookup, owner, _use(lookup))


def _only_login(endpoint: Endpoint) -> bool:
    """Something makes sure that somebody is logged in, and nothing asks more."""
    of_all = endpoint.cls.methods.get(OF_ALL) if endpoint.cls else None
    guards = [guard for guard in endpoint.guards if guard.authorises and not (of_all and _lies_in(guard.step, of_all))]
    return bool(guards) and all(g.declared and not _ELEVATED & set(lexicon.words(g.name)) for g in guards)


def _lies_in(step: Step, function: Function) -> bool:
    return step.place.path == function.file.path and function.facts.line <= step.place.line <= function.facts.end_line


def _asks(rows: Rows, endpoint: Endpoint) -> bool:
    return any(rows.asked(body) or rows.compares_caller(body, endpoint.callers) for body in rows.bodies(endpoint))


def _owner(program: Program, rows: Rows, cls: Class | None) -> str:
    """The column or relation that says whose a row is; empty if there is none."""
    table = program.schema.table(cls) if cls else None
    if table is None:
        return ""
    for name, relation in table.relations.items():
        is_user = relation.target is not None and rows.user is not None and relation.target.cls is rows.user
        if not relation.many and (name in _OWNERS or (is_user and _OWNERS & set(lexicon.words(name)))):
            return name
    ids = (name for name in table.columns if name.removesuffix("_id") in _OWNERS and name.endswith("_id"))
    return next(ids, "")


def _use(lookup: Lookup) -> Use:
    """The worst that is done with the row in the body that finds it."""
    function, call = lookup.function, lookup.call
    uses = [(user, function.values[user]) for user in _users(function, call)]
    if any(_changes(step) for _, step in uses):
        return "changes"
    if any(isinstance(step, f.Attr) and _SECRETS & set(lexicon.words(step.name)) for _, step in uses):
        return "uses the secret of"
    return "hands out" if any(isinstance(step, f.Return) for _, step in uses) else "reads"


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


def _changes(step: f.AnyValue) -> bool:
    if isinstance(step, f.StoreAttr):
        return True
    return isinstance(step, f.Call) and step.callee.rpartition(".")[2].lstrip("!:?") in _CHANGES
