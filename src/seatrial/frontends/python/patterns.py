"""`match`: what its patterns test and bind."""

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, IDENTIFIER, STATEMENTS, block_of, kind, value, values
from seatrial.frontends.python.joins import Ends
from seatrial.frontends.python.statements import block
from seatrial.model.facts import NONE, Attr, Collection, Compare, Index, Other, Part, Ref, Store

_AS = kind("as_pattern")
_BLOCK = kind("block")
_CASE = kind("case_clause")
_CLASS = kind("class_pattern")
_DICT = kind("dict_pattern")
_DOTTED = kind("dotted_name")
_IF = kind("if_clause")
_KEYWORD = kind("keyword_pattern")
_PATTERN = kind("case_pattern")
_SPLAT = kind("splat_pattern")
_UNION = kind("union_pattern")
_SEQUENCES = frozenset((kind("list_pattern"), kind("tuple_pattern")))


@STATEMENTS.lowers("match_statement")
def match_(body: Body, node: Node) -> int:
    """`match subject`: each `case` is a region."""
    subjects = values(body, [child for child in node.children if child.kind_id != _BLOCK])
    subject = subjects[0] if subjects else NONE
    if len(subjects) > 1:
        subject = body.add(Collection(body.line(node), "tuple", tuple(subjects), NONE))
    ends = Ends(body)
    before, complete = body.env, False
    for clause in block_of(node).children:
        if clause.kind_id == _CASE:
            ends.start(before)
            at = body.open("case", subject, clause, clause)
            complete = _case(body, clause, subject) or complete
            body.close(at, exits=ends.end())
    if not complete:
        ends.start(before)
        ends.end()
    ends.meet(body.last_line(node))
    return NONE


def _case(body: Body, clause: Node, subject: int) -> bool:
    """One `case`; whether it takes all that is left."""
    patterns = [child for child in clause.children if child.kind_id == _PATTERN]
    for index, pattern in enumerate(patterns):
        of = subject if len(patterns) == 1 else body.add(Part(body.line(pattern), subject, index))
        bind_pattern(body, pattern, of)
    guards = [child for child in clause.children if child.kind_id == _IF]
    opened = [body.open("if", inner, guard, clause) for guard in guards for inner in values(body, guard.children)[:1]]
    block(body, block_of(clause).children)
    for at in reversed(opened):
        body.close(at, exits=not body.live)
    return not guards and len(patterns) == 1 and _takes_all(patterns[0])


def _takes_all(pattern: Node) -> bool:
    """Whether a pattern is `_` or a name."""
    inner = pattern.children[0] if pattern.children else pattern
    return inner.type == "_" or (inner.kind_id == _DOTTED and len(inner.children) == 1)


def bind_pattern(body: Body, node: Node, subject: int) -> None:
    """Lower a pattern that `subject` is held against."""
    what = node.kind_id
    if what == _DOTTED:
        _name(body, node, subject)
    elif what == IDENTIFIER:
        _capture(body, node, subject)
    elif what in _SEQUENCES:
        _sequence(body, node, subject)
    elif what == _CLASS:
        _class(body, node, subject)
    elif what == _DICT:
        _mapping(body, node, subject)
    elif what in {_PATTERN, _UNION, _AS}:
        for child in node.children:
            if child.is_named:
                bind_pattern(body, child, subject)
    elif what in EXPRESSIONS:
        body.add(Compare(body.line(node), "==", subject, value(body, node)))


def _capture(body: Body, node: Node, held: int) -> None:
    name = body.text(node)
    body.bind(name, held)
    body.add(Store(body.line(node), name, held, NONE, augmented=False, outer=False))


def _path(body: Body, node: Node) -> int:
    """The value of a dotted name."""
    names = [child for child in node.children if child.kind_id == IDENTIFIER]
    if not names:
        return NONE
    found = value(body, names[0])
    for name in names[1:]:
        base = body.values[found]
        if isinstance(base, Ref):
            found = body.add(Ref(base.line, f"{base.path}.{body.text(name)}"))
        else:
            found = body.add(Attr(body.line(name), found, body.text(name)))
    return found


def _name(body: Body, node: Node, subject: int) -> None:
    """A single name captures; a dotted one is compared."""
    if len(node.children) == 1:
        _capture(body, node.children[0], subject)
    else:
        body.add(Compare(body.line(node), "==", subject, _path(body, node)))


def _sequence(body: Body, node: Node, subject: int) -> None:
    elements = [child for child in node.children if child.is_named]
    if len(elements) == 1 and body.file.source[node.start_byte] == _PARENTHESIS and node.children[-2] == elements[0]:
        bind_pattern(body, elements[0], subject)
        return
    for index, child in enumerate(elements):
        inner = child.children[0] if child.kind_id == _PATTERN and child.children else child
        starred = inner.kind_id == _SPLAT
        part = body.add(Part(body.line(child), subject, -1 if starred else index))
        for name in inner.children if starred else (child,):
            bind_pattern(body, name, part)


def _class(body: Body, node: Node, subject: int) -> None:
    """`Kind(a, b=c)`."""
    position = 0
    for child in node.children:
        if child.kind_id == _DOTTED:
            body.add(Other(body.line(child), (subject, _path(body, child))))
        elif child.kind_id == _PATTERN and child.children:
            keyword = child.children[0]
            if keyword.kind_id == _KEYWORD:
                part = body.add(Attr(body.line(keyword), subject, body.text(keyword.children[0])))
                for inner in keyword.children[2:]:
                    bind_pattern(body, inner, part)
            else:
                bind_pattern(body, child, body.add(Part(body.line(child), subject, position)))
                position += 1


def _mapping(body: Body, node: Node, subject: int) -> None:
    """`{key: pattern, **rest}`."""
    key = NONE
    for child in node.children:
        if child.kind_id == _SPLAT:
            for name in child.children:
                if name.kind_id == IDENTIFIER:
                    _capture(body, name, body.add(Part(body.line(name), subject, -1)))
        elif child.kind_id == _PATTERN and key != NONE:
            bind_pattern(body, child, body.add(Index(body.line(child), subject, key)))
            key = NONE
        elif child.kind_id == _DOTTED:
            key = _path(body, child)
        elif child.kind_id in EXPRESSIONS:
            key = value(body, child)


_PARENTHESIS = ord("(")
