"""The kinds of changes, held to what must be true of every change."""

import ast
from collections import Counter
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.decisions.fingerprints import changes, symbols
from seatrial.model.symbols import FILE, IMPORTS, MODULE
from seatrial.model.symbols import ChangeKind as K

HARMLESS = {K.NO_CHANGE, K.REFORMAT, K.COMMENT, K.IMPORT_ORDER, K.MOVED}
SHAPE = {K.NO_CHANGE, K.REFORMAT, K.COMMENT, K.IMPORT_ORDER}

NAMES = st.sampled_from(["load", "save", "_tidy", "Order", "Cart"])
BODIES = st.sampled_from(
    ["return 1", "return [x for x in a]", "a.b(c)\n    return a", "raise ValueError(a)", "import os, re"]
)
PARAMETERS = st.sampled_from(["", "a", "a, b=1", "*, a"])
IMPORTED = st.lists(st.sampled_from(["import os", "import re", "from a import b", "from a import c"]), max_size=3)
LOOSE = st.lists(st.sampled_from(["LIMIT = 1", "x = 'a'", "print(__name__)"]), max_size=2)


@st.composite
def definitions(draw: st.DrawFn) -> str:
    name, body, parameters = draw(NAMES), draw(BODIES), draw(PARAMETERS)
    if name[0].isupper():
        inner = body.replace("\n", "\n    ")
        return f"class {name}:\n    size = 1\n\n    def run(self):\n        {inner}\n"
    return f"def {name}({parameters}):\n    {body}\n"


MODULES = st.builds(
    lambda imports, loose, defined: "\n".join([*imports, *loose, *defined]) + "\n",
    IMPORTED,
    LOOSE,
    st.lists(definitions(), max_size=4),
)
TREES = st.dictionaries(st.sampled_from(["a.py", "b.py", "c/d.py", "e.js"]), MODULES, max_size=3)


def bytes_of(files: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode() for path, text in files.items()}


def kinds(before: Mapping[str, str], after: Mapping[str, str]) -> Counter[K]:
    return Counter(one.kind for one in changes(bytes_of(before), bytes_of(after)))


def keys(files: Mapping[str, str]) -> dict[tuple[str, str], tuple[str, str, str]]:
    found = (one for path, text in files.items() for one in symbols(path, text.encode()))
    return {(one.path, one.name): (one.digest, one.signature, one.pragmas) for one in found}


@given(TREES)
def test_nothing_changes_between_a_tree_and_itself(tree: dict[str, str]) -> None:
    assert set(kinds(tree, tree)) <= {K.NO_CHANGE}


@given(TREES, TREES)
def test_every_symbol_that_differs_is_told_once_and_no_other(before: dict[str, str], after: dict[str, str]) -> None:
    old, new = keys(before), keys(after)
    told = [one for one in changes(bytes_of(before), bytes_of(after)) if one.kind not in SHAPE]
    gone = [(one.before.path, one.before.name) for one in told if one.before]
    come = [(one.after.path, one.after.name) for one in told if one.after]
    assert sorted(gone) == sorted(key for key in old if old[key] != new.get(key))
    assert sorted(come) == sorted(key for key in new if new[key] != old.get(key))


@given(TREES, TREES)
def test_a_kind_is_true_of_its_symbols(before: dict[str, str], after: dict[str, str]) -> None:
    for one in changes(bytes_of(before), bytes_of(after)):
        if not (one.before and one.after):
            assert one.kind in SHAPE | {K.ADDED, K.REMOVED}
            continue
        assert (one.before.name, one.after.path) == (one.after.name, one.path)
        same = one.before.digest == one.after.digest
        assert same is (one.kind in {K.MOVED, K.PRAGMA}) or one.kind is K.SIGNATURE
        assert (one.before.signature == one.after.signature) is (one.kind is not K.SIGNATURE)
        assert one.kind is not K.MOVED or one.before.path != one.after.path


