"""Limits on how often somebody may ask are lifted where a library counts, and told where the program counts itself."""

import asyncio
import inspect
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.sandbox.inside import limits
from seatrial.trials import edge
from seatrial.trials.bench import Bench
from seatrial.trials.unfit import unfit
from trees import write

LIBRARY = """
class Fixed:
    def __init__(self):
        self.hits = 0

    def hit(self, most):
        self.hits += 1
        return self.hits <= most

    def test(self, most):
        return self.hits < most
"""
PROGRAM = """
from urllib.parse import parse_qs

from {library} import Fixed

limiter = Fixed()


def openapi():
    query = [{{"name": "size", "in": "query", "required": True, "schema": {{"type": "integer"}}}}]
    return {{"openapi": "3.1.0", "paths": {{"/pages": {{"get": {{"parameters": query}}}}}}}}


def app(environ, start_response):
    status = "200 OK" if limiter.test(3) and limiter.hit(3) else "429 Too Many Requests"
    size = parse_qs(environ["QUERY_STRING"]).get("size", [""])[0]
    pages = 100 // int(size) if status == "200 OK" and size.isdigit() else 0
    start_response(status, [("Content-Type", "application/json")])
    return [str(pages).encode()]


app.openapi = openapi
"""


@pytest.mark.parametrize("library", ["limits.strategies", "limits_of_ours.strategies"])
def test_what_a_library_would_refuse_for_its_number_is_seen(tmp_path: Path, library: str) -> None:
    package = library.partition(".")[0]
    files = {f"{package}/__init__.py": "", f"{package}/strategies.py": LIBRARY}
    tree = write(tmp_path / "tree", {**files, "pages.py": PROGRAM.format(library=library)})
    launch = Launch(root=tree, aside=tmp_path, target="pages:app", python=sys.executable, workers=1)
    with launched(launch) as (application, started):
        bench = Bench(application, started)
        found = {one.value for one in edge.run(bench)}
        is_told = any("refused for their number (429)" in gap.reason for gap in unfit(bench))
        is_lifted = any(note.endswith("are lifted: limits") for note in started.notes)
    assert (found, is_told, is_lifted) == ((set(), True, False) if "ours" in library else ({"'0'"}, False, True))


class Throttle:
    def allow_request(self, *_: object) -> bool:
        return False


class Depended:
    async def __call__(self, request: object, response: object) -> object:
        raise RuntimeError(request, response)


class Awaited:
    async def hit(self, *_: object) -> bool:
        return False


def module(name: str, **values: Any) -> Any:
    made = ModuleType(name)
    vars(made).update(values)
    for one in values.values():
        one.__module__ = name
    return made


def test_other_libraries_refuse_nothing_either() -> None:
    limits.throttles(module("rest_framework.throttling", SimpleRateThrottle=Throttle))
    limits.depended_on(module("fastapi_limiter.depends", RateLimiter=Depended))
    limits.awaited_strategies(module("limits.aio.strategies", Fixed=Awaited))
    ratelimit = module("django_ratelimit.core", get_usage=lambda *_, **__: {"count": 9, "should_limit": True})
    limits.usage(ratelimit)
    request = SimpleNamespace()
    assert Throttle().allow_request(request, None)
    assert asyncio.run(Depended()(request, None)) is None
    assert asyncio.run(Awaited().hit(1))
    assert ratelimit.get_usage(request) == {"count": 9, "should_limit": False}
    assert list(inspect.signature(Depended.__call__).parameters) == ["self", "request", "response"]
