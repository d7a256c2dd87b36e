"""Who asks: nobody, two ordinary users and one with every right, made by the program's own ways in."""

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec

from seatrial.model.caller import Caller
from seatrial.sandbox import Answer, Application, Database
from seatrial.trials import kinds
from seatrial.trials.answers import shown
from seatrial.trials.api import PASSWORD, Api, Operation, call
from seatrial.trials.proofs import Proofs
from seatrial.trials.respected import patiently
from seatrial.trials.rights import rights, speaks_of_rights, speaks_of_trust

_REGISTER = re.compile(r"(regist|sign-?_?up|/join/?$|/users?/?$|/accounts?/?$)", re.IGNORECASE)
_LOGIN = re.compile(r"(log-?in|sign-?in|/token|/jwt|/auth/?$|session)", re.IGNORECASE)
_OWN = re.compile(r"/(me|self|whoami|users?|profile|account)/?$", re.IGNORECASE)
"""What shows somebody to themselves asks who it is."""
_NAMES = ("username", "user", "login", "email", "name")
_NAMED = re.compile(r"user_?name|email|login", re.IGNORECASE)
_SECRET = re.compile(r"passw|pwd|secret|code|pin", re.IGNORECASE)
_TOKENS = ("accesstoken", "token", "access", "authtoken", "sessiontoken", "jwt", "key", "idtoken")
_FURTHER = 10
"""The difference between the numbers of those who register with the least and with all that can be said."""
_MOST = 8
"""Operations that are asked in order to tell one form of proof from another."""


class Actor(msgspec.Struct, frozen=True):
    """Someone who asks. `headers` prove who; `email` marks the rows that are theirs; empty for anonymous."""

    name: str
    headers: Mapping[str, str] = {}
    email: str = ""
    key: Any = None
    """The primary key of the actor's own row, if it was found; the name where no database can be read."""
    table: str = ""
    """The table of users."""
    marks: tuple[str, ...] = ()
    """Texts by which rows may name the actor: what was said when they registered."""
    shown: Any = None
    """What the program answered when they registered, as JSON."""


ANONYMOUS = Actor("anonymous")


class Cast(msgspec.Struct, frozen=True):
    """The actors of a trial. Those that could not be made are anonymous, and `why` says so."""

    alice: Actor
    bob: Actor
    root: Actor
    proofs: Proofs
    why: str = ""

    @property
    def known(self) -> bool:
        """Whether there are users at all."""
        return self.alice is not ANONYMOUS


def registered(application: Application, api: Api) -> Cast:
    """The actors as the program's own register and login operations make them."""
    maker = _Maker(application, api)
    if maker.register is None or maker.login is None:
        missing = "register" if maker.register is None else "login"
        return Cast(ANONYMOUS, ANONYMOUS, ANONYMOUS, maker.proofs, f"no operation to {missing} was found")
    alice, bob = maker.made("alice", 1), maker.made("bob", 2)
    if alice is None or bob is None:
        return Cast(ANONYMOUS, ANONYMOUS, ANONYMOUS, maker.proofs, maker.why)
    root = maker.made("root", 3)
    return Cast(alice, bob, maker.promoted(root) if root else ANONYMOUS, maker.proofs)


def told(application: Application, api: Api, callers: Mapping[str, Caller]) -> Cast:
    """The actors as the user tells of them; `callers` has `alice` and `bob`, and may have `root`."""
    maker = _Maker(application, api)
    found = {name: maker.told(name, one) for name, one in callers.items()}
    if None in found.values():
        return Cast(ANONYMOUS, ANONYMOUS, ANONYMOUS, maker.proofs, maker.why)
    known = {name: one for name, one in found.items() if one}
    return Cast(known["alice"], known["bob"], known.get("root", ANONYMOUS), maker.proofs)


def settled(application: Application, api: Api, callers: Iterable[Caller]) -> Cast | None:
    """The one actor of a program that knows but one, by its settings: the first of the callers whom it lets in."""
    maker = _Maker(application, api)
    operations = [*asking(application, api)]
    for caller in callers if operations else ():
        actor = maker.told("root", caller) if caller.headers or maker.login else None
        if actor and _is_let_in(application, operations, actor):
            return Cast(ANONYMOUS, ANONYMOUS, actor, maker.proofs, "its settings know one user alone")
    return None


