"""A temporary file is given a name before it is made, or a name that can be guessed (CWE-377, CWE-379).

Between the two, another program of the same machine puts its own file, or a link, in that place: it reads what is written, or has another file
overwritten with the server's rights.

Let the library make file and name together (`tempfile.NamedTemporaryFile`, `mkstemp`, `TemporaryDirectory`).

## Bad

```shop/export.py
import os
import tempfile

def export(rows):
    name = tempfile.mktemp(suffix=".csv")  # finding: before it is made
    with open(name, "w") as file:
        file.writelines(rows)
    return name
```

## Bad: a piece of a file

```piece.py
def export(rows):
    write(tempfile.mktemp(), rows)  # finding: before it is made
```

## Good

```shop/export.py
import tempfile

def export(rows):
    with tempfile.NamedTemporaryFile("w", suffix=".csv", delete=False) as file:
        file.writelines(rows)
    return file.name

def folder():
    return tempfile.mkdtemp()
```

```shop/pictures.py
import tempfile
from shop import settings

def convert(picture):
    target = tempfile.mktemp(".png", dir=settings.OWN_FOLDER)
    picture.save(target)
    return target
```

## Bad: in a folder that is everyone's, by its name

```shop/pictures.py
import tempfile
from shop import paths

def convert(picture):
    picture.save(tempfile.mktemp(".png", dir="/tmp"))  # finding
    picture.save(tempfile.mktemp(dir=tempfile.gettempdir()))  # finding
    picture.save(tempfile.mktemp(dir=paths.get_temp_dir()))  # finding
```

## Not found yet

```shop/export.py
import os

def export(rows):
    name = f"/tmp/export-{os.getpid()}.csv"
    with open(name, "w") as file:  # gap: a name that can be guessed, in a folder that everyone writes to
        file.writelines(rows)
```
"""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.risks import risky
from seatrial.program.texts import text_of
from seatrial.rules.contract import SLIGHT, Match, rule

_DIR = len(("suffix", "prefix"))
"""Where `mktemp` takes the folder."""


_SHARED = re.compile(r"(?:/var)?/tmp\b|get_?te?mp_?dirb?\Z|tempfile\.tempdir\Z")
"""Folders that everyone writes to."""


@rule(severity=Severity.WARNING, cwe=(377, 379))
def check(program: Program) -> Iterator[Match]:
    """Calls that only give a name."""
    for function, call in risky(program, "unsafe-temp"):
        message = "a temporary file is given a name before it is made"
        confidence = SLIGHT if _is_in_own_folder(function, call) else 0.85
        yield Match(message, function, function.values[call].line, key="mktemp", confidence=confidence)


def _is_in_own_folder(function: Function, call: int) -> bool:
    """It lies where nobody else writes: `mktemp(dir=settings.MEDIA_TMP)`, and not where everyone does, by its name."""
    step = function.values[call]
    assert type(step) is f.Call
    folders = [*step.args[_DIR:], *(value for name, value in step.keywords if name == "dir")]
    return bool(folders) and not any(
        _SHARED.match(f"{text_of(function, one)}{_named(function, one)}") for one in folders
    )


def _named(function: Function, value: int) -> str:
    step = function.values[function.origin(value)]
    return step.callee.rpartition(".")[2] if type(step) is f.Call else step.path if type(step) is f.Ref else ""
