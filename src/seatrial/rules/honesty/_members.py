"""Members: what a class of the program has, where all of it is known, for `unknown-member`."""

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain

import msgspec

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program import Class, File, Function, Program, written
from seatrial.program.ancestry import made_of
from seatrial.program.derived import derived

_ASKS = frozenset({f.Attr, f.Call, f.Ref})
_WRITES = frozenset({f.StoreAttr})
_DECLARES = frozenset({f.Store})
_OPENING = frozenset({f.Attr, f.Call})
_SETS = frozenset({"!setattr", "!object.__setattr__", "!vars"})
_READ = frozenset({Role.CODE, Role.GENERATED})
"""Whose names count as defined: not a test's, and a module of the program may be called `test_…`."""
FEW = 6
"""What more files ask for comes from somewhere, though nobody sees from where."""
_WHOLE = (
    "sqlalchemy.orm.DeclarativeBase",
    "flask_sqlalchemy.Model",
    "pydantic.BaseModel",
    "pydantic_settings.BaseSettings",
)
"""Classes of libraries that add no members to those below them but the ones that their models name."""
_PLAIN = frozenset({"builtins.object", "abc.ABC", "typing.Generic"})
_DJANGO = "django.db.models.Model"
_DECORATORS = ("dataclass", "total_ordering", "final")
_ANYTHING = frozenset({"__getattr__", "__getattribute__", "__table__"})
_JOINS = frozenset({"join", "outerjoin", "select_from", "with_entities", "add_columns", "add_entity", "subquery"})


def _own(cls: Class) -> set[str]:
    """What the body of a class defines or declares: methods, fields, and fields that only have an annotation."""
    declared = (cls.body.values[at] for at in cls.body.of(_DECLARES))
    return {*cls.body.facts.names, *(step.name for step in declared if type(step) is f.Store)}


class Names(msgspec.Struct, frozen=True, array_like=True):
    """The names in a file.

    `asked`: what is read or called on things, but for what the file defines itself, with the places where that is done:
    the index of a body and the id of a value in it. `defined`: the names of functions, of members of classes, and of
    attributes that are written to whatever object. `open`: the qualified names of classes whose methods give the instance
    members with names that are only known as they run.
    """

    asked: dict[str, list[tuple[int, int]]]
    defined: list[str]
    open: list[str]


@derived(Names)
def names_in(file: File) -> Names:
    """The names that a file asks for and defines, each once."""
    defined = {function.name for function in file.functions}
    defined.update(name for cls in file.classes for name in _own(cls))
    for body in file.functions:
        defined.update(body.values[at].name for at in body.of(_WRITES))  # type: ignore[union-attr]  # each is a StoreAttr
    found: dict[str, list[tuple[int, int]]] = {}
    for body in file.functions:
        for at in body.of(_ASKS):
            name = _asked(body.values[at])
            if name and not name.startswith("_") and name not in defined:
                found.setdefault(name, []).append((body.index, at))
    return Names(found, sorted(defined), _open(file))


def _open(file: File) -> list[str]:
    return [cls.facts.qualname for cls in file.classes if any(map(_gives_members, cls.methods.values()))]


def _gives_members(method: Function) -> bool:
    """`setattr(self, name, value)`, `self.__dict__.update(values)`, `vars(self)[name] = value`."""
    return any(_is_opening(method, method.values[at]) for at in method.of(_OPENING))


def _is_opening(method: Function, step: f.AnyValue) -> bool:
    if type(step) is f.Attr:
        return step.name == "__dict__" and method.origin(step.base) == 0
    if type(step) is not f.Call or step.callee not in _SETS or not step.args or method.origin(step.args[0]) != 0:
        return False
    return len(step.args) == 1 or type(method.values[method.origin(step.args[1])]) is not f.Const


def _asked(step: f.AnyValue) -> str:
    """The name that is read or called on something; empty if on nothing."""
    if type(step) is f.Attr:
        return step.name
    if type(step) is f.Call:
        return step.callee if step.receiver >= 0 else _below(step.callee)
    return _below(step.path) if type(step) is f.Ref else ""


def _below(path: str) -> str:
    owner, _, name = path.rpartition(".")
    return name if owner.strip(".") else ""


