"""Where the application object of a program may be: read from its files, without running any."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox import needs
from seatrial.sandbox.django_settings import settings_of
from seatrial.sandbox.texts import texts

_MADE = re.compile(
    r"^(?P<name>\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:\w+\.)*"
    r"(?:FastAPI|Flask|Starlette|Quart|Litestar|Sanic|FlaskApp|AsyncApp|APIFlask|NinjaAPI|connexion\.App)\(",
    re.MULTILINE,
)
_RUN = re.compile(r"^[ \t]+(?:uvicorn\.run\([\"']?(?P<served>[\w.:]+)|(?P<name>\w+)\.run\()", re.MULTILINE)
_FACTORY = re.compile(r"^(?:async )?def (?P<name>(?:create|make|get|build)_(?:\w+_)?app(?:lication)?)\(", re.MULTILINE)
_SERVED = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|daphne|granian)\b[^\n]*?\s\"?([\w.]+:[\w.]+(?:\(\))?)")
_FIRST = ("main", "app", "asgi", "wsgi", "server", "api", "run", "__init__")
_STARTERS = ("Procfile", "Dockerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "Makefile")
_OTHERS = frozenset(
    {"tests", "test", "docs", "examples", "site-packages", "node_modules", "migrations", "scripts", "tools"}
)
_LARGEST = 500_000
_DEEPEST = 3


class Candidates(NamedTuple):
    """Where to look: `module:name` in the order to try, the folders to import from, and a Django settings module."""

    names: tuple[str, ...]
    paths: tuple[str, ...]
    settings: str = ""
    more_settings: tuple[str, ...] = ()
    """What to try next where the environment lacks a module that the first asks for: a tool of developers."""


def candidates(root: Path, target: str = "") -> Candidates:
    """The candidates of the program at `root`; only `target` if the user named one."""
    folders = [root / folder for folder in ("", "src", "backend", "app", "server", "api")]
    home = needs.home(root)
    paths = tuple(str(folder) for folder in dict.fromkeys([*folders, home, home / "src"]) if folder.is_dir())
    if target and ":" not in target:
        return Candidates((), paths, target)
    if target:
        return Candidates((target,), paths)
    for file in _managed(root):
        if found := settings_of(file.parent):
            return Candidates((), (str(file.parent), *paths), found[0], tuple(found[1:]))
    top = home if home not in folders else root
    names = [*_served(root), *(_served(home) if home != root else ()), *(name for _, name in sorted(_made(top)))]
    return Candidates(tuple(dict.fromkeys(names)), paths)


def _managed(root: Path) -> list[Path]:
    """The files by which Django programs are managed, the nearest to the top; three folders down at most."""
    levels = (sorted(root.glob(f"{'*/' * depth}manage.py")) for depth in range(_DEEPEST + 1))
    own = ([file for file in found if not _OTHERS & set(file.relative_to(root).parts)] for found in levels)
    return next(filter(None, own), [])


def _served(root: Path) -> Iterator[str]:
    """What the program's own start commands name."""
    for name in _STARTERS:
        file = root / name
        if file.is_file() and file.stat().st_size < _LARGEST:
            yield from _SERVED.findall(file.read_text(errors="replace"))


def _made(root: Path) -> Iterator[tuple[tuple[int, int, int, str], str]]:
    """Objects and factories in the source, each with its rank: near the top and well named first."""
    for file, text in texts(root, (".py",), _OTHERS):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[-1] in _OTHERS or any(part.startswith(".") for part in parts):
            continue
        first = _FIRST.index(parts[-1]) if parts[-1] in _FIRST else len(_FIRST)
        module = _module(root, parts)
        for kind, pattern in enumerate((_MADE, _FACTORY, _RUN)):
            for found in pattern.finditer(text):
                served = found.groupdict().get("served") or ""
                name = served if ":" in served else f"{module}:{served or found['name']}"
                yield (kind, len(parts), first, name), name


def _module(root: Path, parts: tuple[str, ...]) -> str:
    """The dotted name under which the file is imported: from the top, or from a folder that is no package."""
    start = 0
    if len(parts) > 1 and parts[0] in {"src", "backend", "server"} and not (root / parts[0] / "__init__.py").exists():
        start = 1
    named = parts[start:-1] if parts[-1] == "__init__" else parts[start:]
    return ".".join(named) or parts[-1]
