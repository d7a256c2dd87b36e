"""Lists of Django's admin: what the columns of `list_display` ask of the database for each row.

The admin follows the foreign keys that `list_display` names, unless they may be null; what methods and properties read
behind a row is a query for each. https://docs.djangoproject.com/en/5.2/ref/contrib/admin/#django.contrib.admin.ModelAdmin.list_display
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program.handed import ADMIN, administered
from seatrial.program.parts import Class, Function
from seatrial.program.rows import LONGEST
from seatrial.program.serving import literals
from seatrial.program.serving.nouns import Rows
from seatrial.program.serving.origins import served
from seatrial.program.serving.paths import Landing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.program.program import Program
    from seatrial.program.queries import Query
    from seatrial.program.serving.nouns import Need, Serving
    from seatrial.program.serving.paths import Paths


class Admin:
    """Finds what admin lists show."""

    def __init__(self, program: Program, paths: Paths) -> None:
        self._program = program
        self._types = program.types
        self._paths = paths

    def servings(self) -> Iterator[Serving]:
        """All of them, in the order of the files."""
        if self._program.models.type(ADMIN) is None:
            return
        for cls in self._program.calls.deriving(ADMIN):
            if cls.file.role is Role.CODE:
                row = administered(self._types, cls)
                if row is not None and self._program.schema.table(row):
                    yield from self._columns(cls, row)

    def _columns(self, admin: Class, row: Class) -> Iterator[Serving]:
        listed = literals.member(self._program, admin, "list_display")
        if listed is None:
            return
        names = tuple(literals.texts(self._program, *listed))
        query = self._query(admin, row, names)
        for name in names:
            function, line, needs = self._column(admin, row, name, *listed)
            yield from served(self._program, Rows(function, line, f.NONE, query), needs, f"{admin.name} lists")

    def _column(
        self, admin: Class, row: Class, name: str, body: Function, value: int
    ) -> tuple[Function, int, tuple[Need, ...]]:
        """Where a column is made, and what it asks for."""
        own = self._types.member(admin, name)
        if own and isinstance(own.entity, Function):
            method = own.entity
            needs = tuple(self._paths.run(method, 1, Landing(row), method.head(f"{admin.name} lists {name}")))
            here = next((s.place.line for n in needs for s in n.path[1:] if s.place.path == method.file.path), 0)
            return method, here or method.facts.line, needs
        step = body.step(value, f"{admin.name} lists {name}")
        landing = self._paths.follow(Landing(row), name.split("__"), step)
        return body, body.values[value].line, landing.needs

    def _query(self, admin: Class, row: Class, names: tuple[str, ...]) -> Query:
        """What the admin lists: the model's own query, with what it, or `get_queryset`, loads ahead."""
        query = self._program.queries.rows(row)
        ahead = set(query.loaded) | self._fetched(admin)
        chosen = literals.member(self._program, admin, "list_select_related")
        if chosen:
            ahead |= set(literals.texts(self._program, *chosen)) or {"*"}
        elif any(self._is_key(row, name) for name in names):
            ahead |= set(self._never_null(row))
        return replace(query, loaded=frozenset(ahead))

    def _fetched(self, admin: Class) -> set[str]:
        methods = (m for owner in self._types.mro(admin) for m in owner.methods.values())
        return {name for m in methods for call in m.calls for name in self._program.queries.fetched(m, call)}

    def _is_key(self, row: Class, name: str) -> bool:
        relation = self._program.schema.relation(row, name)
        return relation is not None and not relation.many and not relation.reverse

    def _never_null(self, row: Class, before: str = "", depth: int = 0) -> Iterator[str]:
        """The foreign keys that `select_related()` follows: those that cannot be null, and theirs."""
        table = self._program.schema.table(row)
        for name, relation in table.relations.items() if table and depth < LONGEST else ():
            if relation.many or relation.reverse or self._may_be_null(row, name):
                continue
            yield f"{before}{name}"
            if relation.target and relation.target.cls:
                yield from self._never_null(relation.target.cls, f"{before}{name}__", depth + 1)

    def _may_be_null(self, row: Class, name: str) -> bool:
        found = literals.member(self._program, row, name)
        step = found[0].values[found[1]] if found else None
        return (
            found is not None
            and type(step) is f.Call
            and literals.is_true(found[0], dict(step.keywords).get("null", -1))
        )
