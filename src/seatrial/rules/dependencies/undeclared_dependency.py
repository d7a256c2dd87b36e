"""The program imports a module that none of its declared dependencies provides.

It runs only where someone else happened to install the distribution: on the author's machine, or for as long as another
dependency drags it in. The next clean deployment, or the next release of that other dependency, ends in an ImportError.

Add the distribution that the message names to the project's dependencies, with a lower bound.

## Bad

```pyproject.toml
[project]
name = "shop"
dependencies = ["flask>=3"]
```

```shop/__init__.py
```

```shop/prices.py
import json
import jwt  # finding: pyjwt
import yaml  # finding: pyyaml
from flask import request

def prices():
    import openpyxl  # finding: openpyxl
    return yaml.safe_load(request.data)
```

## Bad: nothing is known to provide it

```requirements.txt
flask>=3
```

```web.py
from flask import Flask
import ledgerine  # finding: ledgerine
```

## Bad: only for development

```pyproject.toml
[project]
name = "shop"
dependencies = []

[dependency-groups]
dev = ["requests"]
```

```shop/web.py
import requests  # finding: for development alone
```

## Good

```requirements.txt
-r requirements/base.txt
celery[redis]>=5  # the extra asks for redis
PyJWT \
    >=2
acme-sdk @ git+https://git.example/acme/sdk.git
```

```requirements/base.txt
google-cloud-storage ; python_version >= "3.9"
opencv-python-headless==4.10.0.84 --hash=sha256:00
```

```tool.py
import cv2
import helpers
import jwt
import redis
from acme.sdk import Client
from google.cloud import storage
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas
try:
    import orjson
except ImportError:
    orjson = None
```

```helpers.py
HELP = "here"
```

```tests/test_tool.py
import pytest
```

## Bad: for development alone, and so in the lock

```pyproject.toml
[project]
name = "shop"
dependencies = ["flask"]

[dependency-groups]
dev = ["faker"]
```

```uv.lock
[[package]]
name = "flask"
version = "3.0.3"

[[package]]
name = "faker"
version = "30.0.0"
```

```shop/__init__.py
```

```shop/names.py
import faker  # finding: declared for development alone
```

```populate.py
import flask
```

## Good: a developers' script, and an integration that one chooses by importing it

```pyproject.toml
[project]
name = "shop"
dependencies = ["flask"]

[dependency-groups]
dev = ["faker"]
```

```uv.lock
[[package]]
name = "flask"
version = "3.0.3"

[[package]]
name = "faker"
version = "30.0.0"

[[package]]
name = "psycopg"
version = "3.2.0"
```

```shop/__init__.py
```

```shop/contrib/__init__.py
```

```shop/contrib/postgres.py
import psycopg
```

```populate.py
import faker
```

## Not found yet: optional by its place, or hidden by a sibling

```pyproject.toml
[project]
name = "shop"
dependencies = ["flask"]
classifiers = ["Programming Language :: Python"]
```

```shop/__init__.py
```

```shop/export.py
def export():
    import yaml  # gap: libraries often import inside a function what they can do without, so confidence is low
```

```shop/login.py
import jwt  # gap: a sibling in a package is taken for the module, although an absolute import does not reach it
```

```shop/jwt.py
KEY = "x"
```
"""

import re
from collections import Counter
from collections.abc import Iterator

from seatrial.model.finding import Severity
from seatrial.model.source import Role
from seatrial.program import File, Program
from seatrial.program.imports import When
from seatrial.program.manifests import parse
from seatrial.program.manifests.needs import Need
from seatrial.program.manifests.nouns import Requirements
from seatrial.program.manifests.owned import Way
from seatrial.program.manifests.providers import providers
from seatrial.program.manifests.standing import Standing, brings_everything, unmapped
from seatrial.program.manifests.suspects import SURE, is_asked_beside, reservations
from seatrial.rules.contract import Match, rule

_WHY = {
    Standing.KNOWN: (0.84, "which nothing declares"),
    Standing.UNKNOWN: (0.8, "which nothing declares and nothing here is known to provide"),
    Standing.DEVELOPMENT: (0.75, "which is declared for development alone"),
    Standing.LOCKED: (0.7, "which is only there as long as another dependency needs it"),
    Standing.MEMBER: (0.6, "which only a project of this repository declares that this one rests on"),
    Standing.COMPANION: (0.6, "which only comes along with another dependency"),
    Standing.ABOVE: (0.55, "which only a project around this one declares"),
}
"""Confidence and words for each way in which a module can fail to be declared."""
_ABSENT = 0.06
"""How much surer it is where a lock says what the others bring along, and this is not there."""
_RESTS = 3
"""In so many files the program rests on what another dependency brings; in fewer it takes what is there."""
_HOST, _SHARE = 10, 0.25
"""What so many files, and so many of them all, import though nothing declares it, is the program that runs them."""
_MANY = 3
"""So many modules that nothing declares are not forgotten one by one."""

_INTEGRATIONS = re.compile(r"(?:^|/)(?:contrib|integrations?|plugins?|extras?|backends?|optional|addons?)/")
"""Folders of modules that users choose from."""
_COMMANDS = re.compile(r"(?:^|/)management/commands/")
"""Modules that run only when somebody asks for them by name."""
_FOR_TESTS = re.compile(
    r"(?:^|/)(?:testing|fixtures?|(?:\w+_)?factories|conftest|pytest_\w+|\w+_fixtures?)(?:/|\.py\Z)"
)
"""What only tests load, though it lies beside the program."""