def _is_let_in(application: Application, operations: Iterable[Operation], actor: Actor) -> bool:
    """Whether what refuses nobody answers to the actor."""
    return any(application.call(call(one, {}, None, actor.headers), watched=False).ok for one in operations)


class _Maker:
    """Registers and logs in."""

    def __init__(self, application: Application, api: Api) -> None:
        self._application, self._api = application, api
        posts = [one for one in api.operations if one.method == "POST" and one.proves]
        self.register = next((one for one in posts if _REGISTER.search(one.path)), None)
        plain = [one for one in api.operations if one.method == "POST" and not one.body]
        logins = [*filter(_is_login, posts), *filter(_is_login, plain)]
        self.login = next(iter(logins), None)
        self.why = ""
        self.proofs = Proofs(application)
        self._said: dict[str, Mapping[str, Any]] = {}
        """What each actor said when they registered, by name."""

    def made(self, name: str, number: int) -> Actor | None:
        """A new user, logged in; None (and `why`) if that failed."""
        assert self.register is not None
        said = self._api.example(self.register.body, "", number)
        answer = self._posted(self.register, said, {})
        if not answer.ok:  # what it takes for optional may be needed all the same
            self.why = f"{self.register.name} answers {answer.status}: {shown(answer)}"
            said = self._in_full(self.register, said, number + _FURTHER)
            answer = self._posted(self.register, said, {})
        if not answer.ok:
            return None
        self._said[name] = said
        _confirm(self._application.database, [text for _, text in _flat(said) if _is_mark(text)])
        return self._entered(name, said, answer)

    def _in_full(self, register: Operation, least: Any, number: int) -> Any:
        """All that can be said to register, but for rights that nobody asks for."""
        full = self._api.example(register.body, "", number, "full")
        if not isinstance(full, Mapping) or not isinstance(least, Mapping):
            return full
        return {name: value for name, value in full.items() if name in least or not speaks_of_rights(name)}

    def told(self, name: str, caller: Caller) -> Actor | None:
        """Somebody whom the user tells of, logged in if that is how they prove who they are; None if that failed."""
        headers: Mapping[str, str] | None = caller.headers
        if caller.login:
            headers = {**caller.headers, **proof} if (proof := self._headers(caller.login)) else None
        if not headers:
            return None
        if caller.login:
            self.proofs.keep(headers, partial(self._headers, caller.login))
        texts = [caller.name] * bool(caller.name)
        texts += [value for key, value in caller.login.items() if not _SECRET.search(key)]
        table, key = _row_of(self._application.database, next(iter(texts), ""))
        return Actor(name, headers, next(iter(texts), ""), name if key is None else key, table, tuple(texts))

    def _entered(self, name: str, said: Mapping[str, Any], registered: Answer) -> Actor | None:
        headers = self._headers(said) or self._fit(_proofs(registered))
        if headers is None:
            return None
        self.proofs.keep(headers, partial(self._headers, said))
        assert self.register is not None
        chosen = {name for name, schema in self.register.fields.items() if "enum" in schema}
        texts = [value for key, value in _flat(said) if _is_mark(value) and key not in chosen]
        mark = next((text for text in texts if "@" in text), texts[0] if texts else "")
        table, key = _row_of(self._application.database, mark)
        key = name if self._application.database is None else key
        return Actor(name, headers, mark, key, table, tuple(dict.fromkeys(texts)), registered.json())

    def _headers(self, said: Mapping[str, Any]) -> Mapping[str, str] | None:
        if self.login is None:
            self.why = "no operation to log in was found"
            return None
        known = dict(_flat(said))
        body = self._credentials(self.login.fields, known)
        basic = {} if self.login.proves else _basic(known)
        answer = self._posted(self.login, body, basic)
        if not answer.ok:
            self.why = f"{self.login.name} answers {answer.status}: {shown(answer)}"
            return None
        if (proof := self._fit(_proofs(answer))) is None:
            self.why = f"the answer to {self.login.name} holds neither a token nor a cookie"
        return proof

    def _posted(self, operation: Operation, body: Any, headers: Mapping[str, str]) -> Answer:
        return kinds.asked(
            self._api,
            operation,
            lambda one: patiently(self._application, call(one, {}, body, headers), watched=False),
        )

    def _credentials(self, fields: Mapping[str, Any], said: Mapping[str, Any]) -> Mapping[str, Any]:
        """What to log in with, in the form that is asked for; `said` is what was said to register, by name."""
        found: dict[str, Any] = {}
        for key, schema in fields.items():
            inner = self._api.resolve(schema).get("properties")
            fixed = next(iter(schema.get("enum", ())), None)
            found[key] = self._credentials(inner, said) if inner else _credential(key, said) if fixed is None else fixed
        return {key: value for key, value in found.items() if value is not None}

    def _fit(self, proofs: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
        """The proof that the program accepts, where an operation tells them apart; else the first; None of none."""
        asked = asking(self._application, self._api) if len(proofs) > 1 else ()
        found = accepted(self._application, asked, proofs)
        return found or next(iter(proofs), None)

    def promoted(self, actor: Actor) -> Actor:
        """The actor with every right that the users' table can give, logged in anew."""
        database = self._application.database
        table = next((t for t in database.tables() if t.name == actor.table), None) if database else None
        if database is None or table is None:
            return actor
        if given := dict(rights(table)):
            database.update(table.name, given, {table.key: actor.key})
        said = self._said[actor.name]
        headers = self._headers(said) or actor.headers
        self.proofs.keep(headers, partial(self._headers, said))
        return msgspec.structs.replace(actor, headers=headers)


def accepted(
    application: Application, operations: Iterable[Operation], proofs: Sequence[Mapping[str, str]]
) -> Mapping[str, str] | None:
    """The first proof with which the program lets in where these operations ask who it is; None if none tells."""
    for operation in operations:
        for proof in proofs:
            if not application.call(call(operation, {}, None, proof), watched=False).is_denied:
                return proof
    return None


def asking(application: Application, api: Api) -> Iterator[Operation]:
    """Operations that read and ask who it is, those about no row first."""
    reading = sorted((one for one in api.operations if not one.writes), key=lambda one: len(one.places))
    for operation in sorted(reading, key=lambda one: not _OWN.search(one.path))[:_MOST]:
        if application.call(call(operation, {}, None, {}), watched=False).is_denied:
            yield operation


def _confirm(database: Database | None, marks: Sequence[str]) -> None:
    """Has the rows that name somebody say what a link in a mail to them would: that they are who they say."""
    if database is None:
        return
    for table in database.tables():
        truths = (column.name for column in table.columns if column.kind == "boolean")
        said = dict.fromkeys(filter(speaks_of_trust, truths), True)
        for row in database.rows(table.name) if said and table.key else ():
            if any(mark in row.values() for mark in marks):
                database.update(table.name, said, {table.key: row[table.key]})


def _is_mark(value: Any) -> bool:
    """Whether rows may name somebody by it."""
    return isinstance(value, str) and value not in ("", PASSWORD)


def _is_login(operation: Operation) -> bool:
    return _LOGIN.search(operation.path) is not None and not operation.places


def _basic(said: Mapping[str, Any]) -> Mapping[str, str]:
    """Who one is, as a header (RFC 7617), for a login that has no body."""
    pair = f"{_credential('username', said)}:{_credential('password', said)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def _credential(key: str, said: Mapping[str, Any]) -> Any:
    if key in said:
        return said[key]
    if "password" in key.lower():
        return next((value for name, value in said.items() if "passw" in name.lower()), PASSWORD)
    if key in _NAMES or _NAMED.search(key):
        return next((said[name] for name in ("email", *_NAMES) if name in said), None)
    return None


def _proofs(answer: Answer) -> Sequence[Mapping[str, str]]:
    """Headers that may prove who asks, from the answer to a login: a token in one of its usual forms, or its cookie."""
    for key, value in _flat(answer.json()):
        if key.replace("_", "").replace("-", "").lower() in _TOKENS and isinstance(value, str) and len(value) > 8:
            schemes = ("Token ", "Bearer ") if key == "key" else ("Bearer ", "Token ", "")
            return [{"Authorization": scheme + value} for scheme in schemes]
    cookies = [one.partition(";")[0] for one in answer.headers.get("set-cookie", "").splitlines()]
    kept = [one for one in cookies if one.partition("=")[2].strip('"')]
    return [{"Cookie": "; ".join(kept)}] if kept else []


def _flat(value: Any) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        yield key, inner
        yield from _flat(inner)


def _row_of(database: Database | None, mark: str) -> tuple[str, Any]:
    """The table and key of the row that holds the mark."""
    if database is None or not mark:
        return "", None
    for table in database.tables():
        if table.key and any(column.kind == "text" for column in table.columns):
            for row in database.rows(table.name):
                if mark in row.values():
                    return table.name, row[table.key]
    return "", None
