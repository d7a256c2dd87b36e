import warnings

import pytest

from seatrial.decisions.fingerprints import hidden, own_lines, symbols
from seatrial.model.symbols import FILE, IMPORTS, MODULE, Symbol

SHOP = '''#!/usr/bin/env python
"""A shop."""
import os
from decimal import Decimal

LIMIT: int = 10


class Order:
    """An order."""

    size = 1

    @property
    def total(self) -> Decimal:
        return Decimal(f"{self.size:>{LIMIT}}.{os.sep!r}")

    @total.setter
    def total(self, value):
        del (self.size, self.other)

    class Line:
        def text(self): return b"\\xff", 1e400, 0x10, 2j, ...


async def place(order, *, when=None):
    async with order as one, one:
        return [x async for x in one if (y := x)]
'''


def found(text: str, path: str = "shop.py") -> dict[str, Symbol]:
    return {one.name: one for one in symbols(path, text.encode())}


def digests(text: str) -> dict[str, str]:
    return {name: one.digest for name, one in found(text).items()}


def test_a_module_is_taken_apart_into_functions_methods_classes_imports_and_the_rest() -> None:
    names = [IMPORTS, MODULE, "Order", "Order.Line", "Order.Line.text", "Order.total", "Order.total@2", "place"]
    assert sorted(found(SHOP)) == names
    place = found(SHOP)["place"]
    assert (place.path, place.line, place.end_line, place.format) == ("shop.py", 26, 28, "seatrialPyAst1")


def test_digests_stay_as_they_were_first_written_on_every_python() -> None:
    """Signed records name these digests: whoever changes one needs a new format. CI runs this on each CPython."""
    assert digests(SHOP) == {
        "<module>": "b288cd843d7ed61f6075e5c724da693b8dd6df14d4485cc6018ea3a72ed4b5b4",
        "<imports>": "156018ed68a5d09501073ff37f64e0935af2d7d8f4bd048de881ab4e396d7a9e",
        "Order": "8499dfcc56289e9408c92668543c2f8ced4d01ef8788b8e116d60c4a2b46e51a",
        "Order.total": "383ea0e1da9f6b1c52502c38daff41d75b7f2abe305c893d5ccf121e1c341774",
        "Order.total@2": "f658f64e2cf5270baf019edee28013b888a86ca3c2f6e0d23ee8010b308a3933",
        "Order.Line": "0d5d5070110cadbc2cf4ea1ad7ede2e858ebcc38f5a1a294befa3f62a3027c31",
        "Order.Line.text": "5e66f755c5b1d7b3e18592f4976e6c287516356c13318dcfea93cff2640cabc3",
        "place": "144c67d608e675171bfeba66b3106332c5afb985299c2fa5b470ae6d6c341967",
    }


SAME = [
    ("x = 'a'", 'x = "a"'),
    ("x = ('a' 'b')", "x = 'ab'"),
    ("x = f'a' 'b'", "x = f'ab'"),
    ("x = f'{y:}'", "x = f'{y}'"),
    ("x = u'a'", "x = 'a'"),
    ("x = 0XFF", "x = 255"),
    ("x = 1_000", "x = 1000"),
    ("del (a, b)", "del a, b"),
    ("def f(): return (1)", "def f():\n\n    return 1  # one\n"),
    ("def f():\n    import a\n    import b, c", "def f():\n    import c\n    import b\n    import a"),
    ("def f():\n    'doc'\n    x()", "def f():\n    x()"),
    ("import a, b\nfrom c import (d,\n e)", "from c import e\nimport b\nfrom c import d\nimport a"),
    ("def f(): pass\ndef g(): pass", "def g(): pass\ndef f(): pass"),
    ("class A:\n    x = 1\n    def f(self): pass", "class A:\n    def f(self): pass\n    x = 1"),
    ("if TYPE_CHECKING:\n    import a\n    import b", "if TYPE_CHECKING:\n    import b\n    import a"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_formatters_change_changes_no_digest(one: str, other: str) -> None:
    assert digests(one) == digests(other)


OTHERS = [
    ("x = 'a'", "x = b'a'"),
    ("x = 1", "x = 1.0"),
    ("x = 1", "x = True"),
    ("x = None", "x = ..."),
    ("x = f'{y!r}'", "x = f'{y}'"),
    ("x = f'{y:a}'", "x = f'{y}'"),
    ("x = f'{y}'", "x = '{y}'"),
    ("x = a.b", "x = a[b]"),
    ("def f(): return 1", "async def f(): return 1"),
    ("def f(a): pass", "def f(*a): pass"),
    ("def f(a, /): pass", "def f(a): pass"),
    ("def f(a, *, b): pass", "def f(a, b): pass"),
    ("def f(a=1): pass", "def f(a=2): pass"),
    ("def f(): return -1", "def f(): return +1"),
    ("def f(): return a < b", "def f(): return a <= b"),
    ("def f():\n    import a\n    x()\n    import b", "def f():\n    import b\n    x()\n    import a"),
    ("import a", "import a as b"),
    ("from a import b", "from .a import b"),
    ("import a", "if TYPE_CHECKING:\n    import a"),
    ("@a\ndef f(): pass", "@b\ndef f(): pass"),
    ("class A(B): pass", "class A(C): pass"),
    ("x = 'a'", "x = 'а'"),  # noqa: RUF001 - the second is Cyrillic: that is the point
    ("x = '\\ud800'", "x = '\\ud801'"),
    ("x = 0.0", "x = 0j"),
    ("for x in y:\n    pass\nelse:\n    z()", "for x in y:\n    pass\nz()"),
]


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_code_does_changes_its_digest(one: str, other: str) -> None:
    assert digests(one) != digests(other)


def test_a_change_of_one_method_is_a_change_of_that_method_alone() -> None:
    before, after = digests(SHOP), digests(SHOP.replace("self.other", "self.others"))
    assert {name for name in before if before[name] != after[name]} == {"Order.total@2"}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("def f(a): return 1", "def f(a): return 2", True),
        ("def f(a): return 1", "def f(b): return 1", False),
        ("def f(a): return 1", "def f(a) -> int: return 1", False),
        ("class A:\n    x: int", "class A:\n    x: str", False),
        ("class A:\n    _x: int", "class A:\n    _x: str", True),
        ("__all__ = ['a']", "__all__ = ['b']", False),
        ("a = 1", "a = 2", True),
        ("a = 1", "b = 1", False),
    ],
)
def test_a_signature_is_what_others_rely_on(one: str, other: str, same: bool) -> None:  # noqa: FBT001 - a table's column
    before, after = ({name: x.signature for name, x in found(text).items()} for text in (one, other))
    assert (before == after) is same


