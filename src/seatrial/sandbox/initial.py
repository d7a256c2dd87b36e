"""What a database is set up with before a program begins: the SQL that its compose files or images give the server.

Source: the official image of PostgreSQL, "Initialization scripts": `/docker-entrypoint-initdb.d`.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from seatrial.sandbox.decoding import decoded
from seatrial.sandbox.texts import texts

_GIVEN = re.compile(r"[\"']?([\w./-]+)[\"']?(?::|[\s,\"']+)/docker-entrypoint-initdb\.d")
_SAYS = (".yml", ".yaml", "ockerfile", ".dockerfile")
_OTHERS = frozenset({"node_modules", "site-packages", ".git"})
_PIECE = re.compile(r"(?:[^;'\"$\-/]+|'(?:[^']|'')*'|\"[^\"]*\"|(\$\w*\$).*?\1|--[^\n]*|/\*.*?\*/|[$\-/])+", re.DOTALL)
"""One statement: what stands between two semicolons outside of texts, bodies and comments."""
_OF_PSQL = re.compile(r"^\s*\\.*$", re.MULTILINE)
_LARGEST = 1_000_000


def scripts(root: Path) -> list[Path]:
    """The files of SQL that a server of PostgreSQL is given, in the order in which it runs them."""
    found: list[Path] = []
    for file, text in texts(root, _SAYS, _OTHERS):
        for said in _GIVEN.findall(text):
            place = (file.parent / said).resolve()
            inside = place.is_relative_to(root.resolve())
            found.extend([place] if place.suffix == ".sql" and inside and place.is_file() else [])
            found.extend(sorted(place.glob("*.sql")) if inside and place.is_dir() else ())
    return [file for file in dict.fromkeys(found) if file.stat().st_size < _LARGEST]


def set_up(root: Path, files: Sequence[Path], url: str) -> tuple[str, ...]:
    """Runs the files; what cannot be run is passed over, as a server does that is told to go on. What to say of it."""
    from psycopg import Error, connect  # noqa: PLC0415 - of an extra

    with connect(url, autocommit=True) as connection:
        for statement in (one for file in files for one in _statements(decoded(file))):
            with suppress(Error):
                connection.execute(statement.encode())
    names = [str(file.relative_to(root.resolve())) for file in files]
    return tuple(f"its database was set up with {name}, as its own server is" for name in names)


def _statements(text: str) -> Iterator[str]:
    plain = _OF_PSQL.sub("", text)
    yield from (found[0] for found in _PIECE.finditer(plain) if found[0].strip())
