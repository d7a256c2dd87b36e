"""What authors of rules, front ends and formats may import, as the type checker sees it. `make test` checks it."""

from collections.abc import Callable, Iterator
from typing import assert_type

from seatrial import testing
from seatrial.frontends.contract import Frontend
from seatrial.model.facts import FileFacts, encode
from seatrial.model.finding import Finding, Severity
from seatrial.model.verdict import Report
from seatrial.program import Function, Program, Target, Type
from seatrial.reports.contract import Format
from seatrial.rules.contract import Match, Rule, Unbound, rule


@rule(severity=Severity.NOTE, cwe=(1047,), category=("circular",), confirmed_by="load")
def check(program: Program) -> Iterator[Match]:
    """A rule sees the program alone."""
    for function in program.code:
        assert_type(function, Function)
        for call in function.calls:
            assert_type(program.target(function, call), Target)
            assert_type(program.type_of(function, call), Type | None)
            yield Match("a call", function, function.facts.line)


def reported(bound: Rule) -> None:
    """A rule's page is checked, and its findings are made, by the contract."""
    program = testing.program_of({"a.py": "print(1)\n"})
    assert_type(program, Program)
    assert_type(list(bound.findings(program)), list[Finding])
    assert_type(testing.problems(bound), list[str])


def empty(text: str) -> FileFacts:
    """A front end for a language without anything in it."""
    return FileFacts("none", text.count("\n"), (), (), (), (), None, generated=False, damage=())


def one_line(report: Report, width: int, color: bool) -> str:  # noqa: FBT001 - the contract of a format
    """A report of one line."""
    return f"{'open' if report.verdict.open else 'shut'}{' ' * (width if color else 0)}\n"


assert_type(check, Unbound)
assert_type(encode(empty("")), bytes)
assert_type(Frontend("none", (".none",), "1", "1", empty).extract, Callable[[str], FileFacts])
assert_type(Format("line", ".line", one_line).render(Report.__new__(Report), 0, False), str)  # noqa: FBT003 - positional by contract
