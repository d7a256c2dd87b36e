"""How old a program is, and which Python was usual then: what it asks for is found as it was at that time."""

import json
import re
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any

from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from seatrial.sandbox.pip_settings import pip_settings

_PYPI = "https://pypi.org/simple"
_PIN = re.compile(r"^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*==\s*([\w.!+]+)")
_MOST = 200
_AT_ONCE = 16
_PATIENCE = 10
_OLD = timedelta(days=300)
"""What is younger runs with what is there today."""
_SPREAD = timedelta(days=200)
"""How long after a Python came out most libraries were built for it."""


def is_old(day: str) -> bool:
    """Whether libraries have moved on since the day (`2021-06-30`; empty: not known)."""
    return bool(day) and date.fromisoformat(day) < datetime.now(UTC).date() - _OLD


def usual_python(day: str) -> int:
    """The minor version of the newest Python 3 that most libraries were built for on the day.

    Source: PEP 596 and 602: 3.9 came in October 2020, and another every October since.
    """
    then = date.fromisoformat(day) - _SPREAD
    return then.year - 2011 - (then.month < 10)


def of_pins(requirements: Iterable[str], python: Path) -> str:
    """The day on which the newest of the exact versions came out, as the index of packages tells.

    Empty if it does not tell, or most requirements are not exact: what comes with them is of another day.
    `python` is an interpreter whose pip knows the user's index.
    """
    wanted = list(requirements)
    pins = [found for one in wanted if (found := _PIN.match(one))][:_MOST]
    if len(pins) * 2 < min(len(wanted), _MOST):
        return ""
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        days = threads.map(partial(_released, index(python)), [pin[1] for pin in pins], [pin[2] for pin in pins])
        return max(days, default="")


def index(python: Path) -> str:
    """The address of the index of packages that the pip of an interpreter asks."""
    return pip_settings(python).get("index-url", _PYPI).rstrip("/")


def _released(address: str, name: str, version: str) -> str:
    """The day of a version (PEP 700); empty where the index does not tell."""
    headers = {"Accept": "application/vnd.pypi.simple.v1+json"}
    request = urllib.request.Request(f"{address}/{canonicalize_name(name)}/", headers=headers)  # noqa: S310 -- the user's own index
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 -- the same
            return _day(json.load(answer).get("files", ()), version)
    except (OSError, HTTPException, ValueError):
        return ""


def _day(files: Sequence[Mapping[str, Any]], version: str) -> str:
    return min((str(one.get("upload-time", ""))[:10] for one in files if _is_of(one["filename"], version)), default="")


def _is_of(file: str, version: str) -> bool:
    try:
        found = (parse_wheel_filename(file) if file.endswith(".whl") else parse_sdist_filename(file))[1]
        return found == Version(version)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        return False
