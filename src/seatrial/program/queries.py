"""Queries: what a database call reads or writes, when a lazy query runs, and what it loads ahead."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from seatrial.model import facts as f
from seatrial.program.ahead import ALSO_OF_SOME, Ahead, apart_of
from seatrial.program.arguments import OWN, made_from
from seatrial.program.filters import is_by_key, narrows, null_relations
from seatrial.program.parts import Class, Function
from seatrial.program.sizes import takes_few
from seatrial.program.texts import text_of
from seatrial.program.type import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seatrial.libraries import FunctionModel
    from seatrial.program.calls import Calls, Target
    from seatrial.program.types import Types

HOP, DEPTH = 8, 64
"""How far a query is followed back: through so many calls in one body, each function in between counting for `HOP`."""

_HANDS_ON = frozenset({"!list", "!iter", "!sorted", "!reversed", "!tuple", "!enumerate", "!set"})
_AND_ALL = "__*"
"""Ends the name of a relation whose rows are a single one, so that what is read of that is asked for once."""
_OF_VIEW = "get_queryset"
"""What a library's view gives its own `queryset` by."""
_PLAIN = frozenset({"values", "values_list"})
"""Methods that give dictionaries and tuples in place of rows, of which nothing asks the database again."""
_SQL = re.compile(r"\s*(?:--[^\n]*\n\s*)*(select|with|show|insert|update|delete|replace|merge|upsert)\b", re.IGNORECASE)
_SETS = re.compile(
    r"\s*(set|pragma|use|begin|commit|rollback|savepoint|release|prepare|execute|deallocate)\b", re.IGNORECASE
)
_TABLE = re.compile(r"\b(?:from|into|update|join)\s+[\"`\[]?([A-Za-z_][\w.]*)", re.IGNORECASE)
_WRITING_STATEMENTS = frozenset({"Insert", "Update", "Delete", "insert", "update", "delete"})


class Query(msgspec.Struct, frozen=True):
    """What is known of a query that a value holds.

    `table` is the model's dotted name, or empty. `loaded` names the relations that it fetches along; `null`: those that
    a filter says are null, so that reading them asks for nothing; `apart`: those of `loaded` that a query of their own
    fetches. `bounded`: its number of rows is limited; `few`: to
    so few that nobody waits. `whole`: it can be seen from its beginning; else it comes from somewhere unknown, and may
    be narrower or load more.
    """

    table: str = ""
    loaded: frozenset[str] = frozenset()
    bounded: bool = False
    filtered: bool = False
    whole: bool = False
    few: bool = False
    null: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()

    def shares(self, *chain: str) -> bool:
        """True when these relations lead to rows that a query of their own fetched: one object for each key."""
        return any(tuple(path.split("__")[: len(chain)]) == chain for path in self.apart)

    def loads(self, *chain: str) -> bool:
        """True when following these relations from a row needs no further query.

        Loading `customer__country` also loads `customer`; a name that stands anywhere in a longer path is believed,
        since a manager or a `Prefetch` may begin the path somewhere else.
        """
        if {"*", chain[0] + _AND_ALL} & self.loaded or {chain[0], "__".join(chain)} & self.null:
            return True
        paths = [path.replace("__", ".").split(".") for path in self.loaded]
        return any(tuple(path[: len(chain)]) == chain or chain[-1] in path for path in paths)

    def loads_of_some(self, relation: str, *chain: str) -> bool:
        """True when the rows of a relation come with what `chain` leads to even where they are narrowed further."""
        begun = f"{relation}{ALSO_OF_SOME}{'__'.join(chain)}"
        return any(path == begun or path.startswith(f"{begun}__") for path in self.loaded)


