"""What is mounted in an application, and what Bottle routes, is known to the trials."""

import sys
from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox.inside import apps, mounted, routes


class Inner:
    """An application that describes itself, with routes."""

    def __init__(self, document: dict[str, Any], *below: Any) -> None:
        self.document, self.routes = document, below

    def openapi(self) -> dict[str, Any]:
        return self.document


def schema(kind: str) -> dict[str, Any]:
    return {"components": {"schemas": {"Item": {"type": kind}}}}


def operation() -> dict[str, Any]:
    return {"get": {"responses": {"200": {"schema": {"$ref": "#/components/schemas/Item"}}}}}


def mount(path: str, app: Any) -> SimpleNamespace:
    return SimpleNamespace(path=path, app=app)


def test_what_is_mounted_is_told_under_its_path_and_keeps_its_own_schemas() -> None:
    admin = Inner({"paths": {"/users": operation()}, **schema("object")}, object())
    files = SimpleNamespace()
    outer = Inner({"paths": {"/": operation()}, **schema("string")}, mount("/v1/admin", admin), mount("/static", files))
    found = routes.document(SimpleNamespace(callable=outer, framework="fastapi"), "/nowhere")  # type: ignore[no-untyped-call] # it runs in any Python
    assert list(found["paths"]) == ["/", "/v1/admin/users"]
    told = found["paths"]["/v1/admin/users"]["get"]["responses"]["200"]["schema"]["$ref"]
    assert told == "#/components/schemas/Item-v1-admin"
    assert {name: one["type"] for name, one in found["components"]["schemas"].items()} == {
        "Item": "string",
        "Item-v1-admin": "object",
    }


def test_what_is_mounted_within_what_is_mounted_is_found_and_what_a_wrapper_holds() -> None:
    deep, wrapped = Inner({"paths": {"/c": {}}}), SimpleNamespace(app=Inner({"paths": {"/d": {}}}, object()))
    deep.routes = (object(),)
    middle = Inner({"paths": {"/b": {}}}, mount("/deep", deep))
    found = mounted.whole(Inner({"paths": {}}, mount("/m", middle), mount("/w", wrapped)), Inner.openapi)  # type: ignore[no-untyped-call] # as above
    assert list(found["paths"]) == ["/m/b", "/m/deep/c", "/w/d"]


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("/paste/<key:int>", "/paste/{key}"),
        ("/file/<name:path>", "/file/{name}"),
        ("/word/<w:re:[a-z]+>/<x>", "/word/{w}/{x}"),
        ("/old/:name", "/old/{name}"),
    ],
)
def test_rules_of_bottle_become_paths(rule: str, path: str) -> None:
    route = SimpleNamespace(rule=rule, method="ANY", callback=lambda: "")
    application = SimpleNamespace(routes=[route])
    found = routes.document(SimpleNamespace(callable=application, framework="bottle"), "/nowhere")  # type: ignore[no-untyped-call] # as above
    assert list(found["paths"]) == [path]
    assert list(found["paths"][path]) == ["get"]
    kinds = {one["name"]: one["schema"]["type"] for one in found["paths"][path]["get"]["parameters"]}
    assert kinds.get("key", "integer") == "integer"
    assert kinds.get("name", "string") == "string"


def test_an_application_in_a_wrapper_is_the_one_that_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    made = type("Flask", (), {"__module__": "flask.app", "__call__": lambda *_: None})()
    wrapper = type("ASGIApp", (), {"__module__": "socketio.asgi", "__call__": lambda *_: None})()
    wrapper.other_asgi_app = made
    monkeypatch.setitem(sys.modules, "wrapping", SimpleNamespace(app=wrapper))
    assert apps._resolve("wrapping", "app") is made  # type: ignore[no-untyped-call] # as above
