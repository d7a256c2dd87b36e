"""Which settings module a Django program is run with, read from its files."""

import re
from collections.abc import Iterator
from pathlib import Path

from seatrial.sandbox.texts import texts

_SAID = re.compile(r"DJANGO_SETTINGS_MODULE[\"']?\s*(?:,|=|:|\]\s*=)\s*[\"']?(?P<name>[A-Za-z_][\w.]+)")
_QUOTED = re.compile(r"DJANGO_SETTINGS_MODULE[\"']\s*(?:,|\]\s*=)\s*[\"'](?P<name>[A-Za-z_][\w.]+)[\"']")
"""In code: what stands there without quotes is worked out."""
_STARTERS = (
    "Procfile",
    "Dockerfile",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    ".env",
    ".env.example",
)
_IS_ONE = re.compile(r"^(?:ROOT_URLCONF|INSTALLED_APPS)\b|^from \.\w* import \*", re.MULTILINE)
_FIRST = ("development", "dev", "local", "settings", "base", "common", "default", "__init__", "production", "prod")
"""What a developer starts with comes first: it asks for least. Tests and CI come last."""
_KIND = re.compile(r"^settings_|_settings$")
_OTHERS = frozenset({"node_modules", "site-packages", "docs"})


def settings_of(folder: Path) -> list[str]:
    """The settings modules, dotted, of the program whose `manage.py` lies in the folder, in the order to try."""
    return list(dict.fromkeys(_told(folder)))


def _told(folder: Path) -> Iterator[str]:
    starters = [folder / "manage.py", *sorted(folder.glob("*/[aw]sgi.py")), *(folder / name for name in _STARTERS)]
    for file in starters:
        if file.is_file():
            said = _QUOTED if file.suffix == ".py" else _SAID
            yield from (found["name"] for found in said.finditer(file.read_text(errors="replace")))
    yield from (name for _, name in sorted(_written(folder)))


def _written(folder: Path) -> Iterator[tuple[tuple[int, int, str], str]]:
    """The modules that are settings by what is in them, each with its rank."""
    for file, text in texts(folder, (".py",), _OTHERS):
        parts = file.relative_to(folder).with_suffix("").parts
        kind = _KIND.sub("", parts[-1]) or "settings"
        named = (
            kind != parts[-1] or kind == "settings" or (len(parts) > 1 and parts[-2] in {"settings", "config", "conf"})
        )
        if named and "." not in parts[-1] and _IS_ONE.search(text):
            rank = _FIRST.index(kind) if kind in _FIRST else len(_FIRST)
            yield (rank, len(parts), parts[-1]), ".".join(part for part in parts if part != "__init__")