@given(TREES, TREES)
def test_the_way_back_is_the_way_there_reversed(before: dict[str, str], after: dict[str, str]) -> None:
    """Of files that stay; where two become one, what is taken for moved depends on where one looks from."""
    after = dict(zip(before, after.values(), strict=False))
    before = {path: before[path] for path in after}
    there, back = kinds(before, after), kinds(after, before)
    there[K.ADDED], there[K.REMOVED] = there[K.REMOVED], there[K.ADDED]
    assert +there == +back


@given(TREES)
def test_a_formatter_changes_nothing_that_was_reviewed(tree: dict[str, str]) -> None:
    formatted = {
        path: ast.unparse(ast.parse(text)) + "\n\n" if path.endswith(".py") else text for path, text in tree.items()
    }
    assert set(kinds(tree, formatted)) <= {K.NO_CHANGE, K.REFORMAT}


@given(TREES)
def test_comments_change_nothing_that_was_reviewed(tree: dict[str, str]) -> None:
    remarked = {
        path: "# first\n" + text.replace("\n", "  # so\n") if path.endswith(".py") else text
        for path, text in tree.items()
    }
    assert set(kinds(tree, remarked)) <= {K.NO_CHANGE, K.COMMENT}


@given(TREES)
def test_other_names_of_files_only_move_symbols(tree: dict[str, str]) -> None:
    moved = {f"moved/{path}": text for path, text in tree.items()}
    assert set(kinds(tree, moved)) <= {K.MOVED}
    assert kinds(tree, moved)[K.MOVED] == len(keys(tree))


@given(MODULES)
def test_the_order_of_imports_is_told_as_such(text: str) -> None:
    before, after = f"import b\nimport a\n{text}", f"import a\nimport b\n{text}"
    assert kinds({"a.py": before}, {"a.py": after}) == {K.IMPORT_ORDER: 1}


@given(MODULES)
def test_a_new_import_touches_the_imports_alone(text: str) -> None:
    found = changes({"a.py": f"import first\n{text}".encode()}, {"a.py": f"import first, second\n{text}".encode()})
    assert [(one.kind, one.name) for one in found] == [(K.IMPORT_SET, IMPORTS)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def f(): 1", "def f(): 2", [(K.SYMBOL, "f")]),
        ("def f(a): 1", "def f(b): 1", [(K.SIGNATURE, "f")]),
        ("def f(a): 1", "def f(b): 1  # noqa", [(K.SIGNATURE, "f")]),
        ("def f(): 1", "def f(): 1  # nosec", [(K.PRAGMA, "f")]),
        ("x = g(1)", "x = g(2)", [(K.SYMBOL, MODULE)]),
        ("def f(): 1", "def g(): 1", [(K.REMOVED, "f"), (K.ADDED, "g")]),
        ("class A:\n  def f(self): 1", "class A:\n  def f(self): 2", [(K.SYMBOL, "A.f")]),
        ("class A:\n  x = 1", "class A:\n  x = 2", [(K.SIGNATURE, "A")]),
        ("x = 1", "x = 1 +", [(K.ADDED, FILE), (K.REMOVED, MODULE)]),
    ],
)
def test_a_change_has_its_kind(before: str, after: str, expected: list[tuple[K, str]]) -> None:
    found = changes({"a.py": before.encode()}, {"a.py": after.encode()})
    assert sorted((one.kind, one.name) for one in found) == sorted(expected)


def test_what_changed_on_the_way_to_another_file_went_with_the_others() -> None:
    before = {"a.py": b"def f(): 1\ndef g(): 1\nx = h()\n"}
    after = {"b.py": b"def f(): 1\ndef g(): 2\nx = h()\n"}
    found = [(one.kind, one.path, one.name) for one in changes(before, after)]
    assert found == [(K.MOVED, "b.py", MODULE), (K.MOVED, "b.py", "f"), (K.SYMBOL, "b.py", "g")]


def test_a_copy_is_new() -> None:
    text = b"def f(): 1\n"
    found = changes({"a.py": text}, {"a.py": text, "b.py": text})
    assert [(one.kind, one.path) for one in found] == [(K.NO_CHANGE, "a.py"), (K.ADDED, "b.py")]
