"""Serializers of Django REST framework: what writing one row asks of the database.

A `ModelSerializer` writes the key of a foreign key from the row itself; whatever looks behind it is a query for each
row: nested serializers, `source="customer.name"`, many-to-many fields, methods and properties that look there.
https://www.django-rest-framework.org/api-guide/relations/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from seatrial.model import facts as f
from seatrial.program.handed import is_serializer, serialized
from seatrial.program.parts import Class, Function
from seatrial.program.serving import literals
from seatrial.program.serving.paths import Landing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from seatrial.model.finding import Step
    from seatrial.program.program import Program
    from seatrial.program.schema import Relation
    from seatrial.program.serving.nouns import Need
    from seatrial.program.serving.paths import Paths

DEPTH = 3
"""How many serializers may stand inside each other."""
_CHOOSING = frozenset({"if", "else", "except"})
_DROPPING = ("get_fields", "__init__")
"""Methods of a serializer in which some of its fields are taken away."""
_KEYS = frozenset({"PrimaryKeyRelatedField", "HyperlinkedRelatedField"})
"""Fields that write the key of a related row, which the row itself holds."""
_LOOKS = frozenset({"StringRelatedField", "SlugRelatedField", "RelatedField", "ManyRelatedField"})
"""Fields that read the related row."""

_ARGUMENTS = frozenset(
    {
        "read_only", "write_only", "required", "default", "initial", "source", "label", "help_text", "style",
        "error_messages", "validators", "allow_null", "allow_empty", "many", "instance", "data", "context", "partial",
        "min_length", "max_length", "child",
    }
)  # fmt: skip
"""Arguments of serializers that do not change what is written."""


class _Field(msgspec.Struct, frozen=True):
    """A field that is declared in a serializer's body."""

    name: str
    body: Function
    call: f.Call
    made: Class | None
    """The program's class that it is made of, if it is one."""
    kind: str
    """The last name of the library's class that it is, or derives from."""
    step: Step

    def keyword(self, name: str) -> int:
        """The id of a keyword argument, or -1."""
        return dict(self.call.keywords).get(name, -1)

    @property
    def is_plain(self) -> bool:
        """It is made with the library's own arguments: no others could choose what is written."""
        return {name for name, _ in self.call.keywords} <= _ARGUMENTS

    def says(self, name: str) -> bool:
        """The keyword argument is True."""
        return literals.is_true(self.body, self.keyword(name))


