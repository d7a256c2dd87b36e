"""Statements that branch, loop, guard and match."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body, Env
from seatrial.frontends.python.grammar import BLOCK, EXPRESSIONS, STATEMENTS, kind, value
from seatrial.frontends.python.statements import block
from seatrial.frontends.python.targets import store
from seatrial.model.facts import NONE, Caught, Collection, Const, Element, Enter, Ref

_AS = kind("as_pattern")

_ELIF = kind("elif_clause")
_ELSE = kind("else_clause")
_EXCEPT = kind("except_clause")
_FINALLY = kind("finally_clause")
_WITH_CLAUSE = kind("with_clause")
_WITH_ITEM = kind("with_item")
_TUPLE = kind("tuple")


def body_of(node: Node) -> list[Node]:
    """The statements of a compound statement or clause."""
    for child in node.children:
        if child.kind_id == BLOCK:
            return child.children
    return []


def _head(node: Node) -> list[Node]:
    """The expressions of a compound statement or clause, before its colon."""
    return [child for child in node.children if child.kind_id in EXPRESSIONS]


class Ends:
    """The ways that meet again after a branching statement."""

    def __init__(self, body: Body) -> None:
        self.body = body
        self.was_live = body.live
        self.envs: list[Env] = []
        self.dead: list[Env] = []

    def start(self, env: Env) -> None:
        """A way begins, with a copy of these variables."""
        self.body.env = dict(env)
        self.body.live = self.was_live

    def end(self) -> bool:
        """A way ends here; whether it leaves the block."""
        (self.envs if self.body.live else self.dead).append(self.body.env)
        return not self.body.live

    def meet(self, line: int) -> None:
        """All ways that did not leave the block go on together."""
        self.body.live = bool(self.envs)
        self.body.join(self.envs or self.dead[:1], line)


@STATEMENTS.lowers("if_statement")
def if_(body: Body, node: Node) -> int:
    """`if`, `elif`, `else`: an `elif` is an `if` within the `else` of the one before."""
    ends = Ends(body)
    opened: list[int] = []
    before, has_else = body.env, False
    subject = NONE
    outside = body.type_only
    for clause in (node, *node.children):
        if clause.kind_id == _ELSE:
            ends.start(before)
            at = body.open("else", subject, clause)
            block(body, body_of(clause))
            body.close(at, exits=ends.end())
            has_else = True
        elif clause is node or clause.kind_id == _ELIF:
            if clause is not node:
                opened.append(body.open("else", subject, clause))
            head = _head(clause)
            body.env = before
            subject = value(body, head[0]) if head else NONE
            body.type_only = outside or _is_type_checking(body, subject)
            ends.start(before)
            at = body.open("if", subject, clause)
            block(body, body_of(clause))
            body.close(at, exits=ends.end())
            body.type_only = outside
    if not has_else:
        ends.start(before)
        ends.end()
    for at in reversed(opened):
        body.close(at, exits=not ends.envs)
    ends.meet(node.end_point.row + body.file.first_line)
    return NONE


def _is_type_checking(body: Body, test: int) -> bool:
    found = body.values[test] if test >= 0 else None
    return isinstance(found, Ref) and found.path in _TYPE_CHECKING


_TYPE_CHECKING = frozenset(
    ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING", ":TYPE_CHECKING", "?TYPE_CHECKING")
)


@STATEMENTS.lowers("for_statement")
def for_(body: Body, node: Node) -> int:
    """`for target in subject`, with its `else`."""
    head = _head(node)
    if len(head) < 2:
        block(body, body_of(node))
        return NONE
    subject = value(body, head[1])
    is_async = node.children[0].type == "async"
    was_live = body.live
    loop = body.enter_loop()
    at = body.open("for", subject, node, is_async=is_async)
    store(body, head[0], body.add(Element(body.line(node), subject)))
    block(body, body_of(node))
    exits = not body.live and not loop.continues
    body.leave_loop(loop)
    body.close(at, exits=exits)
    body.live = was_live
    _after_loop(body, node, loop.breaks)
    return NONE


@STATEMENTS.lowers("while_statement")
def while_(body: Body, node: Node) -> int:
    """`while test`, with its `else`; the test is inside the region."""
    was_live = body.live
    loop = body.enter_loop()
    at = body.open("while", NONE, node)
    head = _head(node)
    subject = value(body, head[0]) if head else NONE
    block(body, body_of(node))
    exits = not body.live and not loop.continues
    body.leave_loop(loop)
    test = body.values[subject] if subject >= 0 else None
    endless = isinstance(test, Const) and bool(test.value)
    body.close(at, exits=exits, subject=subject)
    body.live = was_live and not endless
    _after_loop(body, node, loop.breaks)
    return NONE


def _after_loop(body: Body, node: Node, breaks: list[Env]) -> None:
    """The `else` of a loop, and where its `break`s go on."""
    around = body.env
    for clause in node.children:
        if clause.kind_id == _ELSE:
            at = body.open("orelse", NONE, clause)
            block(body, body_of(clause))
            body.close(at, exits=not body.live)
    ends = [body.env] if body.live else []
    ends += [{**around, **env} for env in breaks]
    body.live = bool(ends)
    body.join(ends or [body.env], node.end_point.row + body.file.first_line)


@STATEMENTS.lowers("with_statement")
def with_(body: Body, node: Node) -> int:
    """`with a as x, b:` one region in the other."""
    is_async = node.children[0].type == "async"
    opened = []
    for item in _with_items(node):
        managed, target = _as(item)
        manager = value(body, managed)
        opened.append(body.open("with", manager, node, is_async=is_async))
        entered = body.add(Enter(body.line(item), manager))
        if target is not None:
            store(body, target, entered)
    block(body, body_of(node))
    for at in reversed(opened):
        body.close(at, exits=not body.live)
    return NONE


def _with_items(node: Node) -> list[Node]:
    """The managers of a `with`, each a value or `value as target`."""
    items = [c for clause in node.children if clause.kind_id == _WITH_CLAUSE for c in clause.children]
    found = [c for item in items if item.kind_id == _WITH_ITEM for c in item.children if c.kind_id in EXPRESSIONS]
    if len(found) == 1 and found[0].kind_id == _TUPLE:
        return _head(found[0])
    return found


def _as(node: Node) -> tuple[Node, Node | None]:
    """`value as target` taken apart."""
    if node.kind_id == _AS:
        named = [child for child in node.children if child.is_named]
        return named[0], named[-1] if len(named) > 1 else None
    return node, None


@STATEMENTS.lowers("try_statement")
def try_(body: Body, node: Node) -> int:
    """`try`, its handlers, `else` and `finally`. A handler is entered with what held before or after the `try`."""
    ends = Ends(body)
    clauses = node.children
    before, was_guarded = body.env, body.guarded
    body.guarded = was_guarded or any(c.kind_id == _EXCEPT and _catches_import(body, c) for c in clauses)
    ends.start(before)
    at = body.open("try", NONE, node)
    block(body, body_of(node))
    body.close(at, exits=not body.live)
    body.guarded = was_guarded
    after = body.env
    for clause in clauses:
        if clause.kind_id == _ELSE:
            _clause(body, "orelse", clause)
    main_env, main_live = body.env, body.live
    handlers = [clause for clause in clauses if clause.kind_id == _EXCEPT]
    if handlers:
        body.join([dict(before), dict(after)], body.line(handlers[0]))
    entry = body.env
    for clause in handlers:
        ends.start(entry)
        _except(body, clause)
        ends.end()
    body.env, body.live = main_env, main_live
    ends.end()
    last = node.end_point.row + body.file.first_line
    ends.meet(last)
    _finally(body, clauses)
    return NONE


def _finally(body: Body, clauses: list[Node]) -> None:
    lived = body.live
    for clause in clauses:
        if clause.kind_id == _FINALLY:
            body.live = True
            _clause(body, "finally", clause)
            body.live = lived and body.live


def _clause(body: Body, kind_: str, clause: Node) -> None:
    at = body.open(kind_, NONE, clause)  # type: ignore[arg-type]  # callers pass kinds of regions
    block(body, body_of(clause))
    body.close(at, exits=not body.live)


def _except(body: Body, clause: Node) -> None:
    """`except kind as name`."""
    head = _head(clause)
    caught, target = _as(head[0]) if head else (None, None)
    kind_ = value(body, caught) if caught is not None else NONE
    if len(head) > 1:
        kind_ = body.add(Collection(body.line(clause), "tuple", (kind_, *(value(body, h) for h in head[1:])), NONE))
    at = body.open("except", kind_, clause)
    if target is not None:
        store(body, target, body.add(Caught(body.line(clause), kind_)))
    block(body, body_of(clause))
    body.close(at, exits=not body.live)


def _catches_import(body: Body, clause: Node) -> bool:
    """Whether a handler would catch a failed import."""
    head = _head(clause)
    if not head:
        return True
    text = body.file.source[head[0].start_byte : head[0].end_byte]
    return any(name in text for name in (b"ImportError", b"ModuleNotFoundError")) or text.split()[0] in {
        b"Exception", b"BaseException",
    }  # fmt: skip
