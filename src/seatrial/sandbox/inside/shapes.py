"""What a function takes: shapes of its arguments, from annotations, defaults and what its code does with them.

A shape is a tuple: a kind, and what the kind needs: `("list", shape)`, `("record", {key: shape})`.
"""

import ast
import collections.abc
import dataclasses
import enum
import inspect
import textwrap
import typing

NUMBER, TEXT, TRUTH, NOTHING, UNKNOWN = ("number",), ("text",), ("truth",), ("nothing",), ("unknown",)
WHOLE, REAL = ("whole",), ("real",)
ANYTHING = ("any", [TEXT, WHOLE, REAL, TRUTH, NOTHING])
_PLAIN = {
    "int": WHOLE,
    "float": REAL,
    "str": TEXT,
    "bool": TRUTH,
    "NoneType": NOTHING,
    "bytes": ("bytes",),
    "Decimal": ("decimal",),
    "datetime": ("moment",),
    "date": ("day",),
    "timedelta": ("while",),
}
_LISTS = (list, set, frozenset, collections.abc.Sequence, collections.abc.Iterable, collections.abc.Collection)
_TEXT_METHODS = frozenset(
    [
        "strip",
        "lower",
        "upper",
        "split",
        "title",
        "replace",
        "startswith",
        "endswith",
        "encode",
        "lstrip",
        "rstrip",
        "join",
        "casefold",
        "isdigit",
    ]
)
_RECORD_METHODS = frozenset(["get", "items", "keys", "values", "setdefault"])
_GO_THROUGH = frozenset(["sum", "sorted", "list", "set", "tuple", "enumerate", "min", "max", "any", "all", "reversed"])
_DEEPEST = 4


def taken(function):
    """The shape of each positional parameter, by name, and how many of them are required.

    Raises `ValueError` for functions with other kinds of required parameters.
    """
    parameters = list(inspect.signature(function).parameters.values())
    plain = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if any(p.kind is p.KEYWORD_ONLY and p.default is p.empty for p in parameters):
        raise ValueError("it takes arguments by keyword alone")
    try:
        hints = typing.get_type_hints(function)
    except Exception:
        hints = {}
    uses = _Uses(function)
    shapes = {}
    for p in plain:
        if p.name in hints:
            shapes[p.name] = of_type(hints[p.name])
        elif p.default is not p.empty and p.default is not None:
            shapes[p.name] = _PLAIN.get(type(p.default).__name__, UNKNOWN)
        else:
            shapes[p.name] = uses.shape(p.name)
    return shapes, sum(p.default is p.empty for p in plain), set(hints)


def of_type(hint, depth=0):
    """The shape of values that an annotation allows."""
    if depth > _DEEPEST:
        return NOTHING
    inner = [one if one is Ellipsis else of_type(one, depth + 1) for one in _arguments(hint)]
    origin = typing.get_origin(hint)
    if origin is typing.Literal:
        return ("one of", list(typing.get_args(hint)))
    if inner and origin is not None and (origin is typing.Union or "Union" in str(type(hint))):
        return ("any", inner)
    return _of_collection(origin or hint, inner) or _of_class(hint, depth)


def _arguments(hint):
    return () if typing.get_origin(hint) is typing.Literal else typing.get_args(hint)


def _of_collection(kind, inner):
    """The shape of a collection; None for another type."""
    if kind is tuple:
        return ("tuple of", inner[0]) if inner[-1:] == [Ellipsis] else ("tuple", inner) if inner else None
    if kind in (dict, collections.abc.Mapping):
        return ("dict", *(inner or (TEXT, NUMBER)))
    if kind in _LISTS:
        return ("set" if kind in (set, frozenset) else "list", inner[0] if inner else NUMBER)
    return None


def is_unknown(shape):
    """Whether nothing is known of a value, or of one that it holds."""
    if isinstance(shape, dict):
        return any(map(is_unknown, shape.values()))
    if isinstance(shape, list):
        return any(map(is_unknown, shape))
    return isinstance(shape, tuple) and (shape == UNKNOWN or any(map(is_unknown, shape[1:])))


def _of_class(hint, depth):
    if hint is object:
        return ANYTHING
    if inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return ("one of", list(hint))
    if dataclasses.is_dataclass(hint):
        hints = typing.get_type_hints(hint)
        fields = {f.name: of_type(hints[f.name], depth + 1) for f in dataclasses.fields(hint) if f.init}
        return ("made", hint, fields)
    return _PLAIN.get(getattr(hint, "__name__", ""), UNKNOWN)


class _Node:
    """What is done with one value: its hints, and the values that are taken out of it."""

    def __init__(self):
        self.hints = set()
        self.parts = {}

    def part(self, kind, name=""):
        return self.parts.setdefault((kind, name), _Node())


