"""How the program is told where its Redis is: by the variables that its own source reads."""

import re
from collections.abc import Collection, Mapping
from pathlib import Path

from seatrial.sandbox.texts import composed, prefixes, texts

CLIENTS = ("redis", "aioredis", "coredis", "valkey")
"""Modules of the program's environment that talk to a Redis."""
_URL = re.compile(
    r"\b(?:[A-Z]+_)*(?:(?:REDIS|VALKEY)(?:_[A-Z]+)*_(?:URL|URI|DSN)|BROKER(?:_URL|_URI)?|RESULT_BACKEND|CELERY_BACKEND)\b",
    re.IGNORECASE,
)
_PART = re.compile(
    r"\b(?:[A-Z]+_)*(?:REDIS|VALKEY)_{0,2}(?:[A-Z]+_)*(?:HOST(?:NAME)?|SERVER|PORT|USER(?:NAME)?|PASSWORD|PASS)\b",
    re.IGNORECASE,
)
_READ = (".py", ".env", ".example", ".yml", ".yaml", ".toml")
_OTHERS = frozenset({"node_modules", "site-packages", ".git", "docs", "frontend", "tests"})


def is_spoken_of(root: Path, clients: Collection[str]) -> bool:
    """Whether the program at `root`, whose environment has these clients, speaks of a Redis."""
    return bool(clients) and any("redis" in text.lower() for _, text in texts(root, _READ, _OTHERS))


def variables(root: Path, port: int) -> Mapping[str, str]:
    """Values for the variables that the source at `root` reads, which lead to a Redis on this machine."""
    text = "\n".join(text for _, text in texts(root, _READ, _OTHERS))
    made = {name.upper() for name in composed(text)}
    urls = {found[0].upper() for found in _URL.finditer(text)} - made
    parts = {found[0].upper() for found in _PART.finditer(text)} - made
    before = prefixes(text)
    urls |= {f"{one}{name}" for one in before for name in urls if not name.startswith(before)}
    parts |= {f"{one}{name}" for one in before for name in parts if not name.startswith(before)}
    return {**{name: _part(name, port) for name in parts}, **dict.fromkeys(urls, f"redis://127.0.0.1:{port}/0")}


def _part(name: str, port: int) -> str:
    """A server of ours asks for no password, and refuses one."""
    if name.endswith("PORT"):
        return str(port)
    return "127.0.0.1" if name.endswith(("HOST", "HOSTNAME", "SERVER")) else ""
