"""Whatever way a program calls a service, it is sent to ours while there is one, and refused while there is none."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.sandbox import Application, Call, Launch, launched
from seatrial.sandbox.upstream import Mood

WAYS = ["by_urllib", "by_http_client", "by_requests", "by_port", "by_asyncio"]
PROGRAM = Path(__file__).with_name("programs") / "caller"


@pytest.fixture(scope="module")
def application(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Application]:
    aside = tmp_path_factory.mktemp("aside")
    launch = Launch(root=PROGRAM, aside=aside, target="caller:app", python=sys.executable, workers=1)
    with launched(launch) as (application, _):
        yield application


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("mood", "told"), [("away", "refused"), ("well", 200), ("failing", 500), ("silent", "timeout")]
)
def test_a_call_meets_the_service_in_its_mood(application: Application, way: str, mood: Mood, told: str | int) -> None:
    application.upstream.become(mood)
    assert application.call(Call(method="GET", path=f"/{way}"), watched=False).json() == told
    assert len(application.upstream.asked) == (mood != "away")
    application.upstream.become("away")


def test_the_probe_tells_how_long_a_call_waits(application: Application) -> None:
    application.upstream.become("well")
    seen = application.call(Call(method="GET", path="/by_urllib")).seen
    application.upstream.become("away")
    assert seen is not None
    assert [(call.to, call.waits) for call in seen.calls] == [("GET service.example.org:443", 1.0)]
