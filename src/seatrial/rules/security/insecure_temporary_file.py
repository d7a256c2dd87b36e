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

## Not found yet

```shop/export.py
import os

def export(rows):
    name = f"/tmp/export-{os.getpid()}.csv"
    with open(name, "w") as file:  # gap: a name that can be guessed, in a folder that everyone writes to
        file.writelines(rows)
```
"""

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.program import Function, Program
from seatrial.program.risks import risky
from seatrial.rules.contract import SLIGHT, Match, rule

_DIR = len(("suffix", "prefix"))
"""Where `mktemp` takes the folder."""


@rule(severity=Severity.WARNING, cwe=(377, 379))
def check(program: Program) -> Iterator[Match]:
    """Calls that only give a name."""
    for function, call in risky(program, "unsafe-temp"):
        message = "a temporary file is given a name before it is made"
        confidence = SLIGHT if _is_in_own_folder(function, call) else 0.85
        yield Match(message, function, function.values[call].line, key="mktemp", confidence=confidence)


def _is_in_own_folder(function: Function, call: int) -> bool:
    """It lies where nobody else writes: `mktemp(dir=settings.MEDIA_TMP)`."""
    step = function.values[call]
    return type(step) is f.Call and (any(name == "dir" for name, _ in step.keywords) or len(step.args) > _DIR)