@rule(severity=Severity.WARNING, category=("undeclared",))
def check(program: Program) -> Iterator[Match]:
    """One match for each module and project, at its first import."""
    told = {id(suspect.need) for suspect in program.suspects if suspect.confidence >= SURE}
    requirements = parse(program.manifests, program.installed)
    code = _code(program, requirements)
    hosted = _hosted(program, requirements, code)
    apart = frozenset(part.folder for part in requirements.parts if not code[part.folder])
    for need in program.needs:
        if (
            need.standing in _WHY
            and need.way is not Way.GUARDED
            and need.part
            and need.part.declares
            and need.part.complete
            and id(need) not in told
        ):
            doubts = reservations(need, requirements) if need.standing is Standing.UNKNOWN else _doubts(need)
            is_tool = need.standing is Standing.DEVELOPMENT and _is_tool(program, need)
            sure = _ABSENT * (need.standing is Standing.KNOWN and bool(requirements.locks(need.part)))
            doubts += 0.25 * _is_chosen(program, need) + 0.2 * is_tool + 0.2 * (need.part.folder in hosted)
            doubts += 0.25 * is_asked_beside(need, requirements, apart)
            yield _match(need, doubts - sure)


def _code(program: Program, requirements: Requirements) -> Counter[str]:
    """How many files of code each part has, by its folder; lists of what an image installs have none."""
    return Counter(
        part.folder for file in program.files if file.role is Role.CODE and (part := requirements.part_of(file.path))
    )


def _hosted(program: Program, requirements: Requirements, code: Counter[str]) -> set[str]:
    """The folders of parts that are plug-ins: a host that nothing declares runs them, and brings what it needs itself.

    Or they ask for parts of it, of which nobody here knows what they bring.
    """
    loose = [need for need in program.needs if need.standing in (Standing.KNOWN, Standing.UNKNOWN)]
    asking = [(need.part, {one.file for one in need.imports}) for need in loose if need.part]
    wide = {part.folder for part, files in asking if len(files) >= max(_HOST, _SHARE * code[part.folder])}
    times = Counter(part.folder for part, _ in asking)
    return wide | {part.folder for part, _ in asking if times[part.folder] >= _MANY and unmapped(requirements, part)}


def _match(need: Need, doubts: float) -> Match:
    """`doubts` are taken from the confidence."""
    confidence, how = _WHY[need.standing]
    first = need.imports[0]
    names = providers(first.module) or (first.shown,)
    others = f" (and in {need.others})" if need.others else ""
    return Match(
        f"`{first.shown}` is imported{others} from {names[0]}, {how}",
        function=first.file.functions[first.function],
        line=first.line,
        key=first.shown,
        path=need.steps,
        confidence=round(max(0.1, confidence - doubts), 2),
        mend=f"Add {names[0]} to the dependencies of {need.part.folder or 'the project'}." if need.part else "",
    )


def _is_chosen(program: Program, need: Need) -> bool:
    """Only integrations ask for it that nothing here loads: who imports one, installs what it is for."""
    asking = {one.file for one in need.imports}
    if not (need.part and need.part.published) and not all(_is_integration(file, need) for file in asking):
        return False
    loads = (one for one in program.imports.all if one.when is When.LOAD and not one.source.is_test)
    return asking.isdisjoint(one.target for one in loads if one.source not in asking)


def _is_integration(file: File, need: Need) -> bool:
    return bool(_INTEGRATIONS.search(file.path)) or need.imports[0].head in file.path.rpartition("/")[2]


def _is_tool(program: Program, need: Need) -> bool:
    """Developers run it: a command, or a package beside the program's own that nothing else of it imports."""
    tops = {_top(one.file) for one in need.imports}
    if all(_COMMANDS.search(one.file.path) for one in need.imports):
        return True
    outside = {_top(file) for file in program.files if file.is_package and file.role is Role.CODE} - tops
    asking = (one for one in program.imports.all if _top(one.source) not in tops and not one.source.is_test)
    return bool(outside) and all(_top(one.target) not in tops for one in asking)


def _top(file: File) -> str:
    return file.module.partition(".")[0]


def _late(need: Need) -> float:
    """An import on some ways only is often optional; one inside a function is so in libraries, seldom in applications."""
    if need.way is Way.LATE:
        return 0.3 if need.part and need.part.published else 0.12
    return 0.3 if need.way is Way.BRANCH else 0.0


def _is_for_tests(need: Need) -> bool:
    return all(_FOR_TESTS.search(one.file.path) for one in need.imports)


def _doubts(need: Need) -> float:
    """What makes it less sure that the module must be there: optional use, developers' scripts, open-ended extras."""
    everything = need.part is not None and brings_everything(need.part)
    return (
        _late(need) + 0.35 * need.optional + 0.3 * need.for_development + 0.25 * everything
        + 0.3 * need.apart
        + 0.1 * (need.standing is Standing.LOCKED and len({one.file for one in need.imports}) < _RESTS)
        + 0.2 * (_is_for_tests(need) or (need.standing is Standing.DEVELOPMENT and not need.packaged))
    )  # fmt: skip
