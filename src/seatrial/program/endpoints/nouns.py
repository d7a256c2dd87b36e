"""The nouns of endpoints: a way into the program, and what checks the caller on that way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.program.endpoints import lexicon

if TYPE_CHECKING:
    from seatrial.model.finding import Step
    from seatrial.program.parts import Class, Function

RATE = "rate"
ASIDE = frozenset({"csrf", RATE})
"""Kinds of guard that protect an endpoint without asking who calls."""

ASKED = "asked"
"""Kind of a guard that asks who calls and goes on either way: some of the work may still depend on it."""

REFUSED = "refusal"
"""Kind of a guard that turns callers away (401, 403, `PermissionDenied`) for a reason that is not told."""


class Guard(msgspec.Struct, frozen=True):
    """A check of the caller. `kind`: `login`, `permission`, `owner`, `signature`, … (a library model's word).

    `shared`: it stands before a whole application (middleware, defaults in settings), not before this endpoint.
    """

    name: str
    kind: str
    step: Step
    shared: bool = False
    declared: bool = True
    """It stands before the handler (decorator, dependency, mixin), and is not a step of its work."""

    @property
    def authorises(self) -> bool:
        """It asks who calls (and not only how often, or from which page)."""
        return self.kind not in ASIDE

    @property
    def admits_admins(self) -> bool:
        """It stands before the handler and lets only administrators pass, as its name says: `admins_only`."""
        return self.declared and self.authorises and lexicon.speaks_of_admins(self.name)


class Endpoint(msgspec.Struct, frozen=True):
    """A way in: an HTTP route, websocket, task, command, or signal handler.

    `kind` is the kind of the library's hook. `methods` are HTTP methods in capitals, none if not known; `path` is the
    URL with the prefixes of all routers above, empty if not known. `handler` is what is called; for a view that leaves
    the work to its library it is the class body.
    """

    kind: str
    methods: tuple[str, ...]
    path: str
    handler: Function
    framework: str
    """The library's top-level module: `django`, `fastapi`."""
    where: Step
    """The line that registers it."""
    entries: tuple[Function, ...] = ()
    """The program's functions that run when it is called."""
    later: tuple[Function, ...] = ()
    """Functions that the handler hands over to be run: in a thread, after the response, after the commit."""
    serves: tuple[str, ...] = ()
    """Library methods that answer without code of the program: `rest_framework.ModelViewSet.create`."""
    guards: tuple[Guard, ...] = ()
    callers: tuple[str, ...] = ()
    """The handler's parameters that tell who calls."""
    cls: Class | None = None
    """The view class, if it is one."""
    is_open: bool = False
    """It says itself that everyone may call it (`AllowAny`)."""
    is_partial: bool = False
    """What lies above it is put together at run time, so there may be checks that are not seen."""

    @property
    def is_for_admins(self) -> bool:
        """Only administrators get through to it."""
        return any(guard.admits_admins for guard in self.guards)

    @property
    def is_named_for_admins(self) -> bool:
        """Its path says that it is theirs, whoever gets through to it: `/api/admin/orders`."""
        return any(part.startswith("admin") for part in self.path.split("/"))

    @property
    def home(self) -> Function:
        """Where a reader looks for it: the handler, or the class that inherits it."""
        inherited = self.cls is not None and self.handler.cls is not self.cls
        return self.cls.body if self.cls and inherited else self.handler

    @property
    def name(self) -> str:
        """How a reader would call it: `POST /orders/{id}`, or the handler's name when the path is not known."""
        symbol = self.home.symbol or self.home.name
        verb = self.methods[0] if len(self.methods) == 1 else ""
        return f"{verb} {self.path}".strip() if self.path else symbol