class _Uses(ast.NodeVisitor):
    """Reads the function's code."""

    def __init__(self, function):
        self._names = {}
        self.tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        for argument in self.tree.args.args:
            self._names[argument.arg] = _Node()
        for statement in self.tree.body:
            self.visit(statement)

    def shape(self, name):
        return _shape(self._names[name], name)

    def _node(self, expression):
        """The node of an expression that leads back to a parameter; None for others."""
        if isinstance(expression, ast.Name):
            return self._names.get(expression.id)
        base = self._node(expression.value) if isinstance(expression, (ast.Attribute, ast.Subscript)) else None
        if base is None:
            return None
        if isinstance(expression, ast.Attribute):
            return base.part("attribute", expression.attr)
        key = getattr(expression.slice, "value", expression.slice)  # `Index` before Python 3.9
        key = getattr(key, "value", key) if isinstance(key, ast.Constant) else key
        if isinstance(key, str):
            return base.part("key", key)
        base.hints.add("list")
        return base.part("element") if not isinstance(expression.slice, ast.Slice) else base

    def _hint(self, expression, hint):
        node = self._node(expression)
        if node is not None:
            node.hints.add(hint)

    def visit_For(self, node):
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_comprehension(self, node):
        self._loop(node.target, node.iter)
        self.generic_visit(node)

    def visit_GeneratorExp(self, node):
        for generator in node.generators:
            self.visit(generator)
        self.generic_visit(node)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp  # noqa: N815 -- ast's names

    def _loop(self, target, source):
        if isinstance(source, ast.Call) and source.args and getattr(source.func, "id", "") in _GO_THROUGH:
            inner = source.args[0]
            target = target.elts[-1] if source.func.id == "enumerate" and isinstance(target, ast.Tuple) else target
            return self._loop(target, inner)
        node = self._node(source)
        if node is not None:
            element = node.part("element")
            if isinstance(target, ast.Name):
                self._names[target.id] = element
            elif isinstance(target, ast.Tuple):
                for number, one in enumerate(target.elts):
                    if isinstance(one, ast.Name):
                        self._names[one.id] = element.part("place", number)
        return None

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute):
            base = self._node(node.func.value)
            if base is not None:
                name = node.func.attr
                hint = "text" if name in _TEXT_METHODS else "record" if name in _RECORD_METHODS else "strange"
                base.hints.add(hint)
                if name == "get" and node.args and isinstance(getattr(node.args[0], "value", None), str):
                    base.part("key", node.args[0].value)
            for argument in node.args:
                self.visit(argument)
            return
        name = getattr(node.func, "id", "")
        for argument in node.args:
            if name in _GO_THROUGH or name == "len":
                self._hint(argument, "list")
            elif name in ("range", "abs", "round", "float", "int"):
                self._hint(argument, "whole" if name == "range" else "number")
        self.generic_visit(node)

    def visit_BinOp(self, node):
        text = any(isinstance(getattr(side, "value", None), str) for side in (node.left, node.right))
        for side in (node.left, node.right):
            if not isinstance(node.op, (ast.Add, ast.Mod)) or not text:
                self._hint(side, "number" if not isinstance(node.op, ast.Add) else "sum")
            else:
                self._hint(side, "text")
        self.generic_visit(node)

    def visit_AugAssign(self, node):
        self._hint(node.value, "number" if not isinstance(node.op, ast.Add) else "sum")
        self.generic_visit(node)

    def visit_Compare(self, node):
        sides = [node.left, *node.comparators]
        for side in sides:
            for other in sides:
                value = getattr(other, "value", None) if isinstance(other, ast.Constant) else None
                if isinstance(value, str):
                    self._hint(side, "text")
                elif isinstance(value, (int, float)) and not isinstance(value, bool):
                    self._hint(side, "number")
        self.generic_visit(node)


def _shape(node, name):
    parts = node.parts
    if "strange" in node.hints:
        return UNKNOWN
    keys = {key: _shape(one, key) for (kind, key), one in parts.items() if kind == "key"}
    attributes = {key: _shape(one, key) for (kind, key), one in parts.items() if kind == "attribute"}
    places = {key: _shape(one, "") for (kind, key), one in parts.items() if kind == "place"}
    if keys or "record" in node.hints:
        return ("record", keys)
    if attributes:
        return ("object", attributes)
    if places:
        return ("tuple", [places.get(number, NUMBER) for number in range(max(places) + 1)])
    if "text" in node.hints:
        return TEXT
    if ("element", "") in parts:
        return ("list", _shape(parts["element", ""], name.rstrip("s")))
    if "list" in node.hints:
        return ("list", NUMBER)
    return WHOLE if "whole" in node.hints else NUMBER if node.hints & {"number", "sum"} else ("any", [NUMBER, TEXT])
