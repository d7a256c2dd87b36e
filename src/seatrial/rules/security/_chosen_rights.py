"""Chosen rights: who signs up says himself what he may do, for `mass-assignment`."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Class, Function, Program, written
from seatrial.program.certain import named
from seatrial.program.endpoints import Endpoint
from seatrial.rules.contract import Match
from seatrial.rules.security._sent import is_sent

RIGHTS = frozenset({"role", "roles", "is_admin", "is_staff", "is_superuser", "permissions", "scopes"})
_JOINS = re.compile(r"(?i)regist|sign.?up|create.?user|/users?/?$|/accounts?/?$")
_PEOPLE = re.compile(r"(?i)user|account|member")
_HIGH = re.compile(r"(?i)admin|super|owner|staff|root|manager")
DEPTH = 2
"""How many calls deep what was sent is followed."""


def chosen_rights(program: Program) -> Iterator[Match]:
    """Endpoints that anyone may call, where an account is made with rights that the request names."""
    people = [cls for cls in program.schema.tables if _PEOPLE.search(cls.name)]
    granted = {name for cls in people if (table := program.schema.table(cls)) for name in table.columns} & RIGHTS
    for endpoint in program.endpoints if granted else ():
        if _is_for_strangers(endpoint):
            found = _given(program, endpoint, granted)
            if found is not None:
                yield _match(endpoint, *found)


def _is_for_strangers(endpoint: Endpoint) -> bool:
    """Who calls it need not be anybody yet, and is somebody after."""
    asks = any(guard.authorises for guard in endpoint.guards)
    takes = "POST" in endpoint.methods and endpoint.kind == "route" and not asks
    return takes and bool(_JOINS.search(f"{endpoint.path} {endpoint.handler.name}"))


def _given(program: Program, endpoint: Endpoint, granted: set[str]) -> tuple[Function, int, str] | None:
    for entry in endpoint.entries:
        schemas = {p.name: cls for p in entry.facts.params if (cls := named(program, entry.parent, p.annotation))}
        found = _passed(program, entry, schemas, granted, frozenset(endpoint.entries), 0)
        if found is not None:
            return found
    return None


def _passed(
    program: Program,
    function: Function,
    schemas: dict[str, Class],
    granted: set[str],
    entries: frozenset[Function],
    depth: int,
) -> tuple[Function, int, str] | None:
    """Where a right that was sent is handed on to what writes an account: the body, the call and the right."""
    for call in function.calls:
        step = function.values[call]
        if type(step) is not f.Call or not _stores(program, function, call):
            continue
        for name, value in step.keywords:
            if name in granted and _is_chosen(program, function, value, name, schemas, entries):
                return function, call, name
        inner = _handed_on(program, function, step, call, schemas) if depth < DEPTH else None
        if inner is not None:
            found = _passed(program, inner[0], inner[1], granted, entries, depth + 1)
            if found is not None:
                return found
    return None


def _stores(program: Program, function: Function, call: int) -> bool:
    """It writes rows, or makes one of an account."""
    if program.effects.of_call(function, call, "db.write"):
        return True
    made = program.target(function, call).made
    return made is not None and bool(_PEOPLE.search(made.name)) and program.schema.table(made) is not None


def _handed_on(
    program: Program, function: Function, step: f.Call, call: int, schemas: dict[str, Class]
) -> tuple[Function, dict[str, Class]] | None:
    """The function that takes the whole schema, and the names that it has there."""
    reached = program.target(function, call).functions
    if len(reached) != 1:
        return None
    params = [p.name for p in reached[0].facts.params]
    params = params[1:] if reached[0].facts.cls >= 0 and params[:1] in (["self"], ["cls"]) else params
    given = [*zip(params, step.args, strict=False), *step.keywords]
    held = {name: cls for name, value in given if (cls := _schema(function, value, schemas))}
    return (reached[0], held) if held else None


def _schema(function: Function, value: int, schemas: dict[str, Class]) -> Class | None:
    step = function.values[function.origin(value)]
    return schemas.get(step.name) if type(step) is f.Param else None


def _is_chosen(
    program: Program,
    function: Function,
    value: int,
    right: str,
    schemas: dict[str, Class],
    entries: frozenset[Function],
) -> bool:
    """The value is what was sent, nobody compares it with anything, and high rights are among what may be sent."""
    origin = function.origin(value)
    step = function.values[origin]
    if any(_is_same(function, part, origin) for part in _compared(function)):
        return False
    if type(step) is f.Attr and step.name in RIGHTS:
        schema = _schema(function, step.base, schemas)
        return schema is not None and _may_be_high(program, schema, step.name)
    if type(step) is f.Call and step.callee.rpartition(".")[2] == "get" and step.args:
        return is_sent(function, step.receiver, entries) and _says(function, step.args[0]) == right
    return type(step) is f.Index and is_sent(function, step.base, entries) and _says(function, step.key) == right


def _compared(function: Function) -> Iterator[int]:
    steps = (step for step in function.values if type(step) is f.Compare)
    return (function.origin(side) for step in steps for side in (step.left, step.right))


def _is_same(function: Function, part: int, origin: int) -> bool:
    """Both are one value, or one attribute of one thing."""
    return part == origin or (
        type(function.values[part]) is f.Attr and written(function, part) == written(function, origin)
    )


def _says(function: Function, value: int) -> object:
    step = function.values[function.origin(value)]
    return step.value if type(step) is f.Const else None


def _may_be_high(program: Program, schema: Class, field: str) -> bool:
    """The declaration lets everything through, or names a high right: a text, a flag, an enumeration with `ADMIN`."""
    for cls in program.types.mro(schema):
        for body, _, annotation in program.types.written(cls).get(field, ()):
            if annotation < 0:
                return False
            kind = named(program, body, annotation)
            if kind is not None:
                return any(_HIGH.search(name) for name in kind.body.facts.names)
            return _is_wide(body, annotation)
    return False


def _is_wide(body: Function, annotation: int) -> bool:
    """No `Literal` of low rights alone."""
    step = body.values[annotation]
    if type(step) is not f.Index or not written(body, step.base).endswith("Literal"):
        return True
    texts = (body.values[one] for one in (step.key, *f.operands(body.values[step.key])))
    return any(type(one) is f.Const and bool(_HIGH.search(str(one.value))) for one in texts)


def _match(endpoint: Endpoint, function: Function, call: int, right: str) -> Match:
    home = endpoint.home
    return Match(
        message=f"whoever calls {endpoint.name} chooses the `{right}` of the new account",
        function=home,
        line=home.facts.line,
        key=f"{endpoint.name} {right}",
        path=(endpoint.where, function.step(call, f"`{right}` goes into the account as it was sent")),
        confidence=0.85,
        weight=3.0,
        mend=f"Give every new account the lowest rights, and let an administrator change its `{right}`.",
    )
