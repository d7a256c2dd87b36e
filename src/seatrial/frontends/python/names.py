"""What a name means: a variable, a way out of the body (a path), or both undone into one path."""

import builtins

from tree_sitter import Node

from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import ATTRIBUTE, EXPRESSIONS, IDENTIFIER, shape, value
from seatrial.model.facts import NONE, Attr, ClassValue, Closure, Free, Other, Phi, Ref

_PYTHON_2 = "basestring cmp execfile long raw_input reduce unichr unicode xrange"
_OF_MODULES = "__builtins__ __class__ __file__ __path__"
_LATER_OR_ELSEWHERE = "BaseExceptionGroup ExceptionGroup PythonFinalizationError WindowsError aiter anext reveal_type"
BUILTINS = frozenset((*dir(builtins), *_PYTHON_2.split(), *_OF_MODULES.split(), *_LATER_OR_ELSEWHERE.split()))
"""The built-in names of any version and system, so that facts do not depend on the Python that computes them."""


def lookup(body: Body, name: str, line: int) -> int | str:
    """What a name means here: the path that it stands for, or else the id of the value it holds."""
    found = body.read(name)
    if found == NONE:
        return _around(body, name, line)
    held = body.values[found]
    kind = type(held)
    if kind is Ref:
        return held.path  # type: ignore[union-attr]  # narrowed by the line above, quicker than isinstance
    if body.is_module and (kind is Closure or kind is ClassValue or (kind is Phi and name in body.paths)):
        return ":" + name
    return found


def _around(body: Body, name: str, line: int) -> int | str:
    """What a name that is no variable of this body means."""
    if body.outer.get(name):
        return ":" + name
    if name in body.last and not body.is_module and name not in body.outer:
        return body.last[name]  # bound, but not on every way that leads here
    if body.loop is not None:
        body.early.add(name)
    given = body.given
    scope = body.parent
    while scope is not None and not scope.is_module:
        if name in given or (scope.head.kind != "class" and name in scope.last):
            return scope.paths.get(name) or body.add(Free(line, name))
        given = scope.given
        scope = scope.parent
    if name in given:
        return body.add(Free(line, name))
    if scope is None:
        return _top(body, name)
    return _top(scope, name)


def _top(module: Body, name: str) -> str:
    if name in module.last or name in module.file.globals:
        return module.paths.get(name) or ":" + name
    if name in BUILTINS:
        return "!" + name
    module.file.unknown.add(name)
    return "?" + name


@EXPRESSIONS.lowers("identifier")
def identifier(body: Body, node: Node) -> int:
    """A name, read."""
    name = body.text(node)
    found = body.env.get(name)
    if found is not None and not body.is_module:
        return found
    if not name:
        return body.add(Other(body.line(node), ()))
    line = body.line(node)
    meaning = lookup(body, name, line)
    if type(meaning) is int:
        return meaning
    if found is not None and type(body.values[found]) is Ref:
        return found
    return body.add(Ref(line, meaning))  # type: ignore[arg-type]  # not an int, so text


def resolve(body: Body, node: Node) -> tuple[int | str, str]:
    """What a name or attribute means: `(path, "")`, `(id, "")`, or `(base's id, attribute's name)`."""
    if node.kind_id == IDENTIFIER:
        return lookup(body, body.text(node), body.line(node)), ""
    if node.kind_id != ATTRIBUTE:
        return value(body, node), ""
    parts = shape(node, 3)
    if len(parts) != 3:
        return body.add(Other(body.line(node), tuple(value(body, p) for p in parts[:1]))), ""
    base, attribute = resolve(body, parts[0])
    name = body.text(parts[2])
    if type(base) is str:
        return f"{base}.{name}", ""
    if attribute:
        base = body.add(Attr(body.line(node), base, attribute))  # type: ignore[arg-type]  # not text, so an id
    return base, name


@EXPRESSIONS.lowers("attribute")
def attribute(body: Body, node: Node) -> int:
    """`base.name`, read."""
    base, name = resolve(body, node)
    if type(base) is str:
        return body.add(Ref(body.line(node), base))
    if not name:
        return base  # type: ignore[return-value]  # not text, so an id
    return body.add(Attr(body.line(node), base, name))  # type: ignore[arg-type]  # as above


def type_names(raw: bytes) -> frozenset[str]:
    """The names of type parameters that are spelled `[T: int, *Ts, **P = other]`."""
    parts = raw.decode("utf-8", "replace").strip("[] ").split(",")
    return frozenset(part.partition(":")[0].partition("=")[0].strip(" *\n") for part in parts)