class Queries:
    """Answers what calls do to the database."""

    def __init__(self, types: Types, calls: Calls, way_back: Callable[[Class | None, str], str]) -> None:
        self._types = types
        self._way_back = way_back
        """The attribute that leads back from the rows that an attribute of a row leads to; empty if there is none."""
        self._calls = calls
        self._known: dict[Function, dict[tuple[int, int], Query | None]] = {}
        self._ahead = Ahead(calls, self._loaded)

    def kinds(self, function: Function, call: int, target: Target) -> Iterator[str]:
        """The kinds of effect of a library call; `db.execute` becomes `db.read` or `db.write` by its statement."""
        model = target.model
        if model is None:
            return
        for kind in model.effects:
            if kind == "db.execute":
                yield from () if self._configures(function, call, model) else (self._executed(function, call, model),)
            else:
                yield kind

    def table(self, function: Function, call: int, target: Target) -> str:
        """The table that a database call concerns: a model's dotted name, a table's name in SQL text, or empty."""
        step = function.values[call]
        assert type(step) is f.Call
        model = target.model
        for value in self._concerned(step, model):
            found = self._types.of(function, value)
            table = self._of_type(found) or self._in_text(function, value)
            if table:
                return table
        return self._of_type(target.receiver) or step.callee.rpartition(".objects.")[0]

    def evaluated(self, function: Function, value: int, where: int) -> tuple[int, str] | None:
        """Where reading the rows that `value` stands for, at `where`, runs a query, and its table; None if it does not.

        A query runs once, however often its rows are read: what counts is where it was made, if that can be told.
        """
        origin = function.origin(value)
        while type(step := function.values[origin]) is f.Index and _is_slice(function, step.key):
            origin = function.origin(step.base)
        found = self._types.of(function, origin)
        is_made = type(function.values[origin]) is f.Call
        if not self._types.has_kind(found, "query") and not (is_made and self._types.has_kind(found, "manager")):
            return None
        return origin if is_made else where, self._of_type(found)

    def query(self, function: Function, value: int, depth: int = 0) -> Query | None:
        """What is known of the query that `value` holds; None if it holds none."""
        known = self._known.setdefault(function, {})
        if (value, depth) not in known:
            known[value, depth] = self._query(function, value, depth)
        return known[value, depth]

    def _query(self, function: Function, value: int, depth: int) -> Query | None:
        value = function.origin(value)
        if value < 0 or depth > DEPTH:
            return None
        step = function.values[value]
        if type(step) is f.Call:
            return self._of_call(function, step, value, depth)
        if type(step) is f.Index:
            inner = self.query(function, step.base, depth + 1)
            few = takes_few(self._types, function, step)
            return replace(inner, bounded=True, few=few) if inner else None
        if type(step) is f.Phi:
            return self._of_options(function, step, value, depth)
        return self._of_value(function, step, value, depth)

    def _of_value(self, function: Function, step: f.AnyValue, value: int, depth: int) -> Query | None:
        """What a field, variable or parameter holds, by what was put there, or else by its type."""
        held = self._held(function, step.base, step.name, depth) if type(step) is f.Attr else None
        if held:
            return held
        found = self._types.of(function, value)
        if self._types.has_kind(found, "manager"):
            manager = self._of_row(function, step, self._of_manager(found, depth))
            return manager if self._is_manager(function, value) else replace(manager, whole=False)
        if type(step) is f.Ref and self._types.has_kind(found, "query"):  # a manager that is made of a query set
            return self._of_manager(found, depth)
        if self._types.has_kind(found, "query") or self._types.has_kind(found, "statement"):
            return Query(self._of_type(found))
        return None

    def _is_manager(self, function: Function, value: int) -> bool:
        """A value of a manager's type is a manager itself, and not a query that was made of one."""
        step = function.values[value]
        if type(step) is f.Attr:
            base = self._types.of(function, step.base)
            return base is None or self._types.has_kind(base, "model")
        return type(step) is f.Ref or (type(step) is f.Param and value == 0 and function.cls is not None)

    def _held(self, function: Function, base: int, name: str, depth: int) -> Query | None:
        """The query that a property gives, or that was kept in a field: `self.orders`, or `self._orders` of a row."""
        owner = self._types.of(function, base)
        if owner is None or owner.cls is None or owner.meta:
            return None
        member = self._types.member(owner.cls, name)
        if member and isinstance(member.entity, Function) and self._types.is_property(member.entity):
            given = (self.query(member.entity, returned, depth + HOP) for returned in member.entity.returns)
            return next((query for query in given if query), None)
        if self._types.has_kind(owner, "model") and not name.startswith("_"):
            return None  # a relation, and what it is set to is one row
        kept = (entry for cls in self._types.mro(owner.cls) for entry in self._types.written(cls).get(name, ()))
        found = (self.query(body, value, depth + HOP) for body, value, _ in kept if value >= 0)
        return next((query for query in found if query and query.table), None)

    def rows(self, cls: Class) -> Query:
        """All rows of a model class, as its manager gives them."""
        manager = self._types.attribute(Type(cls.dotted, cls=cls, meta=True), "objects")
        return replace(self._of_manager(manager, 0), table=cls.dotted, whole=True)

    def fetched(self, function: Function, call: int) -> frozenset[str]:
        """The relations that a single call loads ahead; `*` where they cannot be told."""
        step, model = function.values[call], self._calls.target(function, call).model
        if type(step) is not f.Call or model is None or model.query != "eager":
            return frozenset()
        return frozenset(self._relations(function, step, model))

    def _of_row(self, function: Function, step: f.AnyValue, manager: Query) -> Query:
        """A manager that is read from a row (`order.lines`) has only what belongs to that row, and its rows know it."""
        base = self._types.of(function, step.base) if type(step) is f.Attr else None
        if type(step) is not f.Attr or (base and (base.meta or not self._types.has_kind(base, "model"))):
            return manager
        back = self._way_back(base.cls if base else None, step.name)
        loaded = manager.loaded | {back, f"{back}{_AND_ALL}"} if back else manager.loaded
        return replace(manager, filtered=base is not None or manager.filtered, loaded=loaded)

    def _of_options(self, function: Function, step: f.Phi, value: int, depth: int) -> Query | None:
        found = [q for option in step.options if option < value and (q := self.query(function, option, depth + 1))]
        if not found:
            return None
        loaded = frozenset.intersection(*(q.loaded for q in found))
        return Query(
            found[0].table,
            loaded,
            all(q.bounded for q in found),
            all(q.filtered for q in found),
            all(q.whole for q in found),
            all(q.few for q in found),
            frozenset().union(*(q.null for q in found)),  # believed where one of the ways says so
            frozenset().union(*(q.apart for q in found)),
        )

    def _of_manager(self, found: Type | None, depth: int) -> Query:
        table = self._of_type(found)
        own = self._types.member(found.cls, "get_queryset") if found and found.cls else None
        if own and isinstance(own.entity, Function):
            for returned in own.entity.returns:
                inner = self.query(own.entity, returned, depth + HOP)
                if inner:
                    return replace(inner, table=table or inner.table, whole=True)
        return Query(table, whole=True)

    def _of_call(self, function: Function, step: f.Call, value: int, depth: int) -> Query | None:
        target = self._calls.target(function, value)
        model = target.model
        if model is None:
            return self._through(function, step, value, target, depth)
        inner = self._receiver(function, step, depth)
        if model.query is None:  # `execute(statement)`, `.scalars()`, `list(query)`
            return inner if self._keeps(function, step) else self._of_items(function, step, model, depth)
        table = inner.table if inner and inner.table else self._of_type(self._types.of(function, value))
        loaded = inner.loaded if inner else frozenset()
        if model.query == "eager":
            loaded |= frozenset(self._relations(function, step, model))
        if step.callee.rpartition(".")[2] in _PLAIN:
            loaded |= {"*"}
        null = (inner.null if inner else frozenset()) | frozenset(null_relations(function, step))
        whole = inner.whole if inner else bool(table) and model.query == "build" and self._begins(function, step)
        few = (inner.few if inner else False) or is_by_key(function, step)
        bounded = few or (inner.bounded if inner else False) or model.query in {"bound", "one", "scalar"}
        filtered = (inner.filtered if inner else False) or narrows(step)
        apart = (inner.apart if inner else frozenset()) | frozenset(apart_of(function, step))
        return Query(table, loaded, bounded, filtered, whole, few, null, apart)

    def _begins(self, function: Function, step: f.Call) -> bool:
        """The query begins with this call, and is not what another has made of its table, too far back to be seen."""
        return step.receiver < 0 or not self._of_type(self._types.of(function, step.receiver))

    def _of_items(self, function: Function, step: f.Call, model: FunctionModel, depth: int) -> Query | None:
        """What is made to hold the rows of a query: `Paginator(orders, 20)`."""
        given = model.item.select(step) if model.item else ()
        return next((q for value in given if (q := self.query(function, value, depth + 1))), None)

    def _receiver(self, function: Function, step: f.Call, depth: int) -> Query | None:
        if step.receiver >= 0:
            found = self.query(function, step.receiver, depth + 1)
            if found is None and step.callee == _OF_VIEW:
                found = self._held(function, step.receiver, "queryset", depth)
            if found:
                return found
        else:  # `Order.objects.filter(…)`: the manager is in the path
            owner = step.callee.rpartition(".")[0]
            found_type = self._types.named(self._types.names.resolve(function.file, owner)) if owner else None
            if found_type and self._types.kinds(found_type) & {"manager", "query"}:
                return self._of_manager(found_type, depth)
        return next((q for a in step.args if (q := self.query(function, a, depth + 1))), None)

    def _through(self, function: Function, step: f.Call, value: int, target: Target, depth: int) -> Query | None:
        """What a function of the program returns: with what its caller has made, where that is only added to.

        Where it returns several (`get_queryset` by its action), what one of them loads is believed of each. A method of
        a manager does not say itself of which table its rows are.
        """
        ways = ((reached, returned) for reached in target.functions for returned in reached.returns)
        found = [query for way in ways if (query := self._returned(function, step, *way, depth))]
        if not found:
            return None
        loaded, apart = (frozenset().union(*names) for names in zip(*((q.loaded, q.apart) for q in found), strict=True))
        table = found[0].table or self._of_type(self._types.of(function, value))
        return replace(found[0], table=table, loaded=loaded, apart=apart)

    def _returned(self, function: Function, step: f.Call, reached: Function, returned: int, depth: int) -> Query | None:
        inner = self.query(reached, returned, depth + HOP)
        begun = made_from(step, reached, returned) if inner else f.NONE
        outer = self.query(function, begun, depth + 1) if begun >= 0 else None
        if begun == OWN and inner:  # `Order.objects.open()`: the manager is in the path
            outer = self._receiver(function, step, depth)
        return _added(outer, inner) if outer and inner else inner

    def _keeps(self, function: Function, step: f.Call) -> bool:
        """The call hands on the rows of the query that it is called on, or given."""
        if step.receiver < 0:
            return step.callee in _HANDS_ON
        base = self._types.of(function, step.receiver)
        return base is not None and not base.name.startswith("builtins.")

    def _loaded(self, function: Function, value: int) -> frozenset[str]:
        found = self.query(function, value, 1)
        return found.loaded if found else frozenset()

    def _relations(self, function: Function, step: f.Call, model: FunctionModel) -> Iterator[str]:
        named = False
        for given in model.relations.select(step):
            named = True
            yield from self._ahead.named(function, given)
        if not named:
            yield "*"  # `select_related()` without names follows all

    def _concerned(self, step: f.Call, model: FunctionModel | None) -> list[int]:
        if model is None:
            return []
        return [*model.subject.select(step), *model.statement.select(step)]

    def _configures(self, function: Function, call: int, model: FunctionModel) -> bool:
        """The statement sets the connection up, or does not say what it does: `SET search_path`, `EXECUTE moved`."""
        step = function.values[call]
        given = model.statement.select(step) if type(step) is f.Call else ()
        return any(_SETS.match(text_of(function, value)) for value in given)

    def _executed(self, function: Function, call: int, model: FunctionModel) -> str:
        return "db.write" if self._writes(function, call, model) else "db.read"

    def _writes(self, function: Function, call: int, model: FunctionModel) -> bool:
        step = function.values[call]
        assert type(step) is f.Call
        for value in model.statement.select(step):
            text = text_of(function, value)
            match = _SQL.match(text) if text else None
            if match:
                return match[1].lower() not in {"select", "with", "show"}
            found = self._types.of(function, value)
            if found and found.name.rpartition(".")[2] in _WRITING_STATEMENTS:
                return True
            if _is_made_to_write(function, value):
                return True
        return False

    def _in_text(self, function: Function, value: int) -> str:
        text = text_of(function, value)
        match = _TABLE.search(text) if text else None
        return match[1] if match else ""

    def _of_type(self, found: Type | None) -> str:
        if found is None:
            return ""
        if self._types.has_kind(found, "model"):
            return found.cls.dotted if found.cls else found.name
        return self._of_type(found.element) if found.element is not found else ""


def _added(outer: Query, inner: Query) -> Query:
    return Query(
        outer.table or inner.table,
        outer.loaded | inner.loaded,
        outer.bounded or inner.bounded,
        outer.filtered or inner.filtered,
        outer.whole,
        outer.few or inner.few,
        outer.null | inner.null,
        outer.apart | inner.apart,
    )


def _is_made_to_write(function: Function, value: int) -> bool:
    """A statement on a table of which nothing is known: `table.update().where(…).values(…)`."""
    step = function.values[function.origin(value)]
    names = []
    while type(step) is f.Call and step.receiver >= 0:
        names.append(step.callee)
        step = function.values[function.origin(step.receiver)]
    return bool(names) and names[-1] in {"insert", "update", "delete"}


def _is_slice(function: Function, key: int) -> bool:
    step = function.values[key]
    return type(step) is f.Collection and step.kind == "slice"
