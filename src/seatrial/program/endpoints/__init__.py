"""Endpoints: every way into the program, with the chain of checks that stands before each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.model.source import Role
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

__all__ = ["REFUSED", "Endpoint", "Guard", "is_public", "read"]


_MOUNTS = frozenset({"path", "re_path", "url", "add_url_rule", "add_route", "add_api_route"})
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


_HANDING_ON = frozenset({f.Call, f.Phi, f.Store})
"""What a view is still the same view behind: a decorator called by hand, a branch, a name."""

_ONE_OF_MANY = frozenset({f.Element, f.Part, f.Param})

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
    hidden = _are_mounted_unseen(program)
    for cls in program.classes:
        if cls in known or program.calls.below(cls) or cls.file.role is not Role.CODE or not views.is_view(cls):
            continue
        framework = next(iter(program.types.outer_bases(cls)), "").partition(".")[0]
        where = cls.body.head(f"{cls.name} is a view")
        yield from views.endpoints(cls, Endpoint("route", (), "", cls.body, framework, where, is_partial=hidden))


def _are_mounted_unseen(program: Program) -> bool:
    """Some views are mounted of which nobody can say which they are, nor what is put around them.

    `path("orders/", login_required(self.order_list.as_view()))`, with what an attribute has been given at the start;
    `for path, view in routes: blueprint.add_url_rule(path, view_func=login_required(view.as_view()))`.
    """
    return any(
        _is_any_view(program, function, call) and _is_mounted(function, call)
        for function, call in program.index.calls("as_view")
        if not function.file.is_test
    )


def _is_any_view(program: Program, function: Function, call: int) -> bool:
    """What `as_view` is called on is no name of a class: one of a list, or an attribute that nobody knows."""
    step = function.values[call]
    view = function.origin(step.receiver) if type(step) is f.Call and step.receiver >= 0 else f.NONE
    held = type(function.values[view]) if view >= 0 else None
    return held in _ONE_OF_MANY or (held is f.Attr and program.type_of(function, view) is None)


def _is_mounted(function: Function, value: int) -> bool:
    """It is given to `path()`, as it is or with decorators around it."""
    edge, seen = [value], {value}
    while edge:
        for user in function.users.get(edge.pop(), ()):
            step = function.values[user]
            if type(step) is f.Call and step.callee.rpartition(".")[2].lstrip("!:?") in _MOUNTS:
                return True
            if type(step) in _HANDING_ON and user not in seen:
                seen.add(user)
                edge.append(user)
    return False


def _middleware(program: Program, guards: Guards) -> tuple[Guard, ...]:
    """What Django's `MIDDLEWARE` checks before every request.

    What it asks of administrators there keeps nobody else out: it asks more of them.
    """
    found: list[Guard] = []
    for body, value in settings.named(program, "MIDDLEWARE"):
        for at, dotted in settings.texts(body, value):
            entity = program.names.resolve(body.file, dotted).entity
            presumed = isinstance(entity, External) and "LoginRequired" in dotted
            if isinstance(entity, Class) or presumed:
                given = guards.of_dotted(body, at, dotted)
                kept = (g for g in given if g.kind not in {ASKED, REFUSED} and not g.admits_admins)
                found.extend(replace(g, shared=True) for g in kept)
    return tuple(found)


def is_public(endpoint: Endpoint, *, changes: bool) -> bool:
    """Its path or name says that everyone may call: login, health, webhooks; and, unless it changes something, docs.

    What the name of a view class says holds for all its methods, so a word for what is only shown is not enough there.
    """
    if endpoint.cls and lexicon.is_public(endpoint.cls.name, changes=True):
        return True
    parts = (endpoint.path, endpoint.home.name, endpoint.handler.name)
    return any(lexicon.is_public(part, changes=changes) for part in parts)
