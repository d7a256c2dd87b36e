"""What the program's own start commands serve: read from its Dockerfile, Procfile, compose files and scripts."""

import re
from collections.abc import Iterator
from pathlib import Path

_SCRIPTS = ("*.sh", "*ockerfile*")
_STARTERS = (
    "Procfile*",
    "*ockerfile*",
    "*compose*.y*ml",
    "*.sh",
    "Makefile",
    "justfile",
    ".flaskenv",
    "*.toml",
    "*.conf",
    "conf/*.conf",
    *(f"{folder}/{end}" for folder in ("*docker*", "deploy*", "bin", "scripts", "*/docker") for end in _SCRIPTS),
)
_SERVED = re.compile(
    r"\b(?:uvicorn|gunicorn|hypercorn|daphne|granian)\b[^\n]*?[\s,\"'\[](?!python:)([A-Za-z_][\w.]*:[A-Za-z_][\w.]*(?:\(\))?)(?=[\s\"'(,\]]|$)"
)
_NAMED = re.compile(
    r"\b(?:FLASK|QUART|LITESTAR)_APP[\"']?[ \t]*[=: ][ \t]*[\"']?([\w./:]+)"
    r"|\b(?:flask|quart|litestar)\b[^\n]*?\s--app[= \",]+([\w./:]+)"
    r"|\bfastapi[\s\",]+(?:run|dev)\b[^\n]*?[\s\"]([\w./]+\.py)"
)
_PASTED = re.compile(r"(?:\bpserve\b[^\n]*?|--paste(?:r)?)[\s=\",]+[\"']?([\w./-]+\.ini)\b")
_LARGEST = 500_000
_USUAL = ("app", "application", "create_app")


def served(folder: Path) -> Iterator[str]:
    """What is served, in the order in which it is written: `module:name`, or a module alone, dotted or as a path."""
    seen: set[Path] = set()
    for file in (file for pattern in _STARTERS for file in sorted(folder.glob(pattern))):
        if file.is_file() and file not in seen and file.stat().st_size < _LARGEST:
            seen.add(file)
            yield from _said(file.read_text(errors="replace").replace("\\\n", " "))


def _said(text: str) -> Iterator[str]:
    yield from _SERVED.findall(text)
    yield from _PASTED.findall(text)
    yield from (found[1] or found[2] or found[3] for found in _NAMED.finditer(text))


def objects(said: str, folder: Path) -> list[str]:
    """The objects that something said may mean, each as `module:name`.

    A path may be that of a container: it is the file in the folder that it ends in.
    """
    place, _, name = said.partition(":")
    if place.endswith(".ini"):
        tails = ("/".join(place.split("/")[start:]) for start in range(place.count("/") + 1))
        return [f"{one}:main" for one in tails if (folder / one).is_file()][:1]
    if "/" in place or place.endswith(".py"):
        parts = place.removesuffix(".py").strip("./").split("/")
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        place = next((one for one in tails if (folder / f"{one}.py").is_file() or (folder / one).is_dir()), "")
    module = place.strip("/").replace("/", ".")
    return [f"{module}:{one}" for one in ([name] if name else _USUAL) if module]
