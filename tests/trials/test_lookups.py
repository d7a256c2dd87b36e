"""What is looked for is a value that rows may hold, and that few rows share: else an index tells nothing."""

from types import SimpleNamespace
from typing import Any

import pytest

from seatrial.sandbox import Answer, Call, Column, Table
from seatrial.trials import plans
from seatrial.trials.api import Api
from seatrial.trials.scaling import requests

COLUMNS = tuple(
    Column(name=one, kind="text", nullable=False, primary=False, defaulted=False) for one in ("status", "owner")
)
TICKETS = Table("tickets", COLUMNS, (), ())


def asked(schema: dict[str, Any]) -> list[tuple[str, str]]:
    """The requests for a list that one text narrows down."""
    parameter = {"name": "status", "in": "query", "schema": schema}
    (operation,) = Api({"paths": {"/tickets": {"get": {"parameters": [parameter]}}}}).operations
    plain = Call(method="GET", path="/tickets")
    application = SimpleNamespace(call=lambda *_, **__: Answer(200, {}, b"[]", 0.0))
    bench: Any = SimpleNamespace(reads=lambda: [(operation, plain)], application=application)
    return [(name, call.path) for name, call in requests(bench)]


def test_of_a_few_texts_one_is_asked_for() -> None:
    told = {"type": "string", "examples": ["in progress", "closed"]}
    assert asked(told)[1] == ("GET /tickets?status=", "/tickets?status=in%20progress")
    assert asked({"type": "string"})[1] == ("GET /tickets?status=", "/tickets?status=seatrial")


@pytest.mark.parametrize(("kept", "wanted"), [(0, ["owner"]), (5, ["status", "owner"])])
def test_what_no_row_holds_says_nothing_of_an_index_on_a_label(kept: int, wanted: list[str]) -> None:
    plan = {
        "Node Type": "Seq Scan",
        "Relation Name": "tickets",
        "Filter": "((status = 'seatrial'::text) AND (owner = 'me'::text))",
        "Actual Rows": kept,
        "Rows Removed by Filter": 995,
    }
    (scan,) = plans.scans(plan, [TICKETS])
    assert scan.candidates() == wanted