class Members:
    """Answers whether an instance may have a member; remembers which classes are known wholly."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._types = program.types
        self._whole: dict[Class, bool] = {}
        self._names: dict[Class, set[str]] = {}

    def strange(self, each: Collection[Names], made: Collection[Names]) -> frozenset[str]:
        """The names that few files ask for, and that nothing in the program and in the models of libraries defines.

        `each`: the names of what people wrote; `made`: of what a generator did, which may define what they ask for.
        """
        models, tables = self._types.models, self._program.schema.tables.values()
        known = {name.rpartition(".")[2] for name in (*models.functions, *models.values)}
        known.update(name for table in tables for name in (*table.relations, *table.columns))
        known.update(*(names.defined for names in (*each, *made)))
        times = Counter(chain.from_iterable(names.asked for names in each))
        return frozenset(name for name, files in times.items() if files <= FEW and name not in known)

    def may_have(self, cls: Class, name: str) -> bool:
        """Some instance of the class, or of one below it, may have a member that no code here defines."""
        if name.startswith("_") or not all(self._is_whole(one) for one in (cls, *self._program.calls.below(cls))):
            return True
        models = self._types.models
        outer = self._types.outer_bases(cls)
        return any(models.attribute(base, name) or models.method(base, name) for base in outer)

    def _is_whole(self, cls: Class) -> bool:
        if cls not in self._whole:
            self._whole[cls] = self._stands_alone(cls) and all(map(self._is_simple, self._types.mro(cls)))
        return self._whole[cls]

    def _stands_alone(self, cls: Class) -> bool:
        outer = self._types.outer_bases(cls)
        known = all(base in _PLAIN or any(self._types.models.is_a(base, one) for one in _WHOLE) for base in outer)
        return known and self._types.knows_bases(cls)

    def _is_simple(self, cls: Class) -> bool:
        """Nothing gives the class members but its own lines, which were read."""
        if cls.file.role not in _READ:
            return False
        decorated = any(not written(cls.outer, d).partition("(")[0].endswith(_DECORATORS) for d in cls.facts.decorators)
        if decorated or cls.facts.keywords or _ANYTHING & _own(cls) or cls.facts.qualname in names_in(cls.file).open:
            return False
        if any(self._is_handed_on(method) for method in cls.methods.values()):
            return False
        return not cls.says("allow")

    def _is_handed_on(self, method: Function) -> bool:
        """A function takes the instance, and sets members by names that are only known as it runs."""
        for call in method.calls:
            step = method.values[call]
            if type(step) is f.Call and any(method.origin(value) == 0 for value in step.args):
                taking = self._program.target(method, call).functions
                if any(_gives_members(one) for one in taking if one.cls is None):
                    return True
        return False

    # --- rows ---

    def rows_made(self) -> Iterator[tuple[Function, int, Class]]:
        """Calls that name columns of a table by keywords: `Order(…)`, `.filter_by(…)`, `Order.objects.create(…)`."""
        program = self._program
        for cls in program.schema.tables:
            for function, call in program.index.calls(cls.name):
                if program.target(function, call).made is cls and "__init__" not in self._own(cls):
                    yield function, call, cls
        for function, call in program.index.calls("filter_by", "create", "acreate"):
            row = self._row(function, call)
            if row is not None:
                yield function, call, row

    def _row(self, function: Function, call: int) -> Class | None:
        step, target = function.values[call], self._program.target(function, call)
        if type(step) is not f.Call or target.functions or target.receiver is None:
            return None
        element = target.receiver.element
        cls = element.cls if element else None
        is_django = cls is not None and self._types.class_derives(cls, _DJANGO)
        if is_django == (step.callee.rpartition(".")[2] == "filter_by") or any(
            map(self._joins, self._chain(function, step.receiver))
        ):
            return None
        return cls

    def _chain(self, function: Function, value: int) -> Iterator[f.AnyValue]:
        return (function.values[one] for one in made_of(function, value)) if value >= 0 else iter(())

    def _joins(self, step: f.AnyValue) -> bool:
        asked = type(step) is f.Call and step.callee.rpartition(".")[2]
        several = type(step) is f.Call and asked in {"query", "select"} and len(step.args) != 1
        return asked in _JOINS or several

    def _own(self, cls: Class) -> set[str]:
        if cls not in self._names:
            self._names[cls] = {name for one in self._types.mro(cls) for name in _own(one)}
        return self._names[cls]

    def may_be_given(self, cls: Class, name: str) -> bool:
        """A row of the class may be made or looked for by a keyword of this name."""
        table = self._program.schema.table(cls)
        if table is None or not table.columns or not name.isidentifier() or not self._is_known_table(cls):
            return True
        names = {*self._own(cls), *table.columns, *table.relations, "pk", "id"}
        return name in names or name.removesuffix("_id") in names

    def _is_known_table(self, cls: Class) -> bool:
        if self._is_whole(cls):
            return not self._types.class_derives(cls, "pydantic.BaseModel")
        outer = set(self._types.outer_bases(cls))
        return outer <= {_DJANGO, *_PLAIN} and _DJANGO in outer and self._types.knows_bases(cls)
