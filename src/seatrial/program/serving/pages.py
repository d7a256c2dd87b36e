"""Pages: which queries views give to templates, and what the templates ask of the database for each of their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.model.finding import Place, Step
from seatrial.model.source import Role
from seatrial.program.parts import Class, Function
from seatrial.program.serving import literals
from seatrial.program.serving.nouns import Rows
from seatrial.program.serving.origins import served
from seatrial.program.serving.paths import Landing
from seatrial.program.serving.templates import EACH, Templates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.serving.given import Given
    from seatrial.program.serving.nouns import Need, Serving
    from seatrial.program.serving.paths import Paths
    from seatrial.program.serving.templates import Reading

_RENDERS = ("render", "TemplateResponse", "render_to_response", "render_template", "render_to_string")
_ANSWERED = frozenset({"all", "count", "exists", "first", "last"})
"""What a template calls on a manager."""
_LISTED = ("object_list", "page_obj")
"""What list views call their rows."""

Entry = tuple[str, Rows]
"""A name in a template's context, and the rows behind it."""


class Pages:
    """Finds the rows that templates show."""

    def __init__(self, program: Program, paths: Paths, given: Given) -> None:
        self._program = program
        self._types = program.types
        self._paths = paths
        self._given = given
        self._templates = Templates(program.manifests)

    def servings(self) -> Iterator[Serving]:
        """All of them: of calls that render, then of view classes."""
        if not self._templates.known:
            return
        for function, call in self._program.index.calls(*_RENDERS):
            for template, entry in self._rendered(function, call):
                yield from self._serving(template, entry)
        for cls in self._program.classes:
            if cls.file.role is Role.CODE:
                for template in self._named(cls):
                    for entry in (*self._listed(cls), *self._in_context(cls)):
                        yield from self._serving(template, entry)

    # --- calls that render ---

    def _rendered(self, function: Function, call: int) -> Iterator[tuple[str, Entry]]:
        step = function.values[call]
        assert type(step) is f.Call
        given = (*step.args, *(value for _, value in step.keywords))
        names = [text for value in given if self._templates.has(text := literals.text(function, value))]
        for template in names[:1]:
            for value in given:
                for key, held in self._pairs(function, value):
                    yield from ((template, entry) for entry in self._rows(key, function, held))
            for key, held in step.keywords:
                yield from ((template, entry) for entry in self._rows(key, function, held))

    def _pairs(self, function: Function, value: int, depth: int = 0) -> Iterator[tuple[str, int]]:
        """The keys and values of a context: of a dict literal, and what is put into it afterwards."""
        origin = function.origin(value) if value >= 0 else -1
        step = function.values[origin] if origin >= 0 else None
        if type(step) is f.Phi and depth < 3:
            for option in step.options:
                yield from self._pairs(function, option, depth + 1) if option < origin else ()
        if type(step) is f.Collection and step.kind == "dict":
            for key, held in zip(step.items[::2], step.items[1::2], strict=False):
                if literals.text(function, key):
                    yield literals.text(function, key), held
            for user in function.users.get(origin, ()):
                put = function.values[user]
                if type(put) is f.StoreItem and literals.text(function, put.key):
                    yield literals.text(function, put.key), put.value

    def _rows(self, name: str, function: Function, value: int) -> Iterator[Entry]:
        query = self._program.queries.query(function, value)
        if query and self._program.schema.named(query.table):
            yield name, Rows(function, function.values[function.origin(value)].line, value, query)

    # --- view classes ---

    def _named(self, cls: Class) -> Iterator[str]:
        """The templates that a view class shows, when the class itself says so."""
        for name in ("template_name", "results_template_name"):
            found = literals.member(self._program, cls, name)
            text = literals.text(*found) if found else ""
            if self._templates.has(text):
                yield text

    def _listed(self, cls: Class) -> Iterator[Entry]:
        """The rows that a list view gives by itself."""
        chosen = literals.member(self._program, cls, "context_object_name")
        own = literals.text(*chosen) if chosen else ""
        for rows in self._given.queries(cls):
            row = self._program.schema.named(rows.query.table)
            names = {*_LISTED, own, f"{row.name.lower()}_list"} if row else ()
            yield from ((name, rows) for name in sorted(names) if name)

    def _in_context(self, cls: Class) -> Iterator[Entry]:
        """The rows that `get_context_data` adds."""
        for owner in self._types.mro(cls):
            method = owner.methods.get("get_context_data")
            for name, value in _put(method) if method else ():
                assert method is not None
                yield from self._rows(name, method, value)

    # --- both ---

    def _serving(self, template: str, entry: Entry) -> Iterator[Serving]:
        name, rows = entry
        row = self._program.schema.named(rows.query.table)
        readings = ((reading, _of_each(reading, name)) for reading in self._templates.readings(template))
        needs = (n for reading, rest in readings if row and rest is not None for n in self._needs(row, reading, rest))
        yield from served(self._program, rows, needs, f"{template} shows")

    def _needs(self, row: Class, reading: Reading, rest: tuple[str, ...]) -> Iterator[Need]:
        what = f".{'.'.join(rest)} of each row" if rest else "each row"
        step = Step(Place(reading.template, reading.line, reading.line), f"shows {what}")
        names = tuple(n for n in rest if n not in _ANSWERED and n != EACH) or (("__str__",) if reading.shown else ())
        landing = self._paths.follow(Landing(row), names, step)
        for need in landing.needs:
            if need.chain != landing.chain or names[-1] != rest[-1] or not self._is_manager(row, need.chain):
                yield need

    def _is_manager(self, row: Class, chain: tuple[str, ...]) -> bool:
        """The chain ends in a manager, which is no query until something is called on it."""
        cls: Class | None = row
        loading = ""
        for name in chain:
            relation = self._program.schema.relation(cls, name)
            loading = relation.loading if relation else ""
            cls = relation.target.cls if relation and relation.target else None
        return loading == "manager"


def _of_each(reading: Reading, name: str) -> tuple[str, ...] | None:
    """What a template reads of each row of the collection `name`, or of a page of it; None if of something else."""
    at = reading.names.index(EACH)
    root = tuple(n for n in reading.names[:at] if n not in {"object_list", "all"}) or reading.names[:at]
    return reading.names[at + 1 :] if root == (name,) else None


def _put(method: Function) -> Iterator[tuple[str, int]]:
    """The names and values that a method puts into the context, however it does."""
    for step in method.values:
        if type(step) is f.StoreItem and literals.text(method, step.key):
            yield literals.text(method, step.key), step.value
        elif type(step) is f.Collection and step.kind == "dict":
            for key, held in zip(step.items[::2], step.items[1::2], strict=False):
                yield literals.text(method, key), held
        elif type(step) is f.Call and step.callee in {"get_context_data", "update", "!dict"}:
            yield from step.keywords
