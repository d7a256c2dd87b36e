"""One room for the tests of a file: a repository with keys is made once, a session is made by each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from roomed import Browser, desk, office, room, served
from seatrial.surfaces.web.desk import Desk


@pytest.fixture(scope="module")
def at(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder: Path = tmp_path_factory.mktemp("room")
    made = office(folder)
    return desk(made, room(made, folder))


@pytest.fixture(scope="module")
def browser(at: Desk) -> Iterator[Browser]:
    with served(at) as found:
        yield found.enter()
