"""What each request leaves behind is proven with its slope and line; what only fills up, or is given back, is not."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from seatrial.model.evidence import Outcome
from seatrial.sandbox import Counts, Site
from seatrial.trials import leak
from seatrial.trials.bench import Bench
from seatrial.trials.leak import Left
from seatrial.trials.statistics import Slope

FAULTY, SOUND = "file,temporary,cache,method,thread,buffer", ""
Depot = Callable[[str], Bench]


@pytest.fixture(scope="module")
def left(depot: Depot) -> Mapping[str, Left]:
    return {one.operation: one for one in leak.run(depot(FAULTY)) if isinstance(one, Left)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("operation", "kind", "function"),
    [
        ("GET /label", "descriptors", "label"),
        ("GET /sheet", "temporary", "sheet"),
        ("POST /deliver", "threads", "deliver"),
        ("POST /quote", "unbounded", "total"),
        ("POST /price", "objects", "price"),
    ],
)
def test_leak_proves_what_a_request_leaves_and_where(
    left: Mapping[str, Left], operation: str, kind: str, function: str
) -> None:
    one = left[operation]
    assert (one.kind.name, one.doubt) == (kind, "")
    assert one.sites[0].line.split()[-1].startswith(function)  # `priced`, whose results `price` keeps, is as near
    assert one.slope.value == pytest.approx(2.0 if kind == "objects" else 1.0, abs=0.05)


@pytest.mark.slow
def test_leak_tells_memory_that_is_no_object_and_nothing_else(left: Mapping[str, Left]) -> None:
    assert left["POST /journal"].kind.name == "memory"
    assert not {"POST /parcels", "GET /parcels"} & set(left)


def test_leak_proves_nothing_of_the_sound_twin(depot: Depot) -> None:
    found = list(leak.run(depot(SOUND)))
    assert not [one for one in found if isinstance(one, Left)]
    assert len(found) == 8


def test_leak_begins_nothing_that_does_not_fit_into_its_time(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leak, "_fitting", lambda _, asks, __: asks)
    monkeypatch.setattr(leak, "_lasts", lambda _: 60.0)
    bench = depot("temporary")
    bench.until = leak.now() + 600.0
    assert not [one for one in leak.run(bench) if isinstance(one, Left)]
    assert "POST /sheet" in bench.late["leak of"] or "GET /sheet" in bench.late["leak of"]


def test_what_no_line_of_the_program_makes_proves_nothing() -> None:
    bench = cast("Bench", SimpleNamespace(application=SimpleNamespace(workers=SimpleNamespace(pids=[7])), database=1))
    (temporary, objects) = (kind for kind in leak.KINDS if kind.name in ("temporary", "objects"))
    counts = Counts({}, 0, 0, 0, 0, 0, 0, {})
    for kind in (temporary, objects):
        nowhere = Left("GET /label", kind, kind.what, Slope(1.0, 0.9, 1.1), 220, ())
        here = msgspec.structs.replace(nowhere, sites=(Site("depot.py:7 label", 9, 9),))
        assert "no line of the program" in leak._doubt(bench, nowhere, [counts, counts])
        assert leak._doubt(bench, here, [counts, counts]) == ""


def test_leak_names_the_rules_that_speak_of_it(depot: Depot) -> None:
    (claim,) = leak.claims(depot("temporary"))
    assert (claim.outcome, claim.rules[0]) == (Outcome.PROVEN, "temporary-file-left")
    assert "leaves 1.00 temporary files behind (1.00 to 1.00)" in claim.reason


@pytest.mark.slow
def test_leak_tells_tasks_and_connections_of_an_asynchronous_program(quay: Depot) -> None:
    found = {one.operation: one for one in leak.run(quay("task,socket")) if isinstance(one, Left)}
    assert {name: (one.kind.name, one.sites[0].line.split()[-1]) for name, one in found.items()} == {
        "GET /moor": ("tasks", "moor"),
        "GET /pilot": ("descriptors", "call_pilot"),
    }


def test_leak_proves_nothing_of_an_asynchronous_program_that_is_sound(quay: Depot) -> None:
    assert [one for one in leak.run(quay("")) if isinstance(one, Left)] == []
