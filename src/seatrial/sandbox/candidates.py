"""Where the application object of a program may be: read from its files, without running any."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from seatrial.sandbox import needs
from seatrial.sandbox.commands import objects, served
from seatrial.sandbox.django_settings import settings_of
from seatrial.sandbox.pythons import BY_URL
from seatrial.sandbox.texts import texts

_FACTORIES = r"(?:(?:create|make|get|build)_(?:\w+_)?app(?:lication)?|app(?:lication)?_factory)"
_MADE = re.compile(
    r"^(?P<name>\w+)(?:\s*:[^=\n]+)?\s*=\s*(?:\w+\.)*"
    r"(?:FastAPI|Flask|Starlette|Quart|Litestar|Sanic|FlaskApp|AsyncApp|APIFlask|OpenAPI|NinjaAPI|connexion\.App"
    rf"|falcon(?:\.asgi)?\.(?:App|API)|Bottle|{_FACTORIES})\(",
    re.MULTILINE,
)
_BY_ITSELF = {
    "aiohttp": re.compile(r"^(?:from aiohttp import|import aiohttp)(?s:.)*\bweb\.Application\(", re.MULTILINE),
    "tornado": re.compile(r"^(?:from|import) tornado\b(?s:.)*\bApplication\(", re.MULTILINE),
    "twisted": re.compile(r"^from twisted\.web\b(?s:.)*\bSite\(", re.MULTILINE),
}
"""Frameworks whose applications are neither ASGI nor WSGI."""
_CALLED = re.compile(r"^(?P<name>app|application|api|server)(?:\s*:[^=\n]+)?\s*=\s*[\w.]+\(", re.MULTILINE)
_RUN = re.compile(
    r"^[ \t]+(?:uvicorn\.run\([\"']?(?P<served>[\w.:]+)|(?!asyncio|anyio|subprocess|uvicorn)(?P<name>\w+)\.run\()",
    re.MULTILINE,
)
_FACTORY = re.compile(rf"^(?:async )?def (?P<name>{_FACTORIES})\(", re.MULTILINE)
_TAKEN = re.compile(r"^from [\w.]+ import (?:[^\n#]*\b)?(?P<name>app|application)\b", re.MULTILINE)
"""An application that another module made: its routes may be added where it is taken."""
_IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_FIRST = ("main", "app", "asgi", "wsgi", "server", "api", "run", "__init__")
_OTHERS = frozenset(
    {
        *("tests", "test", "docs", "examples", "scripts", "tools"),
        *("site-packages", "node_modules", "migrations", "build", "dist"),
    }
)
_DEEPEST = 3


class Candidates(NamedTuple):
    """Where to look: `module:name` in the order to try, the folders to import from, and a Django settings module.

    Of the folders, the first is where the program is run; in which of the others it lies is seen when it is imported.
    """

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
    made = sorted(_made(home if home not in folders else root))
    names = [*_commanded(root), *(_commanded(home) if home != root else ()), *(one.name for one in made)]
    further = [str(one.top) for one in made] + [str(_top_of(root, name)) for name in names]
    return Candidates(tuple(dict.fromkeys(names)), tuple(dict.fromkeys((*paths, *further))))


class _Made(NamedTuple):
    """An object in the source, those near the top and well named first."""

    kind: int
    depth: int
    first: int
    name: str
    top: Path
    """The folder that its module is imported from."""


def served_by_itself(root: Path) -> str:
    """What to say of a program that is made for a server of its own, and for no other; empty if it is not."""
    found = [text for _, text in texts(root, (".py",), _OTHERS)]
    if any(_MADE.search(text) for text in found):
        return ""
    kinds = (name for name, made in _BY_ITSELF.items() if any(made.search(text) for text in found))
    name = next(kinds, "")
    return f"It is of {name}, which is served by itself alone: start it yourself, and {BY_URL}." if name else ""


def _managed(root: Path) -> list[Path]:
    """The files by which Django programs are managed, the nearest to the top; three folders down at most."""
    levels = (sorted(root.glob(f"{'*/' * depth}manage.py")) for depth in range(_DEEPEST + 1))
    own = ([file for file in found if not _OTHERS & set(file.relative_to(root).parts)] for found in levels)
    return next(filter(None, own), [])


def _commanded(folder: Path) -> Iterator[str]:
    """What the program's own start commands serve."""
    for said in served(folder):
        yield from objects(said, folder)


def _made(root: Path) -> Iterator[_Made]:
    """Objects and factories in the source; what is only taken from another module comes last."""
    for file, text in texts(root, (".py",), _OTHERS):
        parts = file.relative_to(root).with_suffix("").parts
        if parts[-1] in _OTHERS or any(part.startswith(".") for part in parts):
            continue
        first = _FIRST.index(parts[-1]) if parts[-1] in _FIRST else len(_FIRST)
        top = _top(root, file, text)
        inner = file.relative_to(top).with_suffix("").parts
        module = ".".join(inner[:-1] if inner[-1] == "__init__" else inner) or parts[-1]
        patterns = (_MADE, _CALLED, _FACTORY, _RUN, *([_TAKEN] if first < len(_FIRST) else []))
        for kind, pattern in enumerate(patterns):
            for found in pattern.finditer(text):
                said = found.groupdict().get("served") or ""
                name = said if ":" in said else f"{module}:{said or found['name']}"
                yield _Made(kind, len(parts), first, name, top)


def _top(root: Path, file: Path, text: str) -> Path:
    """The folder that a file is imported from: that in which most of what the file imports lies, the highest first.

    Where its imports do not tell, the top, or a usual folder below it that is no package.
    """
    below = root / file.relative_to(root).parts[0]
    usual = below if below.name in {"src", "backend", "server"} and not (below / "__init__.py").exists() else root
    above = [folder for folder in reversed(file.parents) if folder.is_relative_to(root)]
    wanted = set(_IMPORT.findall(text))
    found = {folder: sum(_holds(folder, name) for name in wanted) for folder in (usual, *above) if folder.is_dir()}
    return max(found, key=lambda folder: found[folder], default=root)


def _top_of(root: Path, name: str) -> Path:
    """The folder that a module which a command names is imported from, if it is none of the usual ones."""
    module = name.partition(":")[0].replace(".", "/")
    below = (sorted(root.glob(f"{'*/' * depth}")) if depth else [root] for depth in range(_DEEPEST))
    folders = (folder for level in below for folder in level if not _OTHERS & {*folder.relative_to(root).parts})
    return next((folder for folder in folders if _holds(folder, module)), root)


def _holds(folder: Path, module: str) -> bool:
    return (folder / f"{module}.py").is_file() or (folder / module).is_dir()
