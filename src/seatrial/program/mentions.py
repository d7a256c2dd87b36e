"""Mentions: which names the program's code says anywhere. What nothing says, nothing calls."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from seatrial.model import facts as f
from seatrial.program.derived import derived
from seatrial.program.parts import File, Function

if TYPE_CHECKING:
    from seatrial.program.program import Program

LONGEST = 200
"""How long a text is at most that may be a name."""
_NAMED, _PATHS, _TEXTS = frozenset({f.Attr, f.Free}), frozenset({f.Ref}), frozenset({f.Const})
_FILE = re.compile(r"(?:\.{0,2}/(?=[^/]+\Z)|\./)?((?:[\w.-]+/)*[\w.-]*\.\w+)")
_OF_DEVELOPERS = frozenset({"noxfile.py", "setup.py", "fabfile.py", "tasks.py", "dodo.py", "conftest.py"})
"""Files at the root that start the program's tools."""
_REFLECTS = ("globals", "vars", "locals", "__dict__")


class Mentions:
    """Where names are mentioned; worked out when the first name is asked for."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._memo: dict[File, frozenset[str]] = {}

    def in_code(self, name: str, file: File) -> bool:
        """True when anything may lead to what a file calls so: its name, a text that begins it, reflection."""
        if name in self._names or any(name.startswith(prefix) for prefix in self._prefixes):
            return True
        return file in self._reflecting or any(name in manifest.text for manifest in self._program.manifests)

    def said(self, file: File) -> frozenset[str]:
        """All names that a file reads, calls, imports, offers or says."""
        if file not in self._memo:
            self._memo[file] = frozenset(_mentioned(file))
        return self._memo[file]

    @cached_property
    def files(self) -> frozenset[str]:
        """The files that the program names by a text, as far as their folders are named: `certs/server.key`.

        What developers run by hand names none.
        """
        files = (file for file in self._program.files if not file.is_test and file.path not in _OF_DEVELOPERS)
        return frozenset[str]().union(*map(_files, files))

    def names_file(self, path: str) -> bool:
        """True when the program names the file, alone or with some of its folders."""
        parts = path.split("/")
        return any("/".join(parts[at:]) in self.files for at in range(len(parts)))

    @cached_property
    def _names(self) -> frozenset[str]:
        """All names that the code says, that of migrations too, but not that of tests."""
        return frozenset[str]().union(*(_mentioned(file) for file in self._program.files if not file.is_test))

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        """How the names begin that are put together: `getattr(self, f"_visit_{kind}")`."""
        calls = (*self._program.index.calls("getattr"), *self._program.index.calls("methodcaller"))
        found = {_begins(function, call) for function, call in calls}
        return tuple(sorted(prefix for prefix in found if len(prefix) > 1))

    def reflects(self, file: File) -> bool:
        """True when the file looks through its own names, or puts others there."""
        return file in self._reflecting

    @cached_property
    def _reflecting(self) -> frozenset[File]:
        """The files that look through their own names."""
        return frozenset(function.file for function, _ in self._program.index.calls(*_REFLECTS))


@derived(list[str])
def _mentioned(file: File) -> list[str]:
    """The names that a file reads, calls, imports, offers or says, parts of dotted ones too."""
    said: set[object] = {*(file.facts.exports or ()), *(fact.path for fact in file.facts.imports)}
    for function in file.functions:
        values = function.values
        said.update([values[at].name for at in function.of(_NAMED)])  # type: ignore[union-attr] # both have a name
        said.update([values[at].path for at in function.of(_PATHS)])  # type: ignore[union-attr] # all have a path
        said.update([values[at].value for at in function.of(_TEXTS)])  # type: ignore[union-attr] # all have a value
        said.update([values[at].callee for at in function.calls])  # type: ignore[union-attr] # they are calls
    texts = (text for text in said if type(text) is str and len(text) < LONGEST)
    return sorted(
        {name for text in texts for name in text.lstrip(":.!?").replace(":", ".").split(".") if name.isidentifier()}
    )


@derived(list[str])
def _files(file: File) -> list[str]:
    """The files that a file names by a text; of an absolute one nobody knows whether it is of this program."""
    texts = {function.values[at].value for function in file.functions for at in function.of(_TEXTS)}  # type: ignore[union-attr] # all have one
    short = (text for text in texts if type(text) is str and "." in text and len(text) < LONGEST)
    return sorted({named[1] for text in short if (named := _FILE.fullmatch(text))})


def _begins(function: Function, call: int) -> str:
    """The text with which a name begins that is put together; empty if that is not known."""
    step = function.values[call]
    named = given = step.args[1] if type(step) is f.Call and len(step.args) > 1 else f.NONE
    while named >= 0:
        value = function.values[function.origin(named)]
        if type(value) is f.Const:
            text = str(value.value)
            begins = text.partition("%")[0].partition("{")[0]
            return begins if named != given or begins != text else ""  # a whole name is mentioned as a text
        if type(value) is f.Template and value.parts:
            named = value.parts[0]
        elif type(value) is f.Binary:
            named = value.left
        elif type(value) is f.Call:
            named = value.receiver
        else:
            break
    return ""
