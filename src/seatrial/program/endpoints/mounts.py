"""Mounts: which router hangs in which, with what prefix and what guards.

A router is known by the place where it is made, so that it is the same under every name it is imported by. Django's url
configurations are routers too: one for each file.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.endpoints.nouns import ASKED
from seatrial.program.names import Variable
from seatrial.program.parts import File, Function

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.endpoints.guards import Guards
    from seatrial.program.endpoints.nouns import Guard
    from seatrial.program.names import Named
    from seatrial.program.program import Program

Router: TypeAlias = tuple[str, str, int]
"""Path of the file, name of the body, id of the value that makes it; for a file's own url patterns ("…", "", -1)."""

PREFIXES = ("prefix", "url_prefix")
"""Keyword arguments by which routers are given their prefix."""
DEPTH = 8
CHAINS = 4
"""How many ways to one router are told apart."""


class Way(msgspec.Struct, frozen=True):
    """What lies above a route: the prefix of its path, and what is checked there."""

    prefix: str = ""
    guards: tuple[Guard, ...] = ()
    is_local: bool = False
    """It is only there on a developer's machine."""
    is_partial: bool = False
    """What lies further above is put together at run time, and not known."""


class Mounts:
    """The tree of routers."""

    def __init__(self, program: Program, guards: Guards) -> None:
        self._program = program
        self._guards = guards
        self._above: dict[Router, list[tuple[Router | None, Way]]] = defaultdict(list)
        self._own: dict[Router, Way] = {}
        self._hooked: dict[Router, list[Guard]] = defaultdict(list)
        self._makers: dict[Router, tuple[Function, int]] = {}

    def mount(self, child: Router, parent: Router | None, way: Way) -> None:
        """Enters that `child` hangs in `parent`."""
        self._above[child].append((parent, way))

    def hook(self, router: Router, guards: tuple[Guard, ...]) -> None:
        """Enters what runs before every request below a router."""
        self._hooked[router].extend(replace(g, shared=True) for g in guards if g.kind != ASKED)

    def ways(self, router: Router | None, depth: int = 0) -> list[Way]:
        """The ways from the outside to a router; there is always one."""
        if router is None or depth > DEPTH:
            return [Way()]
        own = self._made(router)
        found = []
        for parent, way in self._above.get(router, [(None, Way())])[:CHAINS]:
            for above in self.ways(parent, depth + 1) if parent != router else [Way()]:
                prefix = join(above.prefix, way.prefix, own.prefix)
                hooked = tuple(self._hooked.get(router, ()))
                guards = (*above.guards, *way.guards, *own.guards, *hooked)
                found.append(replace(way, prefix=prefix, guards=guards, is_local=above.is_local or way.is_local))
        return found[:CHAINS]

    def _made(self, router: Router) -> Way:
        """What the router's constructor says: `APIRouter(prefix=…, dependencies=[…])`."""
        if router in self._own or router not in self._makers:
            return self._own.get(router, Way())
        body, value = self._makers[router]
        call = body.values[value]
        keywords = dict(call.keywords) if type(call) is f.Call else {}
        prefix = next((text(body, keywords[name]) for name in PREFIXES if name in keywords), "")
        type_ = self._program.type_of(body, value)
        names = self._program.models.guards(type_.name) if type_ else ()
        guards = tuple(g for name in names if name in keywords for g in self._guards.of_value(body, keywords[name]))
        shared = self._guards.of_value(body, keywords["middleware"]) if "middleware" in keywords else ()
        self._own[router] = found = Way(prefix, (*guards, *(replace(g, shared=True) for g in shared)))
        return found

    # --- which router a value is ---

    def owner(self, body: Function, value: int) -> list[Router]:
        """The routers whose method a value is, or calls: `router.get(…)`, `app.before_request`."""
        step = body.values[value]
        base = step.base if type(step) is f.Attr else step.receiver if type(step) is f.Call else -1
        if base >= 0:
            return self.routers(body, base)
        path = step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""
        return self.of_named(self._program.names.resolve(body.file, path.rpartition(".")[0])) if path else []

    def routers(self, body: Function, value: int, depth: int = 0) -> list[Router]:
        """The routers that a value may be."""
        return list(self._routers(body, body.origin(value), depth)) if value >= 0 and depth < DEPTH else []

    def of_named(self, named: Named) -> list[Router]:
        """The routers that a name means."""
        if isinstance(named.entity, File):
            return [self.of_file(named.entity)]
        if isinstance(named.entity, Variable):
            return self.routers(named.entity.function, named.entity.value, 1)
        return []

    def of_file(self, file: File) -> Router:
        """The url patterns of a file."""
        return (file.path, "", -1)

    def _routers(self, body: Function, value: int, depth: int) -> Iterator[Router]:
        step = body.values[value]
        if type(step) is f.Store:
            yield from self.routers(body, step.value, depth + 1)
        elif type(step) is f.Element:
            yield from self.routers(body, step.of, depth + 1)
        elif type(step) is f.Ref:
            yield from self.of_named(self._program.names.resolve(body.file, step.path))
        elif type(step) is f.Attr:
            yield from self._of_attribute(body, step, depth)
        elif type(step) is f.Collection:
            for item in step.items:
                yield from self.routers(body, item, depth + 1)
        elif type(step) is f.Const and isinstance(step.value, str):
            yield from self.of_named(self._program.names.resolve(body.file, step.value))
        elif type(step) is f.Free:
            yield from self._of_outer(body, step.name, depth)
        elif type(step) is f.Call or type(step) is f.Param:
            yield from self._made_by(body, value, depth)

    def _made_by(self, body: Function, value: int, depth: int) -> Iterator[Router]:
        """What a function of the program makes is the router in it: `register_blueprint(orders.make_blueprint())`."""
        is_call = type(body.values[value]) is f.Call
        makers = self._program.target(body, value).functions if is_call else ()
        made = [(maker, given) for maker in makers for given in maker.returns if given >= 0]
        for maker, given in made:
            yield from self.routers(maker, given, depth + 1)
        if not made:
            yield self._at(body, value)

    def _at(self, body: Function, value: int) -> Router:
        router = (body.file.path, body.symbol, value)
        self._makers[router] = body, value
        return router

    def _of_attribute(self, body: Function, step: f.Attr, depth: int) -> Iterator[Router]:
        base = body.values[body.origin(step.base)]
        if type(base) is f.Param and body.cls:  # self.router
            yield (body.file.path, f"{body.cls.symbol}.{step.name}", -1)
        elif type(base) is f.Element:
            yield from self._of_each(body, base, step.name)
        else:
            yield from self.routers(body, step.base, depth + 1)

    def _of_each(self, body: Function, element: f.Element, name: str) -> Iterator[Router]:
        """`for module in (orders, users): app.include_router(module.router)`."""
        listed = body.values[body.origin(element.of)]
        for item in listed.items if type(listed) is f.Collection else ():
            step = body.values[body.origin(item)]
            if type(step) is f.Ref:
                yield from self.of_named(self._program.names.resolve(body.file, f"{step.path}.{name}"))

    def _of_outer(self, body: Function, name: str, depth: int) -> Iterator[Router]:
        outer = body.parent
        while outer is not None:
            if name in outer.facts.names:
                yield from self.routers(outer, outer.facts.names[name], depth + 1)
                return
            outer = outer.parent


def join(*parts: str) -> str:
    """Parts of a path, put together with single slashes: `/api`, `orders/` → `/api/orders/`."""
    kept = [part.lstrip("^").rstrip("$") for part in parts]
    path = "/".join(part.strip("/") for part in kept if part.strip("/"))
    tail = "/" if path and kept[-1].endswith("/") else ""
    return f"/{path}{tail}" if path else ""


def text(body: Function, value: int) -> str:
    """A path as it is written; names in f-strings and sums are kept as `{…}`."""
    step = body.values[body.origin(value)] if value >= 0 else None
    if type(step) is f.Store:
        return text(body, step.value)
    if type(step) is f.Const:
        return str(step.value) if isinstance(step.value, str) else ""
    if type(step) is f.Template:
        return "".join(text(body, part) or "{…}" for part in step.parts)
    if type(step) is f.Binary:
        return (text(body, step.left) or "{…}") + (text(body, step.right) or "{…}")
    if type(step) is f.Call and step.args:  # _("orders/"): a translated path
        return text(body, step.args[0])
    return ""
