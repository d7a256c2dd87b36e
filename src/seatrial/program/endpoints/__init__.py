"""Endpoints: every way into the program, with the chain of checks that stands before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.endpoints import lexicon, settings
from seatrial.program.endpoints.guards import Guards
from seatrial.program.endpoints.mounts import Mounts
from seatrial.program.endpoints.nouns import ASKED, REFUSED, Endpoint, Guard
from seatrial.program.endpoints.routes import Routes
from seatrial.program.endpoints.views import Views
from seatrial.program.names import External
from seatrial.program.parts import Class, Function

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from seatrial.program.program import Program

__all__ = ["Endpoint", "Guard", "is_public", "read"]


_PATHS = frozenset({"path", "re_path", "url"})
"""Functions that say under which address a view answers."""


def read(program: Program) -> tuple[Endpoint, ...]:
    """All endpoints of the judged code, in the order of their files and lines."""
    guards = Guards(program)
    mounts = Mounts(program, guards)
    views = Views(program, guards)
    found = list(Routes(program, guards, mounts, views).read())
    found.extend(_unregistered(program, views, {e.cls for e in found if e.cls}))
    around = _middleware(program, guards)
    django = (replace(e, guards=(*e.guards, *around)) if e.framework in DJANGO else e for e in found)
    return tuple(_distinct(django))


DJANGO = frozenset({"django", "rest_framework", "ninja"})


def _distinct(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """One for each handler, path and methods; a handler that is registered with a path needs none without."""
    listed = list(endpoints)
    with_path = {(e.home, e.handler) for e in listed if e.path}
    seen = set()
    for endpoint in sorted(listed, key=_position):
        key = (endpoint.home, endpoint.handler, endpoint.path, endpoint.methods)
        if key not in seen and (endpoint.path or key[:2] not in with_path):
            seen.add(key)
            yield endpoint


def _position(endpoint: Endpoint) -> tuple[str, int, str, str]:
    home = endpoint.home
    return (home.file.path, home.facts.line, endpoint.path, endpoint.kind)


def _unregistered(program: Program, views: Views, known: set[Class]) -> Iterator[Endpoint]:
    """View classes that nothing derives from, registered in a way that is not seen: a registry of the program."""
    bases = {base for cls in program.classes for base in program.types.mro(cls)[1:]}
    code = {id(function) for function in program.code}
    hidden = _are_mounted_unseen(program)
    for cls in program.classes:
        if cls in known or cls in bases or id(cls.body) not in code or not views.is_view(cls):
            continue
        framework = next(iter(program.types.outer_bases(cls)), "").partition(".")[0]
        where = cls.body.head(f"{cls.name} is a view")
        yield from views.endpoints(cls, Endpoint("route", (), "", cls.body, framework, where, is_partial=hidden))


def _are_mounted_unseen(program: Program) -> bool:
    """Some views are mounted of which nobody can say which they are, nor what is put around them.

    `path("orders/", login_required(self.order_list.as_view()))`, with what an attribute has been given at the start.
    """
    for function, call in program.index.calls("as_view"):
        step = function.values[call]
        view = function.origin(step.receiver) if type(step) is f.Call and step.receiver >= 0 else f.NONE
        is_held = view >= 0 and type(function.values[view]) is f.Attr and not function.file.is_test
        if is_held and _is_mounted(function, call) and program.type_of(function, view) is None:
            return True
    return False


def _is_mounted(function: Function, value: int) -> bool:
    """It is given to `path()`, as it is or with a decorator around it."""
    for user in function.users.get(value, ()):
        step = function.values[user]
        if type(step) is f.Call and (step.callee.rpartition(".")[2] in _PATHS or _is_mounted(function, user)):
            return True
    return False


def _middleware(program: Program, guards: Guards) -> tuple[Guard, ...]:
    """What Django's `MIDDLEWARE` checks before every request."""
    found: list[Guard] = []
    for body, value in settings.named(program, "MIDDLEWARE"):
        for at, dotted in settings.texts(body, value):
            entity = program.names.resolve(body.file, dotted).entity
            presumed = isinstance(entity, External) and "LoginRequired" in dotted
            if isinstance(entity, Class) or presumed:
                given = guards.of_dotted(body, at, dotted)
                found.extend(replace(g, shared=True) for g in given if g.kind not in {ASKED, REFUSED})
    return tuple(found)


def is_public(endpoint: Endpoint, *, changes: bool) -> bool:
    """Its path or name says that everyone may call: login, health, webhooks; and, unless it changes something, docs."""
    parts = (endpoint.path, endpoint.home.name, endpoint.handler.name)
    return any(lexicon.is_public(part, changes=changes) for part in parts)
