"""The shop of `programs`, sound or with faults, running in the sandbox."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials.bench import Bench

PROGRAMS = Path(__file__).with_name("programs")


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """A function that gives the bench of the shop with the faults named, each started once."""
    made: dict[str, Bench] = {}
    with ExitStack() as stack:

        def benched(faults: str) -> Bench:
            if faults not in made:
                launch = Launch(
                    root=PROGRAMS,
                    aside=tmp_path_factory.mktemp("aside"),
                    target="shop:app",
                    python=sys.executable,
                    env={"FAULTS": faults},
                )
                application, started = stack.enter_context(launched(launch))
                made[faults] = Bench(application, started)
            return made[faults]

        yield benched
