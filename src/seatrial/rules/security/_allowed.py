"""Where the owners told another scanner of secrets that what lies there is known: somebody has looked."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from seatrial.model.source import Manifest

_GITLEAKS = ".gitleaks.toml"
_BASELINE = ".secrets.baseline"


def allowed(manifests: Iterable[Manifest]) -> Callable[[str], bool]:
    """Whether gitleaks is told to leave a path, or an audit of detect-secrets said that it holds none.

    Only files at the root are read, as both tools do. What cannot be read allows nothing.
    """
    texts = {one.path: one.text for one in manifests if one.path in {_GITLEAKS, _BASELINE}}
    patterns, audited = list(_paths(texts.get(_GITLEAKS, ""))), _audited(texts.get(_BASELINE, ""))
    return lambda path: path in audited or any(pattern.search(path) for pattern in patterns)


def _paths(text: str) -> Iterator[re.Pattern[str]]:
    """The `paths` of the global allowlists: regular expressions for any part of a path."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lists = (told.get("allowlist"), *(told.get("allowlists") or ()))
    for path in (path for one in lists if isinstance(one, dict) for path in one.get("paths", ())):
        try:
            yield re.compile(str(path))
        except re.error:
            continue


def _audited(text: str) -> set[str]:
    """The files of which every entry of a baseline was judged by somebody to be no secret."""
    try:
        told: Any = json.loads(text or "{}")
    except json.JSONDecodeError:
        return set()
    results = told.get("results") if isinstance(told, dict) else None
    return {
        path
        for path, entries in (results.items() if isinstance(results, dict) else ())
        if entries and all(isinstance(one, dict) and one.get("is_secret") is False for one in entries)
    }
