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

from collections.abc import Iterator

from seatrial.model.finding import Place, Severity, Step
from seatrial.program import Program
from seatrial.program.manifests.owned import Import
from seatrial.program.rivals import Use, rivalries
from seatrial.rules.contract import HINTED, Match, rule

STRAY = 2
"""So many files use the main library, where one file that uses another did not choose it; what more use was chosen."""


@rule(severity=Severity.NOTE, most=HINTED)
def check(program: Program) -> Iterator[Match]:
    """For each part of the repository and each job the first import of each library that is not the main one."""
    for rivalry in rivalries(program.outward, program.manifests):
        main, *others = rivalry.uses
        for other in others:
            yield _match(rivalry.job, other, main)


def _match(job: str, use: Use, main: Use) -> Match:
    first = use.imports[0]
    return Match(
        message=f"{use.library} ({_files(use)}) is a second library to {job}, beside {main.library} ({_files(main)})",
        function=first.file.functions[first.function],
        line=first.line,
        key=f"{use.library}>{main.library}",
        path=(
            _step(main.imports[0], f"{main.library} does this here"),
            _step(first, f"{use.library} does it too"),
        ),
        confidence=0.75 if len(use.imports) == 1 and len(main.imports) >= STRAY else 0.6,
        mend=f"Use {main.library} here, and remove {use.library} from the requirements.",
    )


def _files(use: Use) -> str:
    return "1 file" if len(use.imports) == 1 else f"{len(use.imports)} files"


def _step(one: Import, message: str) -> Step:
    return Step(Place(one.file.path, one.line, one.line), message)