def test_what_is_private_has_no_signature() -> None:
    text = "def _f(a): 1\nclass A:\n    def __init__(self): 1\n    def _g(self): 1\nclass _B:\n    def h(self): 1"
    assert {name for name, one in found(text).items() if not one.signature} == {"_f", "A._g", "_B", "_B.h"}


@pytest.mark.parametrize(
    "pragma",
    [
        "# noqa",
        "# noqa: S603",
        "# nosec B602",
        "# type: ignore[attr-defined]",
        "# pragma: no cover",
        "# pylint: disable=broad-except",
        "# pyright: ignore[reportAny]",
        "# a word first  # nosec",
        "# seatrial: allow[unbounded-cache]",
        "# turns \u202e round",
    ],
)
def test_a_pragma_belongs_to_the_symbol_on_whose_line_it_stands(pragma: str) -> None:
    before = found("def f():\n    g()\n\ndef h():\n    g()\n")
    after = found(f"def f():\n    g()  {pragma}\n\ndef h():\n    g()\n")
    assert before["f"].digest == after["f"].digest
    assert before["f"].pragmas != after["f"].pragmas
    assert before["h"].pragmas == after["h"].pragmas


def test_what_a_pragma_is_for_counts_and_why_does_not() -> None:
    def pragmas(comment: str) -> str:
        return found(f"def f():\n    g()  {comment}\n")["f"].pragmas

    assert pragmas("# noqa: S603,S607 - fixed command") == pragmas("#noqa:S607, S603 - another reason")
    assert pragmas("# noqa: S603") != pragmas("# noqa: S607")
    assert pragmas("# noqa: S603") != pragmas("# noqa")
    assert pragmas("# a remark on nothing") == ""


@pytest.mark.parametrize(
    ("code", "material"),
    [
        ("@app.get('/')\ndef f():\n    'doc'\n", True),
        ("@property\ndef f():\n    'doc'\n", False),
        ("def f():\n    'doc'\nprint(f.__doc__)\n", True),
        ("def f():\n    'doc'\nprint(g.__doc__)\n", False),
        ("def f():\n    'doc'\nprint(things[0].__doc__)\n", True),
        ("def f():\n    'doc'\n", False),
    ],
)
def test_a_docstring_is_material_where_the_program_shows_it(code: str, material: bool) -> None:  # noqa: FBT001 - as above
    before, after = found(code), found(code.replace("doc'", "other'"))
    assert before["f"].digest == after["f"].digest
    assert (before["f"].pragmas != after["f"].pragmas) is material
    assert found(code)["f"].pragmas == found(code.replace("'doc'", '"""\n    doc\n    """'))["f"].pragmas


def test_shebang_and_encoding_belong_to_the_module() -> None:
    assert found("x = 1")[MODULE].pragmas == found("# -*- coding: UTF-8 -*-\nx = 1")[MODULE].pragmas == ""
    assert found("#!/bin/sh\nx = 1")[MODULE].pragmas
    assert symbols("a.py", b"# coding: latin-1\nx = 1")[0].pragmas


@pytest.mark.parametrize("text", [b"def f(:\n", b"\0", b"x = '\xff'\n", b"(" * 300, b"+".join([b"a"] * 60_000)])
def test_what_cannot_be_parsed_is_one_symbol_with_gits_name_for_it(text: bytes) -> None:
    (one,) = symbols("a.py", text)
    assert (one.name, one.format, len(one.digest)) == (FILE, "gitBlob", 40)


def test_other_languages_are_one_symbol_with_gits_name() -> None:
    (one,) = symbols("a.js", b"hello\n")
    assert one.digest == "ce013625030ba8dba906f756967f9e9ca394464a"
    assert own_lines("a.js", b"hello\n\nthere") == {FILE: (1, 3)}


def test_deep_code_has_a_digest_whatever_the_interpreters_limit() -> None:
    assert digests("x = " + "+".join(["a"] * 900)) != digests("x = " + "+".join(["a"] * 899))


def test_every_line_that_is_not_blank_belongs_to_one_symbol() -> None:
    owned = own_lines("shop.py", SHOP.encode())
    lines = sorted(line for one in owned.values() for line in one)
    assert lines == [number for number, line in enumerate(SHOP.splitlines(), 1) if line.strip()]
    assert owned["Order"] == (9, 10, 12)


def test_hidden_characters_are_told_with_their_place() -> None:
    text = "\ufeffx = 1\ny = 'a\u202eb'  # \u200b\n"
    assert [(one.line, one.column) for one in hidden(text.encode())] == [(2, 6), (2, 13)]
    assert list(hidden(b"x = 1")) == []
    assert next(iter(hidden(text.encode()))).name == "RIGHT-TO-LEFT OVERRIDE"


def test_strange_escapes_are_no_warning_of_ours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert found("x = '\\d'")
