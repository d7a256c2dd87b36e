"""Fields: what the body of a model class declares, before relations are resolved.

What a call declares is told by the library models (`field`); what differs in structure is read here: Django's `Meta`,
SQLAlchemy's `__table_args__` and annotations (`Mapped[list[Order]]`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import annotated
from seatrial.program.parts import Class
from seatrial.program.schema import Column
from seatrial.program.type import Type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seatrial.libraries.arguments import Arguments
    from seatrial.libraries.form import Field
    from seatrial.model.finding import Step
    from seatrial.program.parts import Function
    from seatrial.program.program import Program

_COLLECTIONS = frozenset({"builtins.list", "builtins.set", "builtins.tuple", "builtins.dict"})


@dataclass(slots=True)
class Link:
    """A relation as declared: to a class, or to a name that is yet to be resolved."""

    step: Step
    to: str = ""
    target: Type | None = None
    many: bool | None = None
    """None: not said; the side that holds the foreign key sees one row, the other many."""
    one: bool = False
    """The other side sees one row at most."""
    lazy: object = None
    reverse: str = ""
    """The attribute on the other side that leads back."""


@dataclass(slots=True)
class Declared:
    """The fields of one class, bases included."""

    table: str
    managers: bool = False
    """Rows reach many others through managers, as rows are reached from their class (Django)."""
    abstract: bool = False
    columns: dict[str, Column] = field(default_factory=dict)
    relations: dict[str, Link] = field(default_factory=dict)
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    indexes: list[tuple[str, ...]] = field(default_factory=list)
    ordering: list[str] = field(default_factory=list)


class Fields:
    """Reads class bodies."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = program.types
        self._models = program.models

    def of(self, cls: Class) -> Declared:
        """What a class declares, itself and through its bases inside the program."""
        managers = any(self._models.attribute(outer, "objects") for outer in self._types.outer_bases(cls))
        found = Declared(_default_name(cls) if managers else cls.name.lower(), managers)
        for owner in reversed(self._types.mro(cls)):
            self._read_body(owner, found)
        found.abstract = self._is_abstract(cls)
        return found

    def _read_body(self, cls: Class, found: Declared) -> None:
        body = cls.body
        for at, step in enumerate(body.values):
            if type(step) is not f.Store:
                continue
            if step.name == "__tablename__":
                found.table = _text(body, step.value) or found.table
            elif step.name == "__table_args__":
                self._declarations(body, step.value, found)
            else:
                self._read_field(body, at, step, found)
        meta = self._program.names.in_class(cls, "Meta")
        if meta and isinstance(meta.entity, Class):
            self._read_meta(meta.entity.body, found)

    def _read_field(self, body: Function, at: int, step: f.Store, found: Declared) -> None:
        call = body.values[body.origin(step.value)] if step.value >= 0 else None
        model = self._field(body, body.origin(step.value)) if type(call) is f.Call else None
        here = body.step(at, f"{step.name} is declared")
        if type(call) is f.Call and model:
            call = _with_more(body, call, model)
        if type(call) is f.Call and model and model.kind == "relation":
            self._read_relation(body, step, call, model, found)
            if not model.many and found.managers:
                found.columns[step.name] = Column(step.name, here, found.relations[step.name].one, indexed=True)
        elif type(call) is f.Call and model:
            found.columns[step.name] = self._column(body, step.name, here, call, model)
        elif step.annotation >= 0 and self._is_mapped(body, step.annotation):
            found.columns[step.name] = Column(step.name, here)

    def _column(self, body: Function, name: str, here: Step, call: f.Call, model: Field) -> Column:
        nested = (self._reference(body, a) for a in (*call.args, *(v for _, v in call.keywords)))
        key = self._first(body, model.to, call) or next((k for k in nested if k), "")
        primary = any(_constant(body, v) is True for n, v in call.keywords if n == "primary_key")
        unique = primary or model.kind == "key" or self._flag(body, call, model.unique)
        return Column(name, here, unique, unique or model.indexed or self._flag(body, call, model.index), str(key))

    def _reference(self, body: Function, argument: int) -> str:
        """The column that a nested `ForeignKey("orders.id")`, or `ForeignKey(Order.id)`, points to."""
        step = body.values[argument]
        model = self._field(body, argument) if type(step) is f.Call else None
        given = next(iter(model.to.select(step)), -1) if type(step) is f.Call and model and model.to else -1
        return _text(body, given) or self._attribute(body, given)

    def _attribute(self, body: Function, value: int) -> str:
        """The column that an attribute of a class stands for, as texts name it: `orders.id`."""
        step = body.values[body.origin(value)] if value >= 0 else None
        owner, _, column = step.path.rpartition(".") if type(step) is f.Ref else ("", "", "")
        found = self._types.named(self._types.names.resolve(body.file, owner)) if owner else None
        if found is None or found.cls is None:
            return ""
        bodies = [base.body for base in self._types.mro(found.cls)]
        stores = ((body, step) for body in bodies for step in body.values if type(step) is f.Store)
        named = next((_text(body, step.value) for body, step in stores if step.name == "__tablename__"), "")
        return f"{named or found.cls.name.lower()}.{column}"

    def _read_relation(self, body: Function, step: f.Store, call: f.Call, model: Field, found: Declared) -> None:
        link = Link(body.step(step.value, f"{step.name} leads to another row"), many=model.many or None)
        link.one = not model.many and bool(model.reverse) and self._one(body, call, model)
        self._aim(body, model.to, call, link)
        annotation = annotated.read(self._types, body, step.annotation)
        if annotation:
            link.many = annotation.name in _COLLECTIONS
            link.target = link.target or (annotation.element if annotation.name in _COLLECTIONS else annotation)
        keywords = {name: _constant(body, value) for name, value in call.keywords}
        link.lazy = self._first(body, model.eager, call)
        link.many = keywords["uselist"] is True if "uselist" in keywords else link.many
        link.reverse = next((_name(body, value) for value in model.reverse.select(call)), "")
        found.relations[step.name] = link

    def _one(self, body: Function, call: f.Call, model: Field) -> bool:
        """One-to-one: made unique, or of a kind that cannot be anything else."""
        return self._flag(body, call, model.unique) if model.unique else True

    def _aim(self, body: Function, to: Arguments, call: f.Call, link: Link) -> None:
        value = next(iter(to.select(call)), -1)
        if value < 0:
            return
        text = _text(body, value)
        step = body.values[body.origin(value)]
        if text:
            link.to = text
        elif type(step) is f.Ref and step.path.endswith("AUTH_USER_MODEL"):
            link.target = self._types.user()
        else:
            found = self._types.of(body, value)
            link.target = self._row(found) if found else None

    def _row(self, found: Type) -> Type | None:
        """The type of a row, by what names its model: a class of the program, or of a library."""
        if found.cls:
            return self._types.instance(found.cls)
        return Type(found.name) if found.meta and self._types.has_kind(found, "model") else None

    def _field(self, body: Function, call: int) -> Field | None:
        target = self._program.target(body, call)
        if target.model:
            return target.model.field
        outers = self._types.outer_bases(target.made) if target.made else ()
        models = (self._models.function(name) for name in outers)
        return next((m.field for m in models if m and m.field), None)

    def _flag(self, body: Function, call: f.Call, choice: Arguments) -> bool:
        return any(_constant(body, value) is True for value in choice.select(call))

    def _first(self, body: Function, choice: Arguments, call: f.Call) -> object:
        return next((_constant(body, value) for value in choice.select(call)), None)

    def _is_mapped(self, body: Function, annotation: int) -> bool:
        step = body.values[annotation]
        if type(step) is not f.Index:
            return False
        base = body.values[step.base]
        return type(base) is f.Ref and base.path.rpartition(".")[2].lstrip(":?") == "Mapped"

    def _is_abstract(self, cls: Class) -> bool:
        for body, name in ((cls.body, "__abstract__"), (self._meta(cls), "abstract")):
            if body and name in body.facts.names and _constant(body, body.facts.names[name]) is True:
                return True
        return False

    def _meta(self, cls: Class) -> Function | None:
        found = self._program.names.in_class(cls, "Meta")
        return found.entity.body if found and isinstance(found.entity, Class) else None

    def _read_meta(self, meta: Function, found: Declared) -> None:
        for step in meta.values:
            if type(step) is not f.Store:
                continue
            if step.name == "db_table":
                found.table = _text(meta, step.value) or found.table
            elif step.name in {"constraints", "indexes"}:
                self._declarations(meta, step.value, found)
            elif step.name == "unique_together":
                found.uniques.extend(_groups(meta, step.value))
            elif step.name == "index_together":
                found.indexes.extend(_groups(meta, step.value))
            elif step.name == "ordering":
                found.ordering = list(_texts(meta, step.value))

    def _declarations(self, body: Function, value: int, found: Declared) -> None:
        """Constraints and indexes listed in `Meta` or `__table_args__`."""
        for item in _items(body, value):
            call = body.values[item]
            model = self._field(body, item) if type(call) is f.Call else None
            if type(call) is not f.Call or model is None or not model.columns:
                continue
            chosen = model.columns.select(call)
            names = tuple(t for v in chosen for t in (_texts(body, v) or (_text(body, v),)) if t)
            conditional = any(name == "condition" for name, _ in call.keywords)
            unique = model.kind == "constraint" or any(
                name == "unique" and _constant(body, v) is True for name, v in call.keywords
            )
            if names and not conditional:
                (found.uniques if unique else found.indexes).append(names)


