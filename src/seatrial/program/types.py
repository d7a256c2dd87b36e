"""Types: light inference of what a value is, on demand, from annotations, constructors, returns and library models.

One type a value: where several are possible the first that is known wins (`None` in unions is dropped), since rules ask
"is this a query set?", "whose method is this?", and are better served by one honest guess than by a lattice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program import annotated, infer
from seatrial.program.names import External, Named, Names, Variable
from seatrial.program.parts import Class, File, Function
from seatrial.program.presumed import presumed
from seatrial.program.type import Type
from seatrial.program.users import USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from seatrial.libraries import Models, ValueModel

DEPTH = 24
"""How many steps inference follows before it gives up: longer chains carry no information in practice."""
_STORES = frozenset({f.Store})


class Types:
    """Answers "what type is this value?"; remembers its answers."""

    def __init__(self, names: Names, models: Models) -> None:
        self.names = names
        self.models = models
        self._returns: dict[int, Type | None] = {}
        self._mro: dict[int, tuple[Class, ...]] = {}
        self._outer_bases: dict[int, tuple[str, ...]] = {}
        self._lineages: dict[Class, tuple[frozenset[str], frozenset[str]]] = {}
        self._ancestors: dict[tuple[str, ...], frozenset[str]] = {}
        self._kinds: dict[Class | str, frozenset[str]] = {}
        self._instances: dict[Class, Type] = {}
        self._fields: dict[int, dict[str, list[tuple[Function, int, int]]]] = {}
        self._set_in: dict[int, dict[str, list[tuple[Function, int]]]] = {}
        self._depth = 0
        self.aliases: set[tuple[int, str]] = set()
        """The type aliases that are being read."""
        self.fields_from_schema: Callable[[Class, str], Type | None] | None = None
        """Set by `schema`: the type of an ORM field or relation that is not written in the class itself."""
        self.manager_called: Callable[[str], Type | None] | None = None
        """Set by `schema`: the manager that an attribute of this name leads to, if only one does."""
        self.user_class: Callable[[], Class | None] | None = None
        """Set by `Program`: the program's own class of users."""
        self.callers: Callable[[Function], Sequence[tuple[Function, int]]] | None = None
        """Set by `Program` once calls are known: who calls a function, for parameters that say nothing themselves."""

    # --- values ---

    def of(self, function: Function, value: int) -> Type | None:
        """The type of a value, or None if it is not known."""
        memo: dict[int, Type | None] = function.types
        if value in memo:
            return memo[value]
        if value < 0 or value >= len(function.values):
            return None
        if self._depth > DEPTH:
            return None
        memo[value] = None  # a circle of values knows no type
        self._depth += 1
        try:
            step = function.values[value]
            rule = infer.TABLE.get(type(step))
            memo[value] = found = rule(self, function, step) if rule else None
        finally:
            self._depth -= 1
        return found

    def first(self, function: Function, values: Iterable[int]) -> Type | None:
        """The first known type among values; `None` literals say nothing."""
        for value in values:
            found = self.of(function, value)
            if found and found.name != "builtins.None":
                return found
        return None

    # --- classes ---

    def mro(self, cls: Class) -> tuple[Class, ...]:
        """The class and its bases inside the program, nearest first (depth first, without repeats)."""
        key = id(cls)
        if key not in self._mro:
            self._mro[key] = (cls,)  # a circle of bases
            order: list[Class] = [cls]
            outer: list[str] = []
            for base in cls.facts.bases:
                entity = self._base(cls, base)
                if isinstance(entity, Class):
                    order.extend(self.mro(entity))
                    outer.extend(self.outer_bases(entity))
                elif isinstance(entity, External):
                    outer.extend(filter(None, (entity.name, presumed(self.models, cls, entity.name))))
            self._mro[key] = tuple(dict.fromkeys(order))
            self._outer_bases[key] = tuple(dict.fromkeys(outer))
        return self._mro[key]

    def _base(self, cls: Class, base: int) -> Class | External | None:
        outer = cls.outer
        step = outer.values[base]
        if isinstance(step, f.Index):  # Generic[T], Repository[Order]
            step = outer.values[step.base]
        if isinstance(step, f.Ref):
            entity = self.entity(cls.file, step.path)
            if isinstance(entity, Class | External):
                return entity
            return self._held_base(self.named(self.names.resolve(cls.file, step.path)))
        return self._held_base(self.of(outer, base))

    def _held_base(self, found: Type | None) -> Class | External | None:
        """A base that a variable or attribute holds: `Base = declarative_base()`, `db.Model`."""
        if found:
            return found.cls or External(found.name)
        return None

    def knows_bases(self, cls: Class) -> bool:
        """All bases of the class, and of its bases in the program, are known; none is worked out while it runs."""
        return all(self._base(one, base) is not None for one in self.mro(cls) for base in one.facts.bases)

    def outer_bases(self, cls: Class) -> tuple[str, ...]:
        """The canonical names of the bases, direct or inherited, that lie outside the program."""
        key = id(cls)
        if key not in self._outer_bases:
            self.mro(cls)
        return self._outer_bases.get(key, ())

    def derives(self, type_: Type | None, base: str) -> bool:
        """True when a type is `base` (canonical name) or derives from it, through the program and library models."""
        if type_ is None:
            return False
        return self.class_derives(type_.cls, base) if type_.cls else self.models.is_a(type_.name, base)

    def class_derives(self, cls: Class, base: str) -> bool:
        """As `derives`, for a class."""
        own, foreign = self._lineages.get(cls) or self.lineage(cls)
        return base in own or self.models.canonical(base) in foreign

    def lineage(self, cls: Class) -> tuple[frozenset[str], frozenset[str]]:
        """The names of a class and all its bases inside the program, and the canonical names of those outside."""
        own = frozenset(one.dotted for one in self.mro(cls))
        found = own, self._above(self.outer_bases(cls))
        if id(cls) in self._outer_bases:  # else its bases are being looked for at this moment
            self._lineages[cls] = found
        return found

    def _above(self, bases: tuple[str, ...]) -> frozenset[str]:
        """The canonical names of these bases and of all that they inherit from: many classes have the same."""
        found = self._ancestors.get(bases)
        if found is None:
            found = frozenset(name for base in bases for name in self.models.ancestors(base))
            self._ancestors[bases] = found
        return found

    def member(self, cls: Class, name: str) -> Named | None:
        """A method or class variable by name, through the bases inside the program."""
        for owner in self.mro(cls):
            found = self.names.in_class(owner, name)
            if found:
                return found
        return None

    def instance(self, cls: Class, args: tuple[Type, ...] = ()) -> Type:
        """The type of an instance of a class of the program."""
        if args:
            return Type(cls.dotted, args, cls)
        found = self._instances.get(cls)
        if found is None:
            found = self._instances[cls] = Type(cls.dotted, cls=cls)
        return found

    # --- names ---

    def entity(self, file: File, path: str) -> object:
        """What a path means when nothing is left below it; an external name carries the rest."""
        named = self.names.resolve(file, path)
        if not named.rest:
            return named.entity
        if isinstance(named.entity, Variable | Class):
            found = self.named(named)
            if found and found.meta and found.cls:
                return found.cls
        return None

    def named(self, named: Named) -> Type | None:
        """The type of what a path means."""
        entity = named.entity
        if isinstance(entity, Class):
            found: Type | None = Type(entity.dotted, cls=entity, meta=True)
        elif isinstance(entity, Variable):
            found = self._of_class(entity)
        elif isinstance(entity, External):
            found = self._external(entity.name)
        else:
            found = self._decorated(entity) if isinstance(entity, Function) else None
        for name in named.rest:
            found = self.attribute(found, name) if found else None
        return found

    def _decorated(self, function: Function) -> Type | None:
        """What a decorator of a library makes of a function: a task, a command."""
        outer = function.parent
        for decorator in function.facts.decorators if outer else ():
            step = outer.values[decorator] if outer else None
            path = step.path if type(step) is f.Ref else step.callee if type(step) is f.Call else ""
            entity = self.entity(function.file, path) if path else None
            model = self.models.function(entity.name) if isinstance(entity, External) else None
            if model and model.hook and self.models.type(model.returns):
                return Type(self.models.canonical(model.returns))
        return None

    def _of_class(self, variable: Variable) -> Type | None:
        """The type of a variable; a manager in a class body holds rows of that class."""
        found, cls = self._variable(variable), variable.function.cls
        if found is None or cls is None or variable.function.facts.kind != "class":
            return found
        return self.bound(found, self.instance(cls))

    def _variable(self, variable: Variable) -> Type | None:
        body = variable.function
        for at in body.of(_STORES):
            step = body.values[at]
            if type(step) is f.Store and step.name == variable.name and step.annotation >= 0:
                found = annotated.read(self, body, step.annotation)
                if found:
                    return found
        first = self.of(body, variable.value)
        return self._set_later(variable) or first if first is not None and first.name == "builtins.None" else first

    def _set_later(self, variable: Variable) -> Type | None:
        """What functions of the file put into a variable of the module that holds None until then (`global`)."""
        file = variable.function.file
        if variable.function is not file.body:
            return None
        known = self._set_in.get(id(file))
        if known is None:
            known = self._set_in[id(file)] = {}
            for function in file.functions:
                for at in function.of(_STORES):
                    step = function.values[at]
                    if type(step) is f.Store and step.outer:
                        known.setdefault(step.name, []).append((function, step.value))
        each = (self.of(function, value) for function, value in known.get(variable.name, ()))
        return next((one for one in each if one is not None and one.name != "builtins.None"), None)

    def _external(self, name: str) -> Type | None:
        given = self.models.value(name)
        if given and given.type:  # `User.objects` holds users
            owner = name.rpartition(".")[0] if given.item == "self" else ""
            return self.valued(given, Type(self.models.canonical(owner), meta=True) if owner else None)
        if self.looks_like_class(name):
            return Type(self.models.canonical(name), meta=True)
        owner, _, last = name.rpartition(".")
        base = self.held(owner)
        return self.attribute(base, last) if base else None

    def held(self, name: str) -> Type | None:
        """The type of the object that an external name holds (`flask.request`); None for modules and classes."""
        found = self._external(name) if "." in name else None
        return None if found is None or found.meta else found

    def looks_like_class(self, name: str) -> bool:
        """True when an external name is a class: a model says so, or its last part begins with a capital."""
        return self.models.type(name) is not None or name.rpartition(".")[2][:1].isupper()

    def valued(self, model: ValueModel, base: Type | None) -> Type | None:
        """The type of a variable or attribute that a library model describes, reached through `base`."""
        if not model.type:
            return None
        if model.item == "self" and base:
            return Type(model.type, (replace(base, meta=False),))
        if model.type == USER:
            return self.user()
        return Type(model.type, (Type(model.item),) if model.item else ())

    def user(self) -> Type:
        """Who is logged in: an instance of the program's own class, or else of Django's."""
        cls = self.user_class() if self.user_class else None
        return self.instance(cls) if cls else Type(USER)

    # --- attributes and calls ---

    def attribute(self, base: Type, name: str) -> Type | None:
        """The type of `base.name`."""
        if base.cls is None:
            given = self.models.attribute(base.name, name)
            return self.valued(given, base) if given else None
        found = self.fields_from_schema(base.cls, name) if self.fields_from_schema else None
        return found or self.field(base, base.cls, name) or self._inherited(base, base.cls, name)

    def bound(self, found: Type, owner: Type) -> Type:
        """A manager holds elements of the class that it is reached through."""
        if found.args or not self.kinds(found) & {"manager", "query"}:
            return found
        return replace(found, args=(replace(owner, meta=False),))

    def has_kind(self, type_: Type | None, kind: str) -> bool:
        """True when a type is of a kind (`model`, `query`, …: see `libraries`), itself or through its bases."""
        return type_ is not None and kind in self.kinds(type_)

    def kinds(self, type_: Type) -> frozenset[str]:
        """What a type is for, according to the library models of its bases."""
        known = self._kinds.get(type_.cls or type_.name)
        if known is None:
            names = self.outer_bases(type_.cls) if type_.cls else (type_.name,)
            known = frozenset(k for n in names if (k := self.models.kind(n)))
            if type_.cls is None or id(type_.cls) in self._outer_bases:
                self._kinds[type_.cls or type_.name] = known
        return known

    def _inherited(self, base: Type, cls: Class, name: str) -> Type | None:
        for outer in self.outer_bases(cls):
            given = self.models.attribute(outer, name)
            if given:
                return self.valued(given, base)
        return None

    def field(self, base: Type, cls: Class, name: str) -> Type | None:
        """The type of what the class or a base inside the program writes under a name, or of a property."""
        for owner in self.mro(cls):
            for function, value, annotation in self.written(owner).get(name, ()):
                found = (annotated.read(self, function, annotation) if annotation >= 0 else None) or self.of(
                    function, value
                )
                if found:
                    return self.bound(found, base)
            method = owner.methods.get(name)
            if method and self.is_property(method):
                return self.returned(method)
        return None

    def is_property(self, method: Function) -> bool:
        """True when the method is read like an attribute."""
        outer = method.parent
        for decorator in method.facts.decorators:
            step = outer.values[decorator] if outer else None
            if isinstance(step, f.Ref) and step.path.rpartition(".")[2].lstrip("!") in {
                "property",
                "cached_property",
                "hybrid_property",
            }:
                return True
        return False

    def written(self, cls: Class) -> Mapping[str, list[tuple[Function, int, int]]]:
        """Where each field of a class is written: (body, value, annotation), class body first."""
        key = id(cls)
        if key not in self._fields:
            found: dict[str, list[tuple[Function, int, int]]] = {}
            for name, body, value, annotation in _writes(cls):
                found.setdefault(name, []).append((body, value, annotation))
            self._fields[key] = found
        return self._fields[key]

    def returned(self, function: Function) -> Type | None:
        """What a function of the program returns: its annotation, else what its `return`s hold."""
        key = id(function)
        if key in self._returns:
            return self._returns[key]
        self._returns[key] = None
        outer = function.parent
        found = annotated.read(self, outer, function.facts.returns) if outer and function.facts.returns >= 0 else None
        if found is None and function.facts.kind == "lambda" and function.values:
            found = self.first(function, function.returns or (len(function.values) - 1,))
        elif found is None:
            found = self.first(function, function.returns)
        self._returns[key] = found
        return found

    def entered(self, manager: Type) -> Type | None:
        """What `with manager as x` gives to x: what `__enter__` returns, else the manager itself."""
        for name in ("__enter__", "__aenter__"):
            member = self.member(manager.cls, name) if manager.cls else None
            if member and isinstance(member.entity, Function):
                return self.returned(member.entity) or manager
            given = self.models.method(manager.name, name) if manager.cls is None else None
            if given and given.returns:
                return Type(given.returns, manager.args) if given.returns != "self" else manager
        return manager


def _writes(cls: Class) -> Iterator[tuple[str, Function, int, int]]:
    for step in cls.body.values:
        if type(step) is f.Store:
            yield step.name, cls.body, step.value, step.annotation
    for method in cls.methods.values():
        for step in method.values:
            if type(step) is f.StoreAttr and step.base == 0 and method.facts.params:
                yield step.name, method, step.value, step.annotation
