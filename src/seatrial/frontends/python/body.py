"""The body of code that is being lowered: its values, regions and variables so far."""

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

    __slots__ = ("breaks", "continues", "env", "line", "outer", "phis")

    def __init__(self, line: int, env: Env, outer: "Loop | None") -> None:
        self.line = line
        self.env = env
        self.outer = outer
        self.phis: Env = {}
        self.breaks: list[Env] = []
        self.continues: list[Env] = []


class Body:
    """One body of code while it grows.

    - `env` is what holds here; in a loop, that of it which the loop has touched. `last`: every variable ever bound.
    - `paths`: the variables that imports and top-level definitions bind, with their path; "" if others bind them, too.
    - `outer`: names declared `global` (true) or `nonlocal` (false).
    - `given`: names of type parameters and comprehensions around this body; `hidden`: of comprehensions open within it.
    - `live`: false after a statement that leaves the block.
    - `early`: names that a loop read before anything bound them; `awaited`: those known to be bound later.
    """

    __slots__ = (
        "awaited", "early", "env", "file", "given", "guarded", "has_children", "head", "hidden", "in_annotation",
        "index", "is_generator", "is_module", "last", "live", "loop", "outer", "parent", "paths", "region", "regions",
        "type_only", "values",
    )  # fmt: skip

    def __init__(self, file: File, parent: "Body | None", head: Head, given: frozenset[str] = frozenset()) -> None:
        self.file = file
        self.parent = parent
        self.head = head
        self.index = file.reserve()
        self.is_module = parent is None
        self.given = given
        self.type_only = False
        self.guarded = False
        self.begin(frozenset())

    def begin(self, awaited: frozenset[str]) -> None:
        """Start, or start again with better knowledge: forget all that was lowered."""
        self.awaited = awaited
        self.values: list[AnyValue] = []
        self.regions: list[Region] = []
        self.region = NONE
        self.env: Env = {}
        self.last: Env = {}
        self.paths: dict[str, str] = {}
        self.outer: dict[str, bool] = {}
        self.hidden: frozenset[str] = frozenset()
        self.early: set[str] = set()
        self.loop: Loop | None = None
        self.live = True
        self.has_children = False
        self.is_generator = False
        self.in_annotation = False

    def add(self, value: AnyValue) -> int:
        """Append a value; its id."""
        values = self.values
        values.append(value)
        return len(values) - 1

    def line(self, node: Node) -> int:
        """The 1-based line on which a node starts."""
        return self.file.line_of[node.start_byte]

    def last_line(self, node: Node) -> int:
        """The 1-based line on which a node ends."""
        return self.file.line_of[node.end_byte]

    def text(self, node: Node) -> str:
        """The text of a short node, one object per distinct text."""
        file = self.file
        raw = file.source[node.start_byte : node.end_byte]
        return file.names.get(raw) or file.intern(raw)

    def open(self, kind: RegionKind, subject: int, node: Node, until: Node, *, is_async: bool = False) -> int:
        """Begin a region that reaches from the line of `node` to the end of `until`; its index, for `close`."""
        at = len(self.regions)
        lines = self.line(node), self.last_line(until)
        self.regions.append(Region(kind, self.region, len(self.values), NONE, subject, *lines, False, is_async))  # noqa: FBT003 - `exits`: known when it ends
        self.region = at
        return at

    def close(self, at: int, *, exits: bool = False, subject: int = NONE) -> None:
        """End the region `at`; `subject`, if it was not yet known."""
        r = self.regions[at]
        about = r.subject if subject == NONE else subject
        end = len(self.values)
        self.regions[at] = Region(r.kind, r.parent, r.start, end, about, r.line, r.end_line, exits, r.is_async)
        self.region = r.parent

    def bind(self, name: str, value: int, path: str = "") -> None:
        """From here on, the variable holds `value`. `path` is what other bodies know it by, if it is an import."""
        if path or name in self.paths:
            known = self.paths.get(name, "" if name in self.last else path)
            self.paths[name] = path if path == known else ""
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
        before = loop.env.get(name, NONE)
        if before == NONE and loop.outer is not None:
            before = self._read_around(loop.env, loop.outer, name)
        if (before == NONE and name not in self.awaited) or self.paths.get(name):
            return before
        phi = self.add(Phi(loop.line, () if before == NONE else (before,)))
        loop.phis[name] = env[name] = phi
        return phi

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
