"""A sign-off as an in-toto Statement v1, and back.

The digest of a symbol stands under `seatrialPyAst1`, that of a whole file under `gitBlob`; what else is known of a
symbol (digests of its signature and its pragmas, its lines) under `annotations`, signed like the rest.
"""

from datetime import datetime
from typing import Any

import msgspec

from seatrial.model.signoff import (
    Answer,
    Assist,
    Condition,
    Criterion,
    Effort,
    Kind,
    SignOff,
    Subject,
    Vigilance,
    WrittenBy,
)
from seatrial.model.symbols import FILE, FILE_FORMAT, FORMAT

TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE = "urn:seatrial:signoff:v1"
_COMMIT = "git:commit"


class StatementError(Exception):
    """What was signed is no sign-off; `str` says why."""


class _Annotations(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    signature: str = ""
    pragmas: str = ""
    lines: int = 0


class _Resource(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    name: str
    digest: dict[str, str]
    annotations: _Annotations = _Annotations()


class _Predicate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    kind: Kind
    reviewer: str
    role: str
    reviewed_at: datetime
    base: str = ""
    criteria: tuple[Criterion, ...] = ()
    authors: tuple[str, ...] = ()
    operator: tuple[str, ...] = ()
    provenance: WrittenBy = WrittenBy()
    interrogation: tuple[Answer, ...] = ()
    effort: Effort = Effort()
    vigilance: Vigilance = Vigilance()
    decisions: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    assist: Assist = Assist()
    policy: str = ""


class _Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    type: str = msgspec.field(name="_type")
    subject: tuple[_Resource, ...]
    predicate_type: str
    predicate: _Predicate


_PREDICATE_FIELDS = tuple(_Predicate.__struct_fields__)


def encode(signoff: SignOff) -> bytes:
    """The statement's JSON. `reviewed_at` must be set."""
    named = {name: getattr(signoff, name) for name in _PREDICATE_FIELDS}
    commits = [_Resource(_COMMIT, _git_digests(signoff))] if signoff.commit or signoff.tree else []
    return msgspec.json.encode(
        _Statement(
            type=TYPE,
            subject=(*map(_resource, signoff.subjects), *commits),
            predicate_type=PREDICATE_TYPE,
            predicate=_Predicate(**named),
        )
    )


def decode(payload: bytes) -> SignOff:
    """The sign-off in a statement. Raises `StatementError` when it is something else, or of a later form."""
    try:
        found = msgspec.json.decode(payload, type=_Statement)
    except (msgspec.DecodeError, RecursionError) as error:
        raise StatementError(f"what was signed is no sign-off: {error}") from None
    if found.type != TYPE or found.predicate_type != PREDICATE_TYPE:
        raise StatementError(f"what was signed is a {found.predicate_type!r} in a {found.type!r}, not a sign-off")
    if found.predicate.reviewed_at.tzinfo is None:
        raise StatementError("`reviewedAt` tells no time zone")
    reviewed = [one for one in found.subject if one.name == _COMMIT]
    digests = reviewed[0].digest if reviewed else {}
    said: dict[str, Any] = {name: getattr(found.predicate, name) for name in _PREDICATE_FIELDS}
    subjects = tuple(_subject(one) for one in found.subject if one.name != _COMMIT)
    return SignOff(subjects=subjects, commit=digests.get("gitCommit", ""), tree=digests.get("gitTree", ""), **said)


def _git_digests(signoff: SignOff) -> dict[str, str]:
    digests = {"gitCommit": signoff.commit, "gitTree": signoff.tree}
    return {name: digest for name, digest in digests.items() if digest}


def _resource(one: Subject) -> _Resource:
    form = FILE_FORMAT if one.name == FILE else FORMAT
    return _Resource(one.unit, {form: one.digest}, _Annotations(one.signature, one.pragmas, one.lines))


def _subject(one: _Resource) -> Subject:
    path, mark, name = one.name.rpartition("#")
    form = FILE_FORMAT if name == FILE else FORMAT
    if not mark or set(one.digest) != {form}:
        raise StatementError(f"the subject {one.name!r} has no digest `{form}`")
    notes = one.annotations
    return Subject(path, name, one.digest[form], notes.signature, notes.pragmas, notes.lines)
