"""What a body says together fits: an end after its beginning, days to come and two rows where a program wants them."""

import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials.bench import Bench
from seatrial.trials.reshaping import Shape, ended, shaped, shapes
from trees import write

DAY, LATER = "2026-01-02", "2026-01-03"


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"start_date": DAY, "end_date": DAY}, {"start_date": DAY, "end_date": LATER}),
        ({"checkIn": DAY, "checkOut": DAY}, {"checkIn": DAY, "checkOut": LATER}),
        ({"opens": "03:04:05", "closes": "03:04:05"}, {"opens": "03:04:05", "closes": "04:04:05"}),
        (
            {"stays": [{"from": DAY, "until": f"{DAY}T03:04:05Z"}]},
            {"stays": [{"from": DAY, "until": f"{DAY}T03:04:05Z"}]},
        ),
        ({"due": DAY, "weekend": "a", "trend": "a"}, {"due": DAY, "weekend": "a", "trend": "a"}),
    ],
)
def test_what_ends_is_later_than_what_begins(body: object, wanted: object) -> None:
    assert ended(body) == wanted


def none(_: str) -> Sequence[object]:
    return ()


def ports(name: str) -> Sequence[object]:
    return [3, 7] if name.endswith("_port") else ()


def test_only_shapes_in_which_a_body_is_another_are_tried() -> None:
    assert list(shapes({"name": "a", "at": 7}, ports)) == []
    assert list(shapes({"on": DAY}, none)) == [Shape(ahead=True)]
    assert list(shapes({"from_port": 7, "to_port": 7}, ports)) == [Shape(apart=True)]
    assert len(list(shapes({"on": DAY, "from_port": 7, "to_port": 7}, ports))) == 3


def test_a_number_may_be_a_text_where_its_kind_is_guessed() -> None:
    body = {"guest_id": 7, "is_new": True, "rooms": [{"count": 2}], "name": "a"}
    assert list(shapes(body, none)) == []
    assert list(shapes(body, none, guessed=True)) == [Shape(text=True)]
    made = shaped(body, Shape(text=True), none)
    assert made == {"guest_id": "7", "is_new": True, "rooms": [{"count": "2"}], "name": "a"}


GUESTS = """
import json

SCHEMA = {"type": "object", "properties": {"guest_id": {"type": "integer"}}, "required": ["guest_id"]}


def openapi():
    told = {"requestBody": {"content": {"application/json": {"schema": SCHEMA}}}}
    return {"openapi": "3.1.0", "paths": {"/read": {"post": {**told, "x-guessed": True}}, "/told": {"post": told}}}


def app(environ, start_response):
    said = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
    is_text = isinstance(said.get("guest_id"), str)
    start_response("201 Created" if is_text else "400 Bad Request", [("Content-Type", "application/json")])
    return [b"{}"]


app.openapi = openapi
"""


def test_a_text_is_sent_where_a_number_is_refused_that_nobody_promised(tmp_path: Path) -> None:
    tree = write(tmp_path / "tree", {"guests.py": GUESTS})
    launch = Launch(root=tree, aside=tmp_path, target="guests:app", python=sys.executable, workers=1)
    with launched(launch) as (application, started):
        bench = Bench(application, started)
        assert bench.refusals == {"POST /told": 400}
        sent = {bench.filling.call(bench.operation("POST /read"), bench.cast.alice).body for _ in range(3)}
    assert len(sent) == 3
    assert all(b'"guest_id": "' in one for one in sent)


def test_days_to_come_keep_their_order_and_rows_are_two() -> None:
    body = {"from_port": 7, "to_port": 7, "leaves": f"{DAY}T03:04:05Z", "returns": LATER, "seats": 7}
    made = shaped(body, Shape(ahead=True, apart=True), ports)
    assert (made["from_port"], made["to_port"], made["seats"]) == (7, 3, 7)
    assert datetime.now(UTC).date().isoformat() < made["leaves"] < made["returns"]
    assert made["leaves"].endswith("T03:04:05Z")


def test_a_crossing_between_two_ports_on_a_day_to_come_is_accepted(ferry: Callable[[str], Bench]) -> None:
    bench = ferry("")
    assert "POST /crossings" not in bench.refusals
    bench.restore()
    call = bench.filling.call(bench.operation("POST /crossings"), bench.cast.alice)
    assert bench.application.call(call).ok
