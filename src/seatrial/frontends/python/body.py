"""The body of code that is being lowered: its values, regions and variables so far."""

from collections.abc import Iterable
from typing import Literal, NamedTuple

from tree_sitter import Node

from seatrial.frontends.python.file import File
from seatrial.model.facts import NONE, AnyValue, FunctionFacts, ParamFacts, Phi, Region, RegionKind

Env = dict[str, int]
"""What each variable holds at one point: name to value id."""


class Head(NamedTuple):
    """What is known of a body before it is lowered; the fields are those of `FunctionFacts`."""

    name: str
    qualname: str
    kind: Literal["module", "class", "function", "lambda"]
    cls: int
    line: int
    end_line: int
    is_async: bool = False
    params: tuple[ParamFacts, ...] = ()
    decorators: tuple[int, ...] = ()
    returns: int = NONE


class Loop:
    """A loop that is being lowered: what was known before it, and who jumps where."""

    __slots__ = ("breaks", "continues", "env", "outer", "phis")

    def __init__(self, env: Env, outer: "Loop | None") -> None:
        self.env = env
        self.outer = outer
        self.phis: Env = {}
        self.breaks: list[Env] = []
        self.continues: list[Env] = []


class Body:
    """One body of code while it grows. `env` is the current point's; in a loop it holds what was touched there alone.

    `live` is false after a statement that leaves the block. `last` holds every variable ever bound here; `paths` those
    that imports and top-level definitions bind, with their path ("" if other things bind them, too). `inner` holds
    names of comprehensions and type parameters around this body.
    """

    __slots__ = (
        "env", "file", "guarded", "has_children", "head", "in_annotation", "index", "inner", "is_generator", "is_module",
        "last", "live", "loop", "outer", "parent", "paths", "region", "regions", "type_only", "values",
    )  # fmt: skip

    def __init__(self, file: File, parent: "Body | None", head: Head) -> None:
        self.file = file
        self.parent = parent
        self.head = head
        self.index = file.reserve()
        self.is_module = parent is None
        self.values: list[AnyValue] = []
        self.regions: list[Region] = []
        self.region = NONE
        self.env: Env = {}
        self.last: Env = {}
        self.paths: dict[str, str] = {}
        self.inner: frozenset[str] = frozenset()
        self.outer: dict[str, bool] = {}
        self.loop: Loop | None = None
        self.live = True
        self.has_children = False
        self.is_generator = False
        self.in_annotation = False
        self.type_only = False
        self.guarded = False

    def add(self, value: AnyValue) -> int:
        """Append a value; its id."""
        values = self.values
        values.append(value)
        return len(values) - 1

    def line(self, node: Node) -> int:
        """The 1-based line on which a node starts."""
        return self.file.line_of[node.start_byte]

    def text(self, node: Node) -> str:
        """The text of a short node, one object per distinct text."""
        file = self.file
        raw = file.source[node.start_byte : node.end_byte]
        return file.names.get(raw) or file.intern(raw)

    def open(self, kind: RegionKind, subject: int, node: Node, *, is_async: bool = False) -> int:
        """Begin a region that covers `node`; its index, for `close`."""
        line, end_line = self.line(node), node.end_point.row + self.file.first_line
        at = len(self.regions)
        self.regions.append(
            Region(kind, self.region, len(self.values), NONE, subject, line, end_line, exits=False, is_async=is_async)
        )
        self.region = at
        return at

    def close(self, at: int, *, exits: bool = False, subject: int | None = None) -> None:
        """End the region `at`."""
        r = self.regions[at]
        about = r.subject if subject is None else subject
        end = len(self.values)
        self.regions[at] = Region(r.kind, r.parent, r.start, end, about, r.line, r.end_line, exits, r.is_async)
        self.region = r.parent

    def bind(self, name: str, value: int, path: str = "") -> None:
        """From here on, the variable holds `value`. `path` is what other bodies know it by, if it is an import."""
        if path or name in self.paths:
            known = self.paths.get(name, path)
            self.paths[name] = path if path == known and (name in self.paths or name not in self.last) else ""
        self.env[name] = value
        self.last[name] = value

    def read(self, name: str) -> int:
        """The id of what a variable of this body holds here, or NONE if it is not (yet) one."""
        found = self.env.get(name)
        if found is None:
            return NONE if self.loop is None else self._read_around(self.env, self.loop, name)
        return found

    def _read_around(self, env: Env, loop: Loop, name: str) -> int:
        """A variable from before the loop: a `Phi` stands for it, whose options are complete when the loop ends."""
        phi = loop.phis.get(name)
        if phi is not None:
            env[name] = phi
            return phi
        before = loop.env.get(name)
        if before is None:
            before = NONE if loop.outer is None else self._read_around(loop.env, loop.outer, name)
        if before == NONE or self.paths.get(name):
            return before
        phi = self.add(Phi(self.values[before].line, (before,)))
        loop.phis[name] = env[name] = phi
        return phi

    def join(self, envs: list[Env], line: int) -> None:
        """The current point is reached from the ends of several ways, with these variables."""
        self.env = envs[0]
        if len(envs) == 1:
            return
        first = envs[0]
        if self.loop is not None:
            self._complete(envs)
            self.env = first
        if all(env == first for env in envs):
            return
        merged: Env = {}
        for name in dict.fromkeys(name for env in envs for name in env):
            options = tuple(dict.fromkeys(env[name] for env in envs if name in env))
            merged[name] = options[0] if len(options) == 1 else self.add(Phi(line, options))
        self.env = merged

    def _complete(self, envs: list[Env]) -> None:
        """Let every way know the variables from before the loop that one of them has touched."""
        for name in dict.fromkeys(name for env in envs for name in env):
            for env in envs:
                if name not in env:
                    self.env = env
                    self.read(name)

    def enter_loop(self) -> Loop:
        """Begin a loop's body."""
        self.loop = Loop(self.env, self.loop)
        self.env = {}
        return self.loop

    def leave_loop(self, loop: Loop) -> None:
        """End a loop's body: complete its phis, and set the variables to what they hold when no element is left."""
        ends = [*loop.continues, self.env] if self.live else loop.continues
        for name, phi in loop.phis.items():
            self._patch(phi, (end.get(name, phi) for end in ends))
        before, self.loop = loop.env, loop.outer
        after = dict(before)
        for name in dict.fromkeys(name for end in ends for name in end):
            self._settle(after, name, loop, ends)
        self.env = after

    def _settle(self, after: Env, name: str, loop: Loop, ends: list[Env]) -> None:
        phi = loop.phis.get(name)
        if phi is None:
            self.env = loop.env
            before = self.read(name)
            options = tuple(dict.fromkeys([before, *(end[name] for end in ends if name in end)]))
            options = options[1:] if before == NONE else options
            after[name] = options[0] if len(options) == 1 else self.add(Phi(self.values[options[-1]].line, options))
        elif len(self.operands_of(phi)) > 1:
            after[name] = phi

    def operands_of(self, phi: int) -> tuple[int, ...]:
        """The options of a phi."""
        found = self.values[phi]
        return found.options if isinstance(found, Phi) else ()

    def _patch(self, phi: int, more: Iterable[int]) -> None:
        old = self.values[phi]
        assert isinstance(old, Phi)
        options = tuple(i for i in dict.fromkeys((*old.options, *more)) if i != phi)
        self.values[phi] = Phi(old.line, options)

    def finish(self, *, has_doc: bool) -> None:
        """Put the facts of this body, which is complete, where its index says."""
        head = self.head
        self.file.functions[self.index] = FunctionFacts(
            name=head.name,
            qualname=head.qualname,
            kind=head.kind,
            parent=NONE if self.parent is None else self.parent.index,
            cls=head.cls,
            line=head.line,
            end_line=head.end_line,
            is_async=head.is_async,
            is_generator=self.is_generator,
            has_doc=has_doc,
            params=head.params,
            decorators=head.decorators,
            returns=head.returns,
            values=tuple(self.values),
            regions=tuple(self.regions),
            names={**self.last, **self.env} if self.has_children or head.kind in {"module", "class"} else {},
        )