def _default_name(cls: Class) -> str:
    """The table's name when none is given: Django's `app_model`."""
    folders = cls.file.path.split("/")[:-1]
    app = folders[-1] if folders and folders[-1] != "models" else "".join(folders[-2:-1])
    return f"{app}_{cls.name.lower()}"


def _with_more(body: Function, call: f.Call, model: Field) -> f.Call:
    """The call with the keywords that it hands on in a mapping, as its own."""
    held = next(iter(model.more.select(call)), -1)
    mapping = body.values[body.origin(held)] if held >= 0 else None
    more: tuple[tuple[str, int], ...] = ()
    if type(mapping) is f.Call and mapping.callee == "!dict":
        more = mapping.keywords
    elif type(mapping) is f.Collection and mapping.kind == "dict":
        pairs = zip(mapping.items[::2], mapping.items[1::2], strict=False)
        more = tuple((_text(body, key), value) for key, value in pairs)
    return replace(call, keywords=(*call.keywords, *more)) if more else call


def _constant(body: Function, value: int) -> object:
    step = body.values[body.origin(value)] if value >= 0 else None
    if type(step) is f.Store:
        return _constant(body, step.value)
    return step.value if type(step) is f.Const else None


def _text(body: Function, value: int) -> str:
    found = _constant(body, value)
    return found if isinstance(found, str) else ""


def _name(body: Function, value: int) -> str:
    """A name given as text, or as the first argument of a call: `backref("orders", lazy="joined")`."""
    step = body.values[body.origin(value)]
    return _text(body, step.args[0]) if type(step) is f.Call and step.args else _text(body, value)


def _items(body: Function, value: int) -> tuple[int, ...]:
    step = body.values[body.origin(value)] if value >= 0 else None
    if type(step) is f.Binary and step.op == "+":  # (*Base.Meta.constraints, …) written as a sum
        return (*_items(body, step.left), *_items(body, step.right))
    return step.items if type(step) is f.Collection and step.kind != "dict" else ()


def _texts(body: Function, value: int) -> tuple[str, ...]:
    return tuple(text for item in _items(body, value) if (text := _text(body, item)))


def _groups(body: Function, value: int) -> Iterator[tuple[str, ...]]:
    """`("a", "b")` is one group, `(("a", "b"), ("c", "d"))` are two."""
    flat = _texts(body, value)
    if flat:
        yield flat
        return
    for item in _items(body, value):
        group = _texts(body, item)
        if group:
            yield group
