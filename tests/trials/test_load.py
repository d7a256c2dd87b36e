"""Where a load curve bends, and what gives out there."""

import ast
from collections.abc import Callable, Sequence

import msgspec
import pytest

from seatrial.model.curve import Curve
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Call, Loaded, Strain, Target
from seatrial.trials import load
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.load import Found, bent
from seatrial.trials.locustfile import locustfile
from seatrial.trials.saturation import saturated


def step(users: int, answers: int, latency: float, failed: int = 0, silent: int = 0, rate: float = 0) -> Loaded:
    return Loaded(users, 1.0, (latency,) * answers, failed, silent, rate)


def strained(**said: float) -> Loaded:
    return msgspec.structs.replace(step(100, 10, 1), strain=Strain(**said))  # type: ignore[arg-type] # fields of it


def test_it_does_not_bend_while_answers_grow_with_users() -> None:
    assert bent([step(10, 100, 0.1), step(20, 200, 0.1)]) == ""
    assert bent([step(10, 100, 0.1), step(20, 180, 0.4)]) == ""


def test_it_bends_where_users_wait_longer_for_no_more_answers() -> None:
    assert "no more answers" in bent([step(10, 100, 0.1), step(20, 104, 0.4)])


def test_it_bends_at_errors_and_at_silence() -> None:
    assert "fail" in bent([step(10, 100, 0.1, failed=5)])
    assert "not answered" in bent([step(10, 100, 0.1, silent=5)])
    assert "any more" in bent([step(10, 0, 0.1, silent=9)])


def test_a_moment_is_no_knee() -> None:
    assert load.recovered([step(10, 100, 0.1), step(20, 104, 0.4), step(50, 180, 0.2)])
    assert not load.recovered([step(10, 100, 0.1), step(20, 104, 0.4), step(50, 110, 0.6)])
    assert not load.recovered([step(10, 100, 0.1), step(20, 104, 0.4), step(50, 180, 0.2, silent=1)])


def test_it_bends_where_fewer_are_answered_than_come() -> None:
    assert bent([step(10, 98, 0.1, rate=100)]) == ""
    assert "500 requests come in a second, and 300 are answered" in bent([step(10, 300, 0.1, rate=500)])


@pytest.mark.parametrize(
    ("said", "word"),
    [
        (strained(connections=10, held=10, resting=1, waiting=7), "locks"),
        (strained(connections=10, held=9, resting=8, stuck=8, worker=0.1), "pool"),
        (strained(connections=10, held=9, resting=8, stuck=2, worker=0.1), ""),
        (strained(connections=10, held=9, resting=8, stuck=8, worker=0.9), "processors"),
        (strained(lag=0.8, worker=0.1), "blocks the event loop"),
        (strained(lag=0.8, worker=0.1, machine=0.99), ""),
        (strained(lag=0.8, worker=0.95), "processors"),
        (strained(machine=0.97, worker=0.6), "machine"),
        (strained(machine=0.97, worker=0.1), ""),
        (strained(machine=0.3, worker=0.3), ""),
    ],
)
def test_what_gives_out_is_told(said: Loaded, word: str) -> None:
    assert word in saturated(said)
    assert bool(word) == bool(saturated(said))


def test_a_client_without_a_processor_left_blames_no_one_else() -> None:
    assert "load client" in saturated(msgspec.structs.replace(strained(worker=1.0), driver=0.95))


def test_the_curve_holds_every_step_and_marks_the_knee() -> None:
    found = Found((step(10, 100, 0.1), step(50, 90, 0.5, silent=10)), 50, "it stops", "its pool is used up")
    curve = load.drawn(found)
    assert (curve.xs, curve.mark, curve.label) == ((10, 50), 50, "bends at 50 users")
    assert {series.name: series.values for series in curve.series} == {
        "answers a second": (100, 90),
        "half within": (100, 500),
        "99 of 100 within": (100, 500),
        "failed or silent": (0, 10),
    }
    assert curve.says == ("It bends at 50 users: it stops", "What gives out: its pool is used up")


def test_the_locust_file_is_python_that_asks_the_same() -> None:
    asked = [
        Call(method="GET", path="/a'b?c=1", headers={"Authorization": "Bearer x"}),
        Call(method="POST", path="/", body=b'{"a": 1}'),
    ]
    tree = ast.parse(locustfile(asked, Target("127.0.0.1", 8000), "load.py"))
    (reader,) = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    said = [
        [ast.literal_eval(value) for value in (*call.args, *(one.value for one in call.keywords))]
        for call in ast.walk(reader)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "request"
    ]
    assert said == [
        ["GET", "/a'b?c=1", "/a'b?c=1", {"Authorization": "Bearer x"}],
        ["POST", "/", "/", {}, b'{"a": 1}'],
    ]


def of(kind: type, seen: Sequence[Claim | Curve]) -> list[Claim | Curve]:
    return [one for one in seen if isinstance(one, kind)]


@pytest.mark.slow
def test_a_pool_that_is_used_up_is_proven(kiosk: Callable[[str], Bench]) -> None:
    seen = list(load.claims(kiosk("pool")))
    (claim,) = of(Claim, seen)
    assert isinstance(claim, Claim)
    assert (claim.outcome, claim.rules, claim.operation) == (Outcome.PROVEN, ("pool-exhaustion",), "GET /papers")
    assert "the pool is used up" in claim.reason
    assert claim.lines[0].endswith(" papers")
    (curve,) = of(Curve, seen)
    assert isinstance(curve, Curve)
    assert curve.mark in {20, 50}


@pytest.mark.slow
def test_the_sound_twin_answers_all(kiosk: Callable[[str], Bench]) -> None:
    seen = list(load.claims(kiosk("")))
    assert of(Claim, seen) == []
    (curve,) = of(Curve, seen)
    assert isinstance(curve, Curve)
    assert [series.name for series in curve.series] == ["answers a second", "half within", "99 of 100 within"]


@pytest.mark.slow
def test_an_open_load_tells_the_rate_that_is_not_kept_up_with(kiosk: Callable[[str], Bench]) -> None:
    papers = [call for _, call in kiosk("").reads()]
    found = load.measured(kiosk(""), papers, (20, 5_000), 1.0, 2.0, open_model=True)
    assert (found.xs, found.knee, found.rises) == ((20, 5_000), 5_000, "requests a second")
