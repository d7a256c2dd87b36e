"""A second library was brought in for a job that another one already does here.

Two of a kind are two sets of settings, timeouts, errors and security fixes, and whoever writes the next module has to guess
which is meant. Assistants take the one they know best, not the one that is there.

Use the library that most of the program uses, and remove the other from the requirements.

## Bad: two HTTP clients

```shop/stock.py
import requests

def stock(sku):
    return requests.get(f"https://stock.example/{sku}", timeout=5).json()
```

```shop/mail.py
import requests

def send(letter):
    return requests.post("https://mail.example", json=letter, timeout=5)
```

```shop/prices.py
import httpx  # finding: requests

def price(sku):
    return httpx.get(f"https://prices.example/{sku}", timeout=5).json()
```

## Bad: two libraries for tokens

```shop/login.py
import jwt

def sign(user):
    return jwt.encode({"sub": user.id}, user.key, algorithm="HS256")
```

```shop/admin.py
import jwt

def claims(token, key):
    return jwt.decode(token, key, algorithms=["HS256"])
```

```shop/partners.py
from jose import jwt as tokens  # finding: jwt

def claims(token, key):
    return tokens.decode(token, key, algorithms=["HS256"])
```

## Good: one for blocking, one for asynchronous callers

```shop/stock.py
import requests

def stock(sku):
    return requests.get(f"https://stock.example/{sku}", timeout=5).json()
```

```shop/live.py
import aiohttp

async def watch(url):
    async with aiohttp.ClientSession() as session:
        return await session.get(url)
```

```shop/feed.py
import httpx

def is_refused(error):
    return isinstance(error, httpx.ConnectError)
```

## Good: a choice of several, each with its adapter; or one that may be missing

```shop/logs/with_loguru.py
from loguru import logger

def tell(message):
    logger.info(message)
```

```shop/logs/structlog.py
import structlog

def tell(message):
    structlog.get_logger().info(message)
```

```shop/codec.py
try:
    import orjson
except ImportError:
    orjson = None
import simplejson

def dump(value):
    return orjson.dumps(value) if orjson else simplejson.dumps(value)
```

## Good: tests, tools and other parts of the repository have their own

```shop/pyproject.toml
[project]
name = "shop"
dependencies = ["requests"]
```

```shop/stock.py
import requests

def stock(sku):
    return requests.get(f"https://stock.example/{sku}", timeout=5).json()
```

```worker/pyproject.toml
[project]
name = "worker"
dependencies = ["httpx"]
```

```worker/main.py
import httpx

def run():
    return httpx.get("https://shop.example/jobs", timeout=5).json()
```

```tests/test_stock.py
import httpx

def test_stock():
    assert httpx.get("http://localhost:8000").status_code == 200
```
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from posixpath import dirname

from seatrial.libraries.rivals import Job, rivals
from seatrial.model import facts as f
from seatrial.model.finding import Place, Severity, Step
from seatrial.model.source import Role
from seatrial.program import File, Program
from seatrial.program.manifests.owned import Import, Way, for_development
from seatrial.rules.contract import Match, rule

_CALLS = frozenset({f.Call})


@rule(severity=Severity.NOTE)
def check(program: Program) -> Iterator[Match]:
    """For each part of the repository and each job the first import of each library that is not the main one."""
    folders = sorted({dirname(manifest.path) for manifest in program.manifests}, key=len, reverse=True)
    parts: dict[str, dict[str, list[Import]]] = defaultdict(lambda: defaultdict(list))
    for one in program.outward:
        part = next((folder for folder in folders if not folder or one.file.path.startswith(f"{folder}/")), "")
        if one.way is not Way.GUARDED and one.file.role is Role.CODE and not for_development(one.file, part):
            parts[part][one.head].append(one)
    for imports in parts.values():
        for job in rivals():
            yield from _rivals(job, imports)


def _rivals(job: Job, imports: Mapping[str, list[Import]]) -> Iterator[Match]:
    present = [library for library in job.libraries if library in imports]
    if len(present) < len(("one", "two")):
        return
    users = {library: _users(library, job.libraries[library], imports[library]) for library in present}
    ranked = sorted((library for library in present if users[library]), key=lambda one: (-len(users[one]), one))
    for library in ranked[1:]:
        yield _match(job, library, ranked[0], users)


def _users(library: str, names: tuple[str, ...], imports: list[Import]) -> dict[File, Import]:
    """The files that do the job by this library; an adapter, which bears the library's name, is not one."""
    found: dict[File, Import] = {}
    for one in imports:
        if one.file not in found and library.lower() not in one.file.module.lower() and _does(one.file, names):
            found[one.file] = one
    return found


def _does(file: File, names: tuple[str, ...]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for path in _used(file) for name in names)


def _used(file: File) -> Iterator[str]:
    """The paths of what a file calls, derives from or decorates with."""
    for body in file.functions:
        for at in body.of(_CALLS):
            step = body.values[at]
            if type(step) is f.Call and step.receiver < 0:
                yield step.callee
        outer = body.parent or body
        yield from (v.path for i in body.facts.decorators if type(v := outer.values[i]) is f.Ref)
    for cls in file.classes:
        yield from (v.path for i in cls.facts.bases if type(v := cls.outer.values[i]) is f.Ref)


def _match(job: Job, library: str, main: str, users: Mapping[str, dict[File, Import]]) -> Match:
    mine, theirs = users[library], users[main]
    first, usual = next(iter(mine.values())), next(iter(theirs.values()))
    return Match(
        message=f"{library} ({_files(mine)}) is a second library to {job.name}, beside {main} ({_files(theirs)})",
        function=first.file.functions[first.function],
        line=first.line,
        key=f"{library}>{main}",
        path=(_step(usual, f"{main} does this here"), _step(first, f"{library} does it too")),
        confidence=0.75 if 2 * len(mine) <= len(theirs) else 0.6,
        mend=f"Use {main} here, and remove {library} from the requirements.",
    )


def _files(users: Mapping[File, Import]) -> str:
    return "1 file" if len(users) == 1 else f"{len(users)} files"


def _step(one: Import, message: str) -> Step:
    return Step(Place(one.file.path, one.line, one.line), message)
