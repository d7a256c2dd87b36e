"""Pieces: files that import nothing and use names that nothing in them binds, as a function that was cut out of its program.

Who calls what stands in one is not to be seen: a parameter may hold anything, and what text is handed to is known by its
name alone ([why](docs/decisions/0032-parameters-of-fragments-and-of-programs.md)).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.source import Role
from seatrial.program import Function, Program, Sinking
from seatrial.program.derived import derived
from seatrial.program.parts import File
from seatrial.program.taint import literals
from seatrial.program.taint.wording import speaks_sql
from seatrial.rules.security._purpose import words

_NAMING = frozenset({f.Ref, f.Call})
_RUNS = frozenset({"run", "execute", "exec", "call", "popen", "spawn", "shell", "ssh", "cmd", "command", "system"})
"""Words in the names of what runs commands."""
_SHELLS = frozenset({"ssh", "shell", "cmd", "command", "cli", "popen", "system"})
"""Those that say that what they run is a line of a shell."""
_COMMANDS = frozenset({"cmd", "command", "commands", "cmdline", "commandline"})
"""Words in the names of variables that hold a command as text."""
_WORD = re.compile(r"[a-z]{2,}[\w./-]* ")
"""A program, and a space before its arguments."""


def is_piece(program: Program, function: Function) -> bool:
    """The function stands in a piece."""
    return function.file not in program.imports.linked and _is_cut_out(function.file)


@derived(bool)
def _is_cut_out(file: File) -> bool:
    if any(fact.function == 0 for fact in file.facts.imports):
        return False
    if any(body.cls is None and [p.name for p in body.facts.params[:1]] == ["self"] for body in file.functions):
        return True  # a method without its class
    return any(_path(body.values[at])[:1] == "?" for body in file.functions for at in body.of(_NAMING))


def _path(step: f.AnyValue) -> str:
    return step.callee if type(step) is f.Call else step.path if type(step) is f.Ref else ""


def functions(program: Program) -> Iterator[Function]:
    """All functions of the judged code that stand in pieces."""
    for file in program.files:
        if file.role is Role.CODE and file not in program.imports.linked and _is_cut_out(file):
            yield from file.functions


def commands(program: Program) -> Iterator[Sinking]:
    """Commands put together as text that pieces give to what they call by a name that says that it runs them."""
    for function in functions(program):
        for call in function.calls:
            step = function.values[call]
            if type(step) is f.Call and step.args and _runs(program, function, call, step):
                yield Sinking(function, call, step.args[0], "command", step.callee)


def _runs(program: Program, function: Function, call: int, step: f.Call) -> bool:
    target = program.target(function, call)
    if target.functions or target.model is not None or target.made is not None:
        return False
    said = words(step.callee.rpartition(".")[2])
    is_shell = bool(said & _SHELLS)
    return bool(said & _RUNS) and _is_command(program, function, step.args[0], is_shell=is_shell)


def _is_command(program: Program, function: Function, value: int, *, is_shell: bool) -> bool:
    """Text that is put together of a program and its arguments, for a shell or in a variable that is called a command."""
    at = function.origin(value)
    step = function.values[at]
    is_text = type(step) is f.Template or (type(step) is f.Binary and step.op in {"+", "%"})
    if not is_text and not (type(step) is f.Call and step.callee == "format"):
        return False
    names = (held.name for user in function.users.get(at, ()) if type(held := function.values[user]) is f.Store)
    if not is_shell and not any(words(name) & _COMMANDS for name in names):
        return False
    is_worded = _WORD.search(" ".join(literals(program, function, at))) is not None
    return is_worded and not speaks_sql(program, function, at)
