"""Which extensions of PostgreSQL a program asks for, as its files tell."""

import re
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox.texts import texts

_MADE = re.compile(
    r"CREATE EXTENSION\s+(?P<unless>IF NOT EXISTS\s+)?[\\\"'`]*(?P<sql>[a-z][\w-]*)"
    r"|\bCreateExtension\(\s*[\"'](?P<named>[\w-]+)",
    re.IGNORECASE,
)
_OPERATION = re.compile(r"\b(?P<name>[A-Z]\w+)Extension\(\s*\)")
_OPERATIONS = {
    "Bloom": "bloom",
    "BtreeGin": "btree_gin",
    "BtreeGist": "btree_gist",
    "CIText": "citext",
    "Crypto": "pgcrypto",
    "HStore": "hstore",
    "Trigram": "pg_trgm",
    "Unaccent": "unaccent",
    "Vector": "vector",
}
"""The migration operations of Django and pgvector, each with the extension that it makes."""
_MEANT = {
    "postgis": re.compile(
        r"\bgis\.db\.backends\.postgis\b|\bpostgis://|\bpostgis/postgis\b|\bgeoalchemy2?\b", re.IGNORECASE
    ),
    "timescaledb": re.compile(r"\btimescale/timescaledb\b"),
    "vector": re.compile(r"\bpgvector/pgvector\b|\bankane/pgvector\b|^(?:from|import) pgvector\b", re.MULTILINE),
}
"""Servers in which the extension is made already, and libraries that want it."""
_READ = (".py", ".sql", ".yml", ".yaml", ".sh", ".toml", ".txt", ".env", ".example", "Dockerfile")
_OTHERS = frozenset({"node_modules", "site-packages", ".git", "docs"})


class Extensions(NamedTuple):
    """What is asked for; `begun` are those that may be there before the program begins."""

    wanted: frozenset[str]
    begun: frozenset[str]


NONE = Extensions(frozenset(), frozenset())


def extensions(root: Path) -> Extensions:
    """The extensions that the program at `root` asks for."""
    wanted: set[str] = set()
    bare: set[str] = set()
    for _, text in texts(root, _READ, _OTHERS):
        for found in _MADE.finditer(text):
            name = (found["sql"] or found["named"]).lower()
            wanted.add(name)
            bare.update([name] if found["sql"] and not found["unless"] else ())
        wanted.update(_OPERATIONS[name] for name in _OPERATION.findall(text) if name in _OPERATIONS)
        wanted.update(name for name, said in _MEANT.items() if said.search(text))
    return Extensions(frozenset(wanted), frozenset(wanted - bare))
