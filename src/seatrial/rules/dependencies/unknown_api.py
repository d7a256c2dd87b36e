"""The code asks an installed library for a name or keyword that this version of it does not have.

Assistants write interfaces from memory: of another version, of another library, or of none. The line fails with an ImportError,
AttributeError or TypeError the first time that it runs, and on a way that is seldom taken that is in production.

Use what the installed version offers (the message names what is near), or move to the version that has it.

Needs an environment beside the code (`.venv`, or the setting `environment`): its files are read as text, never imported. A module
that was not read wholly (C, `__getattr__`, names made at run time) says nothing.

## Bad: a name that is not there

```.venv/lib/python3.12/site-packages/acme/__init__.py
from ._client import Client as Client, connect as connect

__version__ = "2.0"
```

```.venv/lib/python3.12/site-packages/acme/_client.py
class Base:
    def close(self):
        self.closed = True


class Client(Base):
    def __init__(self, url, *, timeout=None):
        self.url = url

    def send(self, data, retries=0):
        return data


def connect(url, timeout=5):
    return Client(url, timeout=timeout)
```

```shop/web.py
import acme
from acme import Client, Conection  # finding: acme
from acme._client import Base


def sync(url):
    client = Client(url, timeout=3)
    client.send_all([1])  # finding: send
    client.send(1, retrys=2)  # finding: retries
    client.close()
    return acme.conect(url)  # finding: connect


def quick(url):
    return acme.connect(url, time_out=3)  # finding: timeout


class Shop:
    def __init__(self, url):
        self.client = Client(url, retries=3)  # finding: retries

    def sell(self, item):
        return self.client.submit(item)  # finding: acme.Client
```

## Bad: an annotated parameter, a variable of the module, a submodule

```.venv/lib/python3.12/site-packages/acme/__init__.py
```

```.venv/lib/python3.12/site-packages/acme/store.py
class Store:
    limit = 5

    @classmethod
    def open(cls, path): ...
```

```shop/keep.py
from acme import stores  # finding: store
from acme.store import Store

store = Store()


def keep(where: Store, item):
    where.put(item)  # finding: put
    store.get(item)  # finding: get
    Store.opne("x")  # finding: open
```

## Good

```.venv/lib/python3.12/site-packages/acme/__init__.py
from .names import *
from . import lazy
import sys

if sys.version_info >= (3, 11):
    def fresh(): ...


def open_any(path, **options): ...
```

```.venv/lib/python3.12/site-packages/acme/names.py
import abc
from typing import overload


def ask(question, *, deep=False): ...


@overload
def choose(a: int) -> int: ...
@overload
def choose(a: str, b: str = "") -> str: ...
def choose(a, b=""): ...


class Bag:
    def __getattr__(self, name): ...


class Plain(Exception):
    def __init__(self, reason):
        self.reason = reason


class Row(dict):
    def first(self): ...


class Upload:
    def read(self): ...


class FileUpload(Upload):
    def path(self): ...


class Provider(abc.ABC):
    @abc.abstractmethod
    def tracer(self): ...


def provider() -> Provider: ...


def upload() -> Upload: ...


def maybe() -> Upload | None: ...


async def later_on() -> Upload: ...


def swallow(**anything): ...


def keep(**anything):
    return dict(anything)


def hand(url, **options):
    return elsewhere(url, **options)


def stream():
    yield Upload()
```

```.venv/lib/python3.12/site-packages/acme/lazy.py
def __getattr__(name): ...
```

```.venv/lib/python3.12/site-packages/acme/sub/__init__.py
```

```shop/web.py
import acme
import acme.sub
import acme.names
from acme import Bag, Plain, Row, Upload, ask, choose, fresh, lazy
from acme.lazy import whatever
import missing_library

try:
    from acme import old_name
except ImportError:
    old_name = None


def use():
    ask("x", deep=True)
    choose(1, b="")
    acme.open_any("x", anything=1)
    acme.lazy.something()
    Bag().anything()
    Row().items()
    acme.sub.__name__
    fresh()
    if hasattr(acme, "newer"):
        acme.newer()
    if acme.__version__ > "2":
        acme.newest(1)
    try:
        raise Plain("x")
    except Plain as error:
        return error.with_traceback(None)


def where(one: Upload):
    acme.names.provider().add(1)
    acme.names.swallow(a=1)
    acme.names.keep(a=1)
    acme.names.hand("x", a=1)
    acme.names.maybe().anything()
    acme.names.stream().send(None)
    acme.names.upload().path()
    return one.path()


def later():
    try:
        return acme.perhaps()
    except AttributeError:
        return None


acme.patched = 1
acme.patched_too = use


def patched():
    return acme.patched_too()
```

## Not found yet

```.venv/lib/python3.12/site-packages/acme/__init__.py
class Client:
    def send(self): ...


def connect():
    return Client()
```

```shop/web.py
import acme


def use():
    acme.connect().sned()  # gap: what a function without annotation gives back is not followed
```
"""

from collections.abc import Iterator
from difflib import get_close_matches

from packaging.utils import canonicalize_name

from seatrial.model import facts as f
from seatrial.model.finding import Severity
from seatrial.model.source import Installed
from seatrial.program import Program
from seatrial.program.installed import Offers
from seatrial.program.installed.uses import Lack, lacks
from seatrial.program.manifests import parse
from seatrial.rules.contract import Match, rule


@rule(severity=Severity.ERROR, category=("unknown-api",))
def check(program: Program) -> Iterator[Match]:
    """One match for each name or keyword and body, at the first line that asks for it."""
    if program.outside.library is None:
        return
    offers = Offers(program.outside.library)
    found = list(lacks(program, offers))
    given = _given(program) if found else frozenset()
    seen: set[tuple[str, int, str, str]] = set()
    for lack in found:
        where = lack.function.file.path
        key = where, lack.function.index, lack.whole, lack.name
        if not {key, (where, 0, lack.whole, lack.name)} & seen and lack.name not in given:
            seen.add(key)
            yield _match(lack, offers.owner(lack.whole), program)


def _given(program: Program) -> frozenset[str]:
    """Attributes that the program itself sets on something: it may have given the library the name."""
    stores = (step for function in program.functions for step in function.values if type(step) is f.StoreAttr)
    return frozenset(step.name for step in stores)


def _match(lack: Lack, owner: Installed | None, program: Program) -> Match:
    near = get_close_matches(lack.name, sorted(lack.others), n=1, cutoff=0.75)
    version = f" (in {owner.name} {owner.version}, which is installed)" if owner else ""
    what = (
        f"`{lack.whole}` takes no argument `{lack.name}`" if lack.is_keyword else f"`{lack.whole}` has no `{lack.name}`"
    )
    nearest = f"; did you mean `{near[0]}`?" if near else ""
    stale = owner is not None and _is_stale(owner, program)
    return Match(
        f"{what}{version}{nearest}",
        function=lack.function,
        line=lack.line,
        key=f"{lack.whole}\0{lack.name}",
        confidence=round(lack.confidence - (0.35 if stale else 0), 2),
    )


def _is_stale(owner: Installed, program: Program) -> bool:
    """Whether a lock wants another version than the one that is installed."""
    name = canonicalize_name(owner.name)
    locked = [entry for part in parse(program.manifests, program.installed).parts for entry in part.locked]
    versions = {str(entry.version) for entry in locked if entry.name == name and entry.version}
    return bool(versions) and owner.version not in versions
