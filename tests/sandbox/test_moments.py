"""What code does with a text that it read tells which text it takes: a day in some form, one of a few words."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from seatrial.sandbox.inside import bodies

request: Any = None
STATES = {"open": 1, "closed": 2}


def fields(view: Callable[..., object]) -> Mapping[str, Any]:
    told = bodies.taken(view, "POST")
    return dict(told["requestBody"]["content"]["application/json"]["schema"]["properties"])


def book() -> object:
    data = request.get_json()
    day = data.get("day")
    day = datetime.strptime(day, "%d.%m.%Y")  # noqa: DTZ007 -- as programs have it
    starts = (data.get("starts") or "").strip()
    return day, datetime.strptime(starts, "%H:%M"), date.fromisoformat(data["ends"]), data["due_date"]  # noqa: DTZ007 -- as above


def test_a_day_is_sent_in_the_form_in_which_it_is_read() -> None:
    found = fields(book)
    assert [found[name]["examples"] for name in ("day", "starts", "ends")] == [
        ["02.01.2026"],
        ["03:04"],
        ["2026-01-02"],
    ]
    assert found["due_date"] == {"type": "string", "format": "date"}


def judge() -> object:
    data = request.get_json()
    role, state = data["role"], data.get("state", "").lower()
    kind = data["kind"]
    if kind not in ("a", "b") or state not in STATES or role not in [1, 2]:
        return 400
    amount = data.get("amount")
    if "note" in data and float(amount) > 1:
        return str(amount)
    items = data.get("items", [])
    for item in items:
        kind += item["sku"]
    return kind


def test_words_numbers_and_lists_are_told_by_variables_that_hold_them() -> None:
    found = fields(judge)
    assert found["kind"]["examples"] == ["a", "b"]
    assert found["amount"] == {"type": "number"}
    assert "note" in found
    assert found["items"]["items"]["properties"] == {"sku": {"type": "string"}}
    assert "examples" not in found["role"]


def test_a_word_of_a_mapping_is_one_of_its_keys() -> None:
    def chosen() -> object:
        state, name = request.get_json()["state"], request.get_json()["name"]
        return (
            request.get_json()["name"] in ("admin", "root") or request.get_json()["state"] not in STATES or state + name
        )

    assert fields(chosen)["state"]["examples"] == ["open", "closed"]
    assert "examples" not in fields(chosen)["name"]
