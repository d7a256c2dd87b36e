"""How the program is told which PostgreSQL database to use: by the variables that its own source reads."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox.nested import within
from seatrial.sandbox.texts import composed, prefixes, texts

_URL = re.compile(
    r"\b(?:[A-Za-z]+_+)*(?:DATABASE|DB|POSTGRES(?:QL)?|PG|SQLALCHEMY(?:_DATABASE)?)_{1,2}(?:ASYNC_|SYNC_|MAIN_|PRIMARY_)?(?:URL|URI|DSN|CONNECTION)\b",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\b(?:POSTGRES(?:QL)?|DB|DATABASE|PG)_{0,2}(?:HOST(?:NAME)?|SERVER|PORT|USER(?:NAME)?|PASSWORD|PASS|DB|NAME|DATABASE)\b",
    re.IGNORECASE,
)
_GIVEN = re.compile(r"^[ \t]*(?:export[ \t]+)?(\w+)[ \t]*=[ \t]*[\"']?postgres(?:ql)?(?:\+\w+)?://", re.MULTILINE)
"""A variable of an example that leads to such a database, whatever it is called."""
_EXAMPLES = (".env", ".example", ".sample", ".template", ".dist")
_SCHEME = re.compile(r"\b(postgres(?:ql)?(?:\+\w+)?)://")
_DEMANDED = re.compile(r"\b(?:not|assert)\s+[\w.\[\]\"']+\.startswith\(\s*[\"'](postgres(?:ql)?(?:\+\w+)?)://")
"""How an address must begin, or it is refused."""
DRIVERS = ("asyncpg", "psycopg2", "psycopg")
_LED = re.compile(r"(postgres(?:ql)?(?:\+\w+)?|asyncpg|psycopg)://")
"""How an address of such a database begins, in SQLAlchemy's form and in Tortoise's."""
_SPOKEN = re.compile(r"\bpostgres(?:ql)?(?:_psycopg2\b|\b)|\bdj_database_url\b")
_UNSAID = re.compile(r"\bdj_database_url\.(?:config|parse)\(|\benv\.db(?:_url)?\(\s*(?:default|\))")
"""Libraries that read the URL from where it usually is, without the program naming it."""
_READ = (".py", *_EXAMPLES, ".yml", ".yaml", ".toml", ".cfg", ".ini", ".txt", "Pipfile")
_OTHERS = frozenset({"node_modules", "site-packages", ".git", "docs", "frontend"})
# seatrial: allow[hardcoded-credential] because the server of a trial trusts everybody on this machine
USER, PASSWORD = "postgres", "seatrial"


class Wish(NamedTuple):
    """What a program says of PostgreSQL."""

    names: tuple[str, ...]
    """Variables that its source reads for the connection."""
    scheme: str
    """How its own URLs begin."""


def wish(root: Path, installed: Collection[str]) -> Wish | None:
    """What the program at `root` says of PostgreSQL; None if it does not speak of it, or has no driver installed."""
    read = [*texts(root, _READ, _OTHERS)]
    text = "\n".join(text for _, text in read)
    given = {name for file, text in read if file.name.endswith(_EXAMPLES) for name in _GIVEN.findall(text)}
    here = [driver for driver in DRIVERS if driver in installed]
    drivers = [driver for driver in here if re.search(rf"\b{driver}\b", text)] or here * bool(_SPOKEN.search(text))
    if not drivers:
        return None
    spoken = "\n".join((text, *within(read)))
    names = {found[0] for pattern in (_URL, _PARTS) for found in pattern.finditer(spoken)}
    names = (names | {"DATABASE_URL"} if _UNSAID.search(text) else names) - {"dj_database_url"}
    names = (names - composed(text)) | given
    before = prefixes(text)
    names |= {f"{one}{name}" for one in before for name in names - given if not name.upper().startswith(before)}
    schemes = [scheme for scheme in _SCHEME.findall(text) if scheme != "postgres"]
    schemes = [scheme for scheme in schemes if not scheme.partition("+")[2] or scheme.partition("+")[2] in drivers]
    if "sqlalchemy" not in installed:
        schemes = [scheme for scheme in schemes if "+" not in scheme]
    scheme = max(schemes, key=lambda one: ("+" in one, schemes.count(one)), default="postgresql")
    if "sqlalchemy" in installed and "sqlalchemy" in text and "+" not in scheme and "psycopg2" not in installed:
        scheme = f"postgresql+{drivers[-1]}"
    demanded = _DEMANDED.search(text)
    return Wish(tuple(sorted(names)), demanded[1] if demanded else scheme)


def scheme_of(address: str) -> str:
    """How an address of such a database begins; empty if it is none."""
    found = _LED.match(address)
    return found[1] if found else ""


def driver_of(address: str) -> str:
    """The driver that an address of such a database names; empty if it names none."""
    named = scheme_of(address).rpartition("+")[2]
    return named if named in DRIVERS else ""


def variables(wished: Wish, port: int, name: str) -> Mapping[str, str]:
    """Values for the variables, which lead to the database `name` on this machine; in capitals and as written."""
    url = address(wished, port, name)
    parts = {one for one in wished.names if _PARTS.fullmatch(one) and not _URL.fullmatch(one)}
    values = {one: _part(one.lower(), port, name) if one in parts else url for one in wished.names}
    return {**{one.upper(): value for one, value in values.items()}, **values}


def address(wished: Wish, port: int, name: str) -> str:
    """The URL that leads to the database `name` on this machine."""
    return f"{wished.scheme}://{USER}:{PASSWORD}@127.0.0.1:{port}/{name}"


def _part(name: str, port: int, database: str) -> str:
    if name.endswith(("host", "hostname", "server")):
        return "127.0.0.1"
    if name.endswith("port"):
        return str(port)
    if name.endswith(("user", "username")):
        return USER
    return PASSWORD if name.endswith(("password", "pass")) else database
