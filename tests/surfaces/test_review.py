"""`seatrial review`: complete in a terminal, and only for a person who sits at one."""

import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from office import ADA, Office
from roomed import LONG, changes, charged, desk, office, room
from seatrial.app.review.opening import Opened
from seatrial.app.review.room import Room
from seatrial.app.signing import Surroundings, refusal
from seatrial.surfaces.cli._review import review
from seatrial.surfaces.cli._terminal import Terminal


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return office(tmp_path_factory.mktemp("terminal"))


@pytest.fixture
def found(made: Office, tmp_path: Path) -> Room:
    return room(made, tmp_path, canaries=True)


class Script:
    """Somebody who types: an answer for each prompt, by a part of it; what is written is kept."""

    def __init__(self, found: Room, answers: dict[str, list[str]]) -> None:
        self.told: list[str] = []
        self._found, self._answers = found, {part: iter(given) for part, given in answers.items()}
        self.terminal = Terminal(read=self.read, write=self.told.append, clock=self.clock)
        self._now = 0.0

    def read(self, prompt: str) -> str:
        self.told.append(prompt)
        for part, given in self._answers.items():
            if part in prompt:
                return next(given, "q")
        raise AssertionError(prompt)

    def clock(self) -> float:
        self._now += 30
        return self._now

    @property
    def text(self) -> str:
        return "\n".join(self.told)


def opened(made: Office, found: Room) -> Opened:
    signature = desk(made, found).signature
    return Opened(found, "shop", signature, lambda: changes(made))


def patient(found: Room) -> None:
    """Lets the floor be reached: no test waits."""
    session = found.open(charged(found).id)
    found.store.save(msgspec.structs.replace(session, seconds=LONG))


ALL: dict[str, list[str]] = {
    "Which pack": ["", "q"],
    "Your answer:": [
        "the gateway hangs",
        "! 7 nobody asks whether it is paid",
        "half is charged",
        "c 6-8",
        "it is the sum",
    ],
    "Lines it rests on": ["12", "pay.py:11", "11"],
    "What came out": ["", "as expected", ""],
    "pass, conditional": ["pass"] * 5,
    "Why?": ["read and tried"] * 5,
    "thoroughly": ["high"],
    "understand it": ["high"],
    "Models that helped": ["gpt-5"],
    "Said anew": ["it holds"] * 3,
    "Sign ": ["no"],
}


def test_a_whole_review_in_a_terminal(made: Office, found: Room) -> None:
    patient(found)
    script = Script(found, ALL)
    review(opened(made, found), script.terminal)
    session = found.session(found.open(charged(found).id).id)
    assert len(session.judgements) == 5
    assert session.disclosed
    assert [one.caught for one in found.disclosed(session)] == [True]
    assert session.predictions[1].outcome == "as expected"
    hidden = "waits for the other side without a limit"
    assert script.text.index("Lines it rests on") < script.text.index(hidden)
    assert "planted: dropped guard" in script.text
    assert not (made.root / ".seatrial/signoffs").exists()


def test_nothing_found_is_shown_before_all_answers_are_given(made: Office, found: Room) -> None:
    script = Script(found, ALL | {"Your answer:": ["the gateway hangs", "q"]})
    review(opened(made, found), script.terminal)
    assert "What was found" not in script.text
    assert "What you said is kept" in script.text
    assert found.session(found.open(charged(found).id).id).revealed is None


def test_a_terminal_that_is_none_signs_nothing(made: Office, found: Room) -> None:
    patient(found)
    script = Script(found, ALL | {"Sign ": ["yes"]})
    with pytest.raises(Exception, match="not signed"):
        review(opened(made, found), script.terminal)
    assert not (made.root / ".seatrial/signoffs").exists()


def test_not_to_understand_ends_it_without_blame(made: Office, found: Room) -> None:
    answers = ALL | {"Your answer:": ["u"], "What do you not understand?": ["why is the limit a parameter?"]}
    script = Script(found, answers)
    review(opened(made, found), script.terminal)
    assert "That is a result" in script.text
    assert list(found.store.not_understood().values()) == ["why is the limit a parameter?"]


FUNCTION = "def f{n}(a, b):\n    total = 0\n    for one in a:\n        total += one\n    if b is None:\n"
FUNCTION += "        return 0\n    if total < b:\n        return 1\n    return total\n\n\n"


def test_calibration_and_mirror_are_in_the_terminal_too(made: Office, found: Room) -> None:
    for name in "abc":
        (made.root / f"{name}.py").write_text("".join(FUNCTION.format(n=n) for n in range(3)))
    script = Script(found, {"Which pack": ["m", "k", "q"], "The line of the defect": [""] * 4 + ["what?", "6"]})
    review(opened(made, found), script.terminal)
    assert "planted defects caught" in script.text
    assert script.text.count("ight: ") == 5
    assert "5 of 5: " in script.text
    assert "of 5 right" in script.text


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from seatrial.surfaces.cli.main import main; main()", "review", *arguments]


def names_agent(name: str) -> bool:
    return bool(refusal(Surroundings({name: "1"}, terminal=True), None))


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not names_agent(name)}
    return known | {"SEATRIAL_STATE_DIR": str(tmp_path / "state"), "HOME": str(tmp_path), "NO_COLOR": "1"} | more


def test_who_is_no_person_opens_no_room(made: Office, tmp_path: Path) -> None:
    done = subprocess.run(
        command(str(made.root)), env=environment(tmp_path), input="", capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "a person at a terminal" in done.stderr
    assert "token" not in done.stdout + done.stderr


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    ours, theirs = pty.openpty()
    yield ours, theirs
    for one in (ours, theirs):
        os.close(one)


def test_an_agent_with_a_terminal_opens_no_room(made: Office, tmp_path: Path, terminal: tuple[int, int]) -> None:
    _, theirs = terminal
    done = subprocess.run(
        command(str(made.root)),
        env=environment(tmp_path, AI_AGENT="1"),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2


def test_the_queue_is_there_for_programs(made: Office, tmp_path: Path) -> None:
    done = subprocess.run(
        command(str(made.root / "shop/pay.py"), "--changed-since", "main", "--json"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )
    (row,) = json.loads(done.stdout)
    assert row["units"] == ["shop/pay.py#<imports>", "shop/pay.py#charge"]
    assert row["lines"] == 11


def test_a_person_at_a_terminal_gets_an_address_on_loopback(
    made: Office, tmp_path: Path, terminal: tuple[int, int]
) -> None:
    ours, theirs = terminal
    key = str(made.keys[ADA])
    running = subprocess.Popen(
        command(str(made.root), "--changed-since", "main", "--no-browser", "--key", key),
        env=environment(tmp_path),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    try:
        said = ""
        while "closes the room" not in said:
            said += os.read(ours, 4096).decode()
        assert re.search(r"http://127\.0\.0\.1:\d+/enter\?token=[\w-]{40,}&page=%2Fqueue", said)
    finally:
        running.terminate()
        running.wait(20)
