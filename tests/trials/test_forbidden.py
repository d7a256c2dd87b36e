"""What a schema forbids and a program stores is proven; what is refused, or made to fit, is not."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials import forbidden
from seatrial.trials.api import Api
from seatrial.trials.bench import Bench

PROGRAMS = Path(__file__).with_name("programs")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    with ExitStack() as stack:

        def started(faults: str) -> Bench:
            launch = Launch(
                root=PROGRAMS / "desks",
                aside=tmp_path_factory.mktemp("aside"),
                target="desks:app",
                python=sys.executable,
                env={"FAULTS": faults, "PYTHONPATH": str(PROGRAMS)},
            )
            return Bench(*stack.enter_context(launched(launch)))

        yield started


def test_what_is_forbidden_and_stored_is_proven(desks: Callable[[str], Bench]) -> None:
    (claim,) = forbidden.claims(desks("loose"))
    assert (claim.operation, claim.rules) == ("POST /desks", ("invalid-accepted",))
    assert [detail.partition(" against ")[2] for detail in claim.details] == [
        "maxLength: 20",
        "minLength: 1",
        "maximum: 10",
        "enum",
    ]


@pytest.mark.parametrize("faults", ["", "tidy", "fixed"])
def test_what_is_refused_or_made_to_fit_is_no_fault(desks: Callable[[str], Bench], faults: str) -> None:
    assert list(forbidden.claims(desks(faults))) == []


def values(schema: Mapping[str, Any], *, required: bool) -> list[Any]:
    body = {"properties": {"x": schema}, "required": ["x"] if required else []}
    content = {"requestBody": {"content": {"application/json": {"schema": body}}}}
    api = Api({"paths": {"/things": {"post": content}}})
    return [one.value for one in forbidden.forbidden(api, api.operations[0])]


def test_null_is_forbidden_where_a_value_is_required_and_may_not_be_null() -> None:
    assert values({"type": "string"}, required=True) == [None]
    assert values({"type": "string"}, required=False) == []
    assert values({"type": "string", "nullable": True}, required=True) == []
    assert values({"type": ["string", "null"]}, required=True) == []
    assert values({"anyOf": [{"type": "string"}, {"type": "null"}]}, required=True) == []


def test_what_frameworks_take_for_a_value_is_not_tried() -> None:
    assert values({"type": "integer"}, required=False) == ["seatrialother"]
    assert values({"type": "boolean"}, required=False) == []
    assert values({"type": "string", "format": "date", "maxLength": 10}, required=False) == []
    assert values({"type": "string", "readOnly": True, "maxLength": 10}, required=False) == []
