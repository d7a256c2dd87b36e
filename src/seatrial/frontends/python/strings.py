"""Literals: numbers, text in all its spellings, and templates."""

import re
import unicodedata

from tree_sitter import Node

from seatrial.frontends.python.annotations import text_as_type
from seatrial.frontends.python.body import Body
from seatrial.frontends.python.grammar import EXPRESSIONS, KIND_NAMES, STRING, kind, value
from seatrial.model.facts import Const, Template

LONGEST_TEXT = 4096
_INTERPOLATION = kind("interpolation")
_CONTENT = kind("string_content")
_FORMAT = kind("format_specifier")
_ESCAPE = re.compile(r"\\(\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\}|.)", re.DOTALL)
_SIMPLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "\n": "", "\r\n": ""}
_SURROGATE = re.compile("[\ud800-\udfff]")


def unescape(text: str, *, is_bytes: bool = False) -> str:
    """Text whose escape sequences are read as Python does; an invalid one stays as it is written."""
    if "\\" not in text:
        return text
    return _SURROGATE.sub("\ufffd", _ESCAPE.sub(_unescape_in_bytes if is_bytes else _unescape_one, text))


def _unescape_in_bytes(match: re.Match[str]) -> str:
    return match[0] if match[1][0] in "uUN" else _unescape_one(match)


def _unescape_one(match: re.Match[str]) -> str:
    code = match[1]
    if code in _SIMPLE:
        return _SIMPLE[code]
    if code[0] in "01234567":
        return chr(int(code, 8))
    if code[0] in "xuU" and len(code) > 1:
        point = int(code[1:], 16)
        return chr(point) if point <= 0x10FFFF else "\ufffd"
    if code[0] == "N" and len(code) > 1:
        try:
            return unicodedata.lookup(code[2:-1])
        except KeyError:
            return match[0]
    return code if code in "\\'\"" else match[0]


def is_template(node: Node, body: Body) -> bool:
    """Whether a string node has a prefix that lets it hold values (f, t)."""
    start = node.start_byte
    return any(mark in b"fFtT" for mark in body.file.source[start : start + 2].split(b'"')[0].split(b"'")[0])


def plain(body: Body, node: Node) -> Const:
    """The constant that a string node without interpolations stands for."""
    raw = body.file.source[node.start_byte : node.end_byte].decode("utf-8", "replace")
    width = 0
    while raw[width : width + 1] not in {"'", '"', ""}:
        width += 1
    prefix = raw[:width].lower()
    quotes = 3 if len(raw) >= width + 6 and raw[width : width + 3] in {'"""', "'''"} else 1
    text = raw[width + quotes : len(raw) - quotes]
    if "r" not in prefix:
        text = unescape(text, is_bytes="b" in prefix)
    return Const(body.line(node), text[:LONGEST_TEXT], "bytes" if "b" in prefix else "str")


@EXPRESSIONS.lowers("string")
def string(body: Body, node: Node) -> int:
    """A string of any prefix."""
    if is_template(node, body):
        return _template(body, node, _parts(body, node))
    if body.in_annotation:
        return text_as_type(body, plain(body, node))
    return body.add(plain(body, node))


@EXPRESSIONS.lowers("concatenated_string")
def concatenated(body: Body, node: Node) -> int:
    """Strings side by side, which are one."""
    parts: list[int] = []
    constants: list[Const] = []
    for child in node.children:
        if child.kind_id == STRING:
            if is_template(child, body):
                _flush(body, constants, parts)
                parts += _parts(body, child)
            else:
                constants.append(plain(body, child))
    _flush(body, constants, parts)
    return parts[0] if len(parts) == 1 else _template(body, node, parts)


def _flush(body: Body, constants: list[Const], parts: list[int]) -> None:
    """Make one constant of those that stand side by side."""
    if constants:
        text = "".join(str(c.value) for c in constants)
        parts.append(body.add(Const(constants[0].line, text[:LONGEST_TEXT], constants[0].kind)))
        constants.clear()


def _template(body: Body, node: Node, parts: list[int]) -> int:
    """One value of several parts; an f-string without values is a constant."""
    if not parts:
        return body.add(Const(body.line(node), "", "str"))
    if len(parts) == 1 and isinstance(body.values[parts[0]], Const) and parts[0] == len(body.values) - 1:
        return parts[0]
    return body.add(Template(body.line(node), tuple(parts)))


def _parts(body: Body, node: Node) -> list[int]:
    """The values that an f-string is put together from."""
    start = node.start_byte
    is_raw = b"r" in body.file.source[start : start + 2].lower()
    parts: list[int] = []
    for child in node.children:
        if child.kind_id == _CONTENT:
            text = body.file.source[child.start_byte : child.end_byte].decode("utf-8", "replace")
            text = text.replace("{{", "{").replace("}}", "}")
            text = text if is_raw else unescape(text)
            parts.append(body.add(Const(body.line(child), text[:LONGEST_TEXT], "str")))
        elif child.kind_id == _INTERPOLATION:
            _interpolated(body, child, parts)
    return parts


def _interpolated(body: Body, node: Node, parts: list[int]) -> None:
    """The value of `{value!r:{width}}`, and those that its format names."""
    for child in node.children:
        if child.kind_id == _FORMAT:
            for inner in child.children:
                _interpolated(body, inner, parts)
        else:
            found = value(body, child)
            if found >= 0:
                parts.append(found)


@EXPRESSIONS.lowers("integer", "float")
def number(body: Body, node: Node) -> int:
    """A number; one that no machine word holds is kept as text."""
    text = body.text(node)
    line = body.line(node)
    if KIND_NAMES[node.kind_id] == "float":
        return body.add(_real(line, text))
    try:
        whole = int(text, 0)
    except ValueError:  # Python 2 (`0777`, `10L`), imaginary, or thousands of digits
        return body.add(Const(line, text[:LONGEST_TEXT], "other"))
    if -(2**63) <= whole < 2**64:
        return body.add(Const(line, whole, "int"))
    return body.add(Const(line, text[:LONGEST_TEXT], "int"))


def _real(line: int, text: str) -> Const:
    try:
        return Const(line, float(text), "float")
    except ValueError:
        return Const(line, text[:LONGEST_TEXT], "other")


@EXPRESSIONS.lowers("true", "false", "none", "ellipsis")
def constant(body: Body, node: Node) -> int:
    """`True`, `False`, `None`, `...`."""
    line = body.line(node)
    match KIND_NAMES[node.kind_id]:
        case "none":
            return body.add(Const(line, None, "none"))
        case "ellipsis":
            return body.add(Const(line, None, "ellipsis"))
        case name:
            return body.add(Const(line, name == "true", "bool"))
