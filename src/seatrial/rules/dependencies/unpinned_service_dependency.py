"""A service is deployed from requirements that say no version at all, and no lock does.

Each build takes whatever is newest on that day: two servers built a week apart run different code, a release of a stranger
breaks the next deployment without any change here, and yesterday's version cannot be built again.

Lock what the service runs with (`uv lock`, `poetry lock`, `pip-compile`) and install from the lock.

## Bad: a container built from bare names

```requirements.txt
flask  # finding: flask, requests
requests
gunicorn>=22
```

```Dockerfile
FROM python:3.12
COPY requirements.txt .
RUN pip install -r requirements.txt
CMD ["gunicorn", "app:app"]
```

```app.py
from flask import Flask

app = Flask(__name__)
```

## Bad: installed by the container file itself

```Dockerfile
FROM python:3.12
RUN apt-get install -y curl && python -m pip install fastapi 'uvicorn[standard]' httpx==0.27.0  # finding: fastapi, uvicorn
COPY . .
```

```app.py
from fastapi import FastAPI
```

## Bad: a project file, and a process file

```pyproject.toml
[project]
name = "shop"
dependencies = [
  "django",  # finding: django, psycopg
  "psycopg",
]
```

```Procfile
web: gunicorn shop.wsgi
```

```shop/wsgi.py
import django
```

## Good: bounded, locked, or held by constraints

```requirements.txt
-c constraints.txt
flask
requests>=2.31
```

```constraints.txt
flask==3.0.3
```

```Dockerfile
FROM python:3.12
RUN pip install --upgrade pip setuptools wheel
RUN pip install -c constraints.txt gunicorn && pip install -r requirements.txt
RUN pip install . ./libs/own "$EXTRA" acme==1.0 https://files.example/acme-1.0-py3-none-any.whl
```

```worker/pyproject.toml
[project]
name = "worker"
dependencies = ["celery", "redis"]
```

```worker/uv.lock
[[package]]
name = "celery"
version = "5.4.0"
```

```worker/Dockerfile
RUN uv sync --frozen
```

```app.py
import flask
```

## Good: a library, whose users choose; a tool that nobody deploys; a container for developers

```pyproject.toml
[project]
name = "acme"
dependencies = ["httpx", "click"]
classifiers = ["Programming Language :: Python"]
```

```tools/requirements.txt
requests
```

```tools/load.py
import requests
```

```Dockerfile.dev
RUN pip install ipdb ruff
```

## Good: the service itself, as it was built here

```pyproject.toml
[project]
name = "shop"
dependencies = ["flask==3.1.0"]
```

```Dockerfile
FROM python:3.13-slim
RUN pip install --no-cache-dir dist/*.whl && pip install shop[colours]
```

```shop.py
import flask
```

## Not found yet

```requirements.txt
flask>=2  # gap: a lower bound alone leaves as much open, but many choose it on purpose
```

```Dockerfile
RUN pip install -r requirements.txt
```

```app.py
import flask
```
"""

import posixpath
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from seatrial.model.finding import Place, Severity
from seatrial.program import Program
from seatrial.program.manifests import Part, Requirement, Requirements, Use, parse
from seatrial.program.manifests.deployment import commands, deployed, for_developers
from seatrial.program.manifests.nouns import inside
from seatrial.rules.contract import SLIGHT, Match, rule

_SHOWN = 4


@rule(severity=Severity.WARNING, cwe=(1357,), category=("unpinned",))
def check(program: Program) -> Iterator[Match]:
    """One match for each manifest, at its first requirement without a version, and for each container file."""
    requirements = parse(program.manifests, program.installed)
    held = {part.folder for part in requirements.parts}
    folders = deployed(program.manifests)
    for part in requirements.parts:
        # what lies further down is put into service with a folder that asks for nothing itself
        ways = [folder for folder in folders if folder == part.folder or folder not in held]
        if any(inside(part.folder, folder) for folder in ways) and _runs(part, program):
            yield from _of_part(part, requirements)
    own = {part.distribution for part in requirements.parts}
    seen: set[str] = set()
    helpers = {
        posixpath.dirname(path) for path in program.aside
    }  # what stands in for another service holds its own code
    libraries = [part.folder for part in requirements.parts if part.published]
    for one in (one for one in commands(program.manifests) if posixpath.dirname(one.path) not in helpers):
        if any(inside(posixpath.dirname(one.path), folder) for folder in libraries):
            continue  # a library's own images try it out; its users choose the versions
        free = tuple(name for name in one.free if canonicalize_name(name.partition("[")[0]) not in own)
        if free and one.path not in seen:
            seen.add(one.path)
            yield _match(Place(one.path, one.line, one.line), free)


def _runs(part: Part, program: Program) -> bool:
    """Whether the part is a program of its own, with code, and no library whose users choose the versions."""
    return not part.published and any(inside(file.path, part.folder) for file in program.files)


def _of_part(part: Part, requirements: Requirements) -> Iterator[Match]:
    if requirements.locks(part):
        return
    held = {need.name for need in part.requirements if need.specifier or need.hashed or need.direct}
    free: dict[str, list[Requirement]] = {}
    for need in part.requirements:
        if need.use is Use.RUN and need.name and need.name not in held and not for_developers(need.path):
            free.setdefault(need.path, []).append(need)
    for path, needs in free.items():
        line = needs[0].line
        yield _match(Place(path, line, line), tuple(need.written for need in needs))


def _match(place: Place, names: tuple[str, ...]) -> Match:
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return Match(
        f"the service is built with whatever version of {shown} is newest on that day: nothing here says which",
        place=place,
        key=place.path,
        confidence=0.8 if len(names) > 1 else SLIGHT,
    )
