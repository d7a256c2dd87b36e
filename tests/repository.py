"""This repository, as its own promises see it."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from seatrial.app.listing import listing

ROOT = Path(__file__).parents[1]
GUIDES = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "requirements/README.md")


def text(path: str) -> str:
    """A file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


def project() -> Mapping[str, Any]:
    """`pyproject.toml`."""
    return tomllib.loads(text("pyproject.toml"))


def files(*suffixes: str, below: str = "") -> list[str]:
    """What belongs to the repository, as paths from its root, sorted: of these suffixes (all without any)."""
    paths = listing(ROOT).paths
    return [path for path in paths if path.startswith(below) and path.endswith(suffixes or "") and exists(path)]


def exists(pattern: str) -> bool:
    """True if the path exists; `<name>`, `*` and `…` in it stand for any one part."""
    glob = re.sub(r"<[^>]*>|…", "*", pattern).strip("/")
    return any(ROOT.glob(glob)) if "*" in glob else (ROOT / glob).exists()


def guides() -> list[str]:
    """Every page for people: those at the top and all of `docs`."""
    return [*GUIDES, *files(".md", below="docs/")]


def code_in(page: str) -> Iterator[str]:
    """What a Markdown text sets as code: fenced and indented blocks, and spans."""
    fenced = r"^(?:```|~~~)[^\n]*\n(.*?)^(?:```|~~~)\s*$"
    yield from re.findall(fenced, page, re.MULTILINE | re.DOTALL)
    rest = re.sub(fenced, "", page, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"^(?: {4}|\t)(.+)$", rest, re.MULTILINE)
    yield from re.findall(r"`([^`\n]+)`", rest)
