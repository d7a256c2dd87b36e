"""A FastAPI application that cannot describe itself as a whole is described route by route."""

import sys
from collections.abc import Sequence
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox.inside import piecewise


def described(title: str, version: str, routes: Sequence[Any]) -> dict[str, Any]:
    """As FastAPI does: a type that is nowhere defined ends the whole description."""
    if any(one.body == "Nowhere" for one in routes):
        raise NameError("`Nowhere` is not fully defined")
    paths: dict[str, Any] = {}
    for one in routes:
        paths.setdefault(one.path, {})[one.method] = {"requestBody": one.body}
    return {"info": {title: version}, "paths": paths, "components": {"schemas": {one.body: {} for one in routes}}}


@pytest.fixture(autouse=True)
def _fastapi(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fastapi", "fastapi.routing", "fastapi.openapi", "fastapi.openapi.utils"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setattr(sys.modules["fastapi"], "routing", sys.modules["fastapi.routing"], raising=False)
    monkeypatch.setattr(sys.modules["fastapi.openapi.utils"], "get_openapi", described, raising=False)


def test_only_the_route_at_fault_loses_its_body() -> None:
    told = [("/orders", "get", "Order"), ("/orders", "post", "Nowhere"), ("/items", "get", "Item")]
    application = SimpleNamespace(routes=[SimpleNamespace(path=p, method=m, body=b) for p, m, b in told])
    found = piecewise.document(application, lambda routes: {"paths": {one.path: {one.method: {}} for one in routes}})
    assert found["paths"] == {
        "/orders": {"get": {"requestBody": "Order"}, "post": {}},
        "/items": {"get": {"requestBody": "Item"}},
    }
    assert set(found["components"]["schemas"]) == {"Order", "Item"}
