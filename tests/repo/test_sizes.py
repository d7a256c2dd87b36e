"""Functions and files stay within their budgets; the exceptions may only become fewer and smaller."""

import ast
from collections.abc import Iterator
from statistics import median, quantiles

import pytest

from repository import files, text

SOURCES = files(".py", below="src/")
ALL = [*SOURCES, *files(".py", below="benchmarks/"), *(p for p in files(".py", below="tests/") if "/corpus/" not in p)]

LARGE_FILES = {
    "src/seatrial/model/facts.py": (
        455,
        "the vocabulary of facts: one noun after another, in one place for all front ends",
    ),
}
"""Files over 400 lines: how many they may have, and why."""


def functions(path: str) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, int]]:
    for node in ast.walk(ast.parse(text(path))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node, node.end_lineno - node.lineno + 1


def decorated(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    return any(isinstance(one, ast.Call) and ast.unparse(one.func) == name for one in node.decorator_list)


def lines(path: str) -> int:
    return len(text(path).splitlines())


def test_most_functions_are_short() -> None:
    sizes = [size for path in SOURCES for _, size in functions(path)]
    assert median(sizes) <= 10
    assert quantiles(sizes, n=10)[-1] <= 25


def test_no_function_is_over_50_lines() -> None:
    assert [(path, node.name) for path in ALL for node, size in functions(path) if size > 50] == []


def test_most_files_are_short() -> None:
    assert quantiles([lines(path) for path in SOURCES], n=10)[-1] <= 250


def test_no_file_is_over_400_lines_but_the_exceptions() -> None:
    assert [path for path in ALL if lines(path) > LARGE_FILES.get(path, (400, ""))[0]] == []


@pytest.mark.parametrize("path", LARGE_FILES)
def test_an_exception_is_still_needed(path: str) -> None:
    limit, why = LARGE_FILES[path]
    assert 400 < lines(path) <= limit
    assert why


def test_no_check_of_a_rule_is_over_60_lines() -> None:
    checks = [
        (path, size)
        for path in files(".py", below="src/seatrial/rules/")
        for node, size in functions(path)
        if decorated(node, "rule")
    ]
    assert checks
    assert [check for check in checks if check[1] > 60] == []


def test_no_command_is_over_25_lines() -> None:
    below = "src/seatrial/surfaces/cli/"
    commands = [
        (path, size)
        for path in files(".py", below=below)
        for node, size in functions(path)
        if decorated(node, "click.command")
    ]
    assert commands
    assert [command for command in commands if command[1] > 25] == []
