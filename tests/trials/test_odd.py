"""Odd requests differ from a plain one in one value, at every place that holds one."""

import json
from collections.abc import Sequence

from seatrial.sandbox import Call
from seatrial.trials.api import Api
from seatrial.trials.odd import Case, cases

LINE = {
    "type": "object",
    "properties": {
        "sku": {"type": "string"},
        "count": {"type": "integer"},
        "due": {"type": "string", "format": "date"},
    },
}
DOCUMENT = {
    "paths": {
        "/shops/{shop_id}/orders": {
            "post": {
                "parameters": [
                    {"name": "shop_id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "dry", "in": "query", "schema": {"type": "boolean"}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "properties": {"lines": {"type": "array", "items": {"$ref": "#/components/line"}}},
                            }
                        }
                    }
                },
            }
        }
    },
    "components": {"line": LINE},
}
BODY = {"lines": [{"sku": "a", "count": 1, "due": "2026-01-02"}]}


def made() -> Sequence[Case]:
    api = Api(DOCUMENT)
    (operation,) = api.operations
    plain = Call(method="POST", path="/shops/7/orders", headers={"x": "y"}, body=json.dumps(BODY).encode())
    return list(cases(api, operation, plain))


def test_every_place_has_odd_values_of_its_own_type() -> None:
    values = {one.name: [other.value for other in made() if other.name == one.name] for one in made()}
    assert values.keys() == {
        "shop_id",
        "dry",
        "lines",
        "lines.0",
        "lines.0.sku",
        "lines.0.count",
        "lines.0.due",
        "the body",
    }
    assert {str(2**63), "0.1", "True", "left out"} <= set(values["lines.0.count"])
    assert "'2026-02-30'" in values["lines.0.due"]
    assert "'2026-02-30'" not in values["lines.0.sku"]


def test_one_value_is_changed_and_no_other() -> None:
    for one in made():
        if one.name == "lines.0.count":
            (line,) = json.loads(one.call.body)["lines"]
            assert (line["sku"], line["due"]) == ("a", "2026-01-02")
            assert one.call.path == "/shops/7/orders"
        if one.name == "shop_id":
            assert json.loads(one.call.body) == BODY
        assert one.call.headers["x"] == "y"


def test_a_body_that_is_none_is_sent_as_it_is() -> None:
    assert {one.call.body for one in made() if one.name == "the body"} >= {b"", b"{", b"null"}


def test_a_text_that_was_taken_for_a_number_is_tried_as_a_text() -> None:
    schema = {"type": "object", "properties": {"guest_id": {"type": "integer"}}}
    said = {"requestBody": {"content": {"application/json": {"schema": schema}}}, "x-guessed": True}
    api = Api({"paths": {"/guests": {"post": said}}})
    (operation,) = api.operations

    def values(body: str) -> Sequence[str]:
        plain = Call(method="POST", path="/guests", body=body.encode())
        return [case.value for case in cases(api, operation, plain) if case.name == "guest_id"]

    assert "'\\x00'" in values('{"guest_id": "1001"}')
    assert "'\\x00'" not in values('{"guest_id": 1001}')
