"""Which weaknesses other scanners' rules speak of, where their results do not say: `weaknesses.toml`."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("weaknesses.toml")
_RUFF = re.compile(r"S(?=\d{3}$)")


def weaknesses(scanner: str, rule: str) -> tuple[int, ...]:
    """The CWE numbers of a scanner's rule, by the scanner's name as `scanner_name` gives it; none if not known."""
    if scanner == "ruff":
        scanner, rule = "bandit", _RUFF.sub("B", rule)
    return tuple(_table().get(scanner, {}).get(rule, ()))


@cache
def _table() -> Mapping[str, Mapping[str, list[int]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
