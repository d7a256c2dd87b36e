"""Asks services on the network: the only place that opens a connection, and only when the user asks for it.

What leaves the machine is names and versions of distributions. Addresses come from the environment of the user, never
from the audited tree, which could else send them anywhere.
"""

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import Request, urlopen

from seatrial.errors import ConfigError, SourceError

OSV_VARIABLE = "SEATRIAL_OSV_ADDRESS"
OSV_ADDRESS = "https://api.osv.dev"
INDEX_VARIABLE = "SEATRIAL_INDEX_ADDRESS"
"""Address of a package index's list of projects (PEP 503), for instance that in pip's `index-url`."""

_PATIENCE = 20.0
"""Seconds to wait for an answer."""
_LARGEST = 64_000_000
"""Bytes of an answer that are read."""
_AT_ONCE = 8
_BATCH = 500
_SURELY_THERE = "pip"
"""A name that every complete index has: one that does not have it proves nothing by lacking another."""


def advisories(chosen: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """The advisories on these names and versions, each as the database's JSON.

    Raises `SourceError` when the database does not answer as https://google.github.io/osv.dev/api/ says.
    """
    base = _address(OSV_VARIABLE, OSV_ADDRESS)
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version} for name, version in sorted(set(chosen))
    ]
    ids: set[str] = set()
    for start in range(0, len(queries), _BATCH):
        ids |= set(_ids(base, queries[start : start + _BATCH]))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda one: _get(f"{base}/v1/vulns/{quote(one, safe='')}"), sorted(ids))


def _ids(base: str, queries: list[dict[str, Any]]) -> Iterator[str]:
    """The ids of the advisories on a batch; what did not fit into an answer is asked for again."""
    while queries:
        body = json.dumps({"queries": queries}).encode()
        results = _decoded(base, _get(f"{base}/v1/querybatch", body)).get("results", [])
        again = []
        for query, result in zip(queries, results, strict=False):
            yield from (str(one["id"]) for one in (result or {}).get("vulns", []))
            if token := (result or {}).get("next_page_token"):
                again.append({**query, "page_token": token})
        queries = again


def published(names: Iterable[str]) -> dict[str, bool]:
    """Whether the index has each of these names (normal form); those that it did not answer for are left out.

    Raises `ConfigError` without an address, `SourceError` when the index lacks what every index has.
    """
    base = _address(INDEX_VARIABLE, "")
    if not base:
        raise ConfigError(f"--online asks a package index: give its address in {INDEX_VARIABLE}.")
    if not _has(base, _SURELY_THERE):
        raise SourceError(f"{base} does not have `{_SURELY_THERE}`, so what it lacks says nothing. Is it an index?")
    wanted = sorted(set(names))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        answers = pool.map(lambda name: _has(base, name), wanted)
        return {name: there for name, there in zip(wanted, answers, strict=True) if there is not None}


def _has(base: str, name: str) -> bool | None:
    """Whether the index has a project; None if it neither says yes nor says that it knows no such project."""
    try:
        _get(f"{base}/{quote(name, safe='')}/")
    except _RefusedError as error:
        return False if error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE) else None
    return True


class _RefusedError(SourceError):
    """A service answered, but not with what was asked for."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(f"{url} answered with status {status}.")
        self.status = status


def _address(variable: str, default: str) -> str:
    address = os.environ.get(variable, default).rstrip("/")
    if address and not address.startswith(("https://", "http://")):
        raise ConfigError(f"{variable} is no address: it must begin with https:// or http://.")
    return address


def _get(url: str, body: bytes | None = None) -> bytes:
    request = Request(url, body, {"User-Agent": "seatrial", "Content-Type": "application/json"})  # noqa: S310 - `_address` lets http and https pass alone
    try:
        with urlopen(request, timeout=_PATIENCE) as answer:  # noqa: S310 - as above
            return bytes(answer.read(_LARGEST))
    except HTTPError as error:
        raise _RefusedError(url, error.code) from error
    except (URLError, OSError) as error:
        raise SourceError(f"{url} cannot be reached ({getattr(error, 'reason', error)}).") from error


def _decoded(base: str, answer: bytes) -> dict[str, Any]:
    try:
        found = json.loads(answer)
    except ValueError as error:
        raise SourceError(f"{base} did not answer with JSON: is it the address of the database?") from error
    return found if isinstance(found, dict) else {}