class Serializers:
    """Reads serializer classes."""

    def __init__(self, program: Program, paths: Paths) -> None:
        self._program = program
        self._paths = paths
        self._types = program.types

    def needs(self, serializer: Class, row: Class | None) -> Iterator[Need]:
        """What writing one row of class `row` asks for; without it, a row of the class in `Meta.model`."""
        cls = row or serialized(self._types, serializer)
        if cls is not None:
            yield from self._written(serializer, Landing(cls))

    def within(self, serializer: Class, chain: tuple[str, ...] = ()) -> Iterator[tuple[Class, tuple[str, ...]]]:
        """The serializer and those that it writes with, each with the names that lead to the rows it writes."""
        yield serializer, chain
        for field in self._declared(serializer).values():
            if field.made and is_serializer(self._types, field.made) and len(chain) < DEPTH:
                source = literals.text(field.body, field.keyword("source")) or field.name
                yield from self.within(field.made, (*chain, *(() if source == "*" else source.split("."))))

    def _written(self, serializer: Class, row: Landing) -> Iterator[Need]:
        if row.cls is None or len(row.chain) > DEPTH:
            return
        own = self._types.member(serializer, "to_representation")
        if own and isinstance(own.entity, Function):
            yield from self._paths.run(own.entity, 1, row, own.entity.head(f"{serializer.name} writes each row"))
            if not _leaves_to_base(own.entity):
                return
        fields = self._declared(serializer)
        listed = self._listed(serializer, row.cls)
        dropped = set(self._dropped(serializer))
        for name, field in fields.items():
            if (listed is None or name in listed) and name not in dropped:
                yield from self._field(serializer, field, row)
        meta = self._meta(serializer)
        step = (meta.body if meta else serializer.body).head(f"{serializer.name} writes each row")
        for name in listed or ():
            if name not in fields and name not in dropped:
                yield from self._automatic(name, row, step, deep=self._is_deep(meta))

    def _declared(self, serializer: Class) -> Mapping[str, _Field]:
        """The fields written in the class and its bases, nearest first."""
        found: dict[str, _Field] = {}
        for owner in self._types.mro(serializer):
            body = owner.body
            for step in body.values:
                if type(step) is f.Store and step.value >= 0 and step.name not in found:
                    field = self._read(body, step)
                    if field:
                        found[step.name] = field
        return found

    def _read(self, body: Function, step: f.Store) -> _Field | None:
        value = literals.held(body, step.value)
        call = body.values[value]
        if type(call) is not f.Call:
            return None
        target = self._program.target(body, value)
        outers = self._types.outer_bases(target.made) if target.made else (target.external or call.callee,)
        kind = next((name.rpartition(".")[2] for name in outers if name.rpartition(".")[2] in _KEYS | _LOOKS), "")
        kind = kind or next((name.rpartition(".")[2] for name in outers), "")
        here = body.step(value, f"{body.name} writes {step.name}")
        return _Field(step.name, body, call, target.made, kind, here)

    def _field(self, serializer: Class, field: _Field, row: Landing) -> Iterator[Need]:
        if field.says("write_only") or field.kind == "HyperlinkedIdentityField":  # which shows the row's own key
            return
        if field.kind == "SerializerMethodField":
            yield from self._method(serializer, field, row)
            return
        source = literals.text(field.body, field.keyword("source")) or field.name
        names = [] if source == "*" else source.split(".")
        many = field.says("many")
        if field.kind in _KEYS and not many:
            names = names[:-1]
        nested = field.made if field.made and is_serializer(self._types, field.made) else None
        if nested is None and field.kind not in _KEYS | _LOOKS and names and self._is_single(row.cls, names):
            names = names[:-1]  # a plain field shows the related row's key, or is never filled
        landing = self._paths.follow(row, names, field.step)
        yield from landing.needs
        if nested and landing.cls and field.is_plain:
            yield from self._written(nested, landing)

    def _is_single(self, row: Class | None, names: list[str]) -> bool:
        relation = self._program.schema.relation(row, names[0]) if len(names) == 1 else None
        return relation is not None and not relation.many and not relation.reverse

    def _method(self, serializer: Class, field: _Field, row: Landing) -> Iterator[Need]:
        given = field.call.args[0] if field.call.args else field.keyword("method_name")
        name = literals.text(field.body, given) or f"get_{field.name}"
        method = self._types.member(serializer, name)
        if method and isinstance(method.entity, Function):
            yield from self._paths.run(method.entity, 1, row, field.step)

    def _automatic(self, name: str, row: Landing, step: Step, *, deep: bool) -> Iterator[Need]:
        """A name in `Meta.fields` that no field is declared for."""
        relation = self._program.schema.relation(row.cls, name)
        if relation is None or relation.many or relation.reverse or deep:
            yield from self._paths.follow(row, (name,), step).needs

    def _meta(self, serializer: Class) -> Class | None:
        found = self._types.member(serializer, "Meta")
        return found.entity if found and isinstance(found.entity, Class) else None

    def _is_deep(self, meta: Class | None) -> bool:
        given = literals.member(self._program, meta, "depth") if meta else None
        step = given[0].values[given[1]] if given else None
        return type(step) is f.Const and bool(step.value)

    def _listed(self, serializer: Class, row: Class) -> tuple[str, ...] | None:
        """The names of `Meta.fields`; None if there is no list, or it cannot be read."""
        meta = self._meta(serializer)
        given = literals.member(self._program, meta, "fields") if meta else None
        names = tuple(literals.texts(self._program, *given)) if given else ()
        if names and names != ("__all__",):
            return names
        left_out = literals.member(self._program, meta, "exclude") if meta else None
        if self._chooses(serializer):
            return ()
        if not names and left_out is None:
            return None
        without = set(literals.texts(self._program, *left_out)) if left_out else set()
        return tuple(name for name in (*self._own(row), *self._declared(serializer)) if name not in without)

    def _chooses(self, serializer: Class) -> bool:
        """Which fields are written is decided when it runs."""
        return any("get_field_names" in owner.methods for owner in self._types.mro(serializer))

    def _dropped(self, serializer: Class) -> Iterator[str]:
        """The names of fields that the class, or a base, takes away whenever it runs: `fields.pop("lines")`."""
        found = (owner.methods.get(name) for owner in self._types.mro(serializer) for name in _DROPPING)
        for method in filter(None, found):
            for call in method.calls:
                step = method.values[call]
                sometimes = any(region.kind in _CHOOSING for region in method.enclosing(call))
                if type(step) is f.Call and step.callee == "pop" and step.args and not sometimes:
                    yield from self._one_of(method, step.args[0])

    def _one_of(self, method: Function, value: int) -> Iterator[str]:
        step = method.values[method.origin(value)]
        yield from literals.texts(self._program, method, step.of if type(step) is f.Element else value)

    def _own(self, row: Class) -> Iterator[str]:
        """The relations that a model declares itself, which `"__all__"` means."""
        table = self._program.schema.table(row)
        relations: Mapping[str, Relation] = table.relations if table else {}
        yield from (name for name, relation in relations.items() if not relation.reverse)


def _leaves_to_base(method: Function) -> bool:
    """The method calls the one that it overrides."""
    calls = (step for step in method.values if type(step) is f.Call and step.callee == method.name)
    return any(type(base := method.values[c.receiver]) is f.Call and base.callee == "!super" for c in calls)
