"""An agent cannot sign, whichever way it tries."""

import os
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

from keys import key, signed
from office import ADA, APPROVED, HERE, Office
from seatrial.app.signing import AGENT_VARIABLES, Session, Surroundings, refusal, sign, surroundings
from seatrial.decisions.signoffs import envelope, sshsig
from seatrial.errors import DecisionError
from seatrial.model.signoff import Kind, SignOff
from seatrial.model.standing import UnitState

PREFIXED = ("CODEX_SANDBOX", "CODEX_CI", "CODEX_THREAD_ID", "CLINE_ACTIVE", "CLINE_SESSION", "COPILOT_AGENT_JOB_ID")
SOURCE = Path(__file__).parents[2] / "src/seatrial"
ROOM = Session(web="room-1")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path).open().branch()


def record(office: Office) -> SignOff:
    return SignOff(subjects=office.subjects(), kind=Kind.FULL, reviewer=ADA, role="architect", criteria=APPROVED)


def nothing_is_signed(office: Office) -> bool:
    return not list(office.root.glob(".seatrial/signoffs/**/*.json"))


@pytest.mark.parametrize("session", [None, ROOM], ids=["terminal", "room"])
@pytest.mark.parametrize("name", [*AGENT_VARIABLES, *PREFIXED])
def test_every_variable_by_which_an_agent_is_known(office: Office, name: str, session: Session | None) -> None:
    with pytest.raises(DecisionError, match=f"an agent runs this \\({name}\\)"):
        sign(office.root, record(office), office.keys[ADA], session, Surroundings({name: "1"}, terminal=True))
    assert nothing_is_signed(office)


def test_the_variables_that_the_design_names_are_all_there() -> None:
    for name in ("AI_AGENT", "CLAUDECODE", "CURSOR_AGENT", "CODEX_SANDBOX", "GEMINI_CLI", "CLINE_ACTIVE"):
        assert refusal(Surroundings({name: "1"}, terminal=True), ROOM)
    assert not refusal(Surroundings({"CLAUDECODE": "", "EDITOR": "vi", "CURSOR_TRACE_ID": "1"}, terminal=True), None)


def test_no_terminal_and_no_room(office: Office) -> None:
    for session in (None, Session()):
        with pytest.raises(DecisionError, match="no person is here"):
            sign(office.root, record(office), office.keys[ADA], session, Surroundings({}, terminal=False))
    assert nothing_is_signed(office)


@pytest.mark.parametrize("fed", ["", "yes\n", "y\n" * 20], ids=["nothing", "yes", "yes without end"])
def test_a_script_in_a_process_of_its_own_with_input_from_a_pipe(office: Office, fed: str) -> None:
    script = (
        "from pathlib import Path\n"
        "from seatrial.app.signing import sign\n"
        "from seatrial.model.signoff import Kind, SignOff, Subject\n"
        f"said = SignOff(subjects=(Subject('a.py', 'f', '0'),), kind=Kind.FULL, reviewer='{ADA}', role='architect')\n"
        f"sign(Path('{office.root}'), said, Path('{office.keys[ADA]}'))\n"
    )
    kept = {
        name: value
        for name, value in os.environ.items()
        if not refusal(Surroundings({name: value}, terminal=True), None)
    }
    done = subprocess.run(
        [sys.executable, "-c", script], input=fed, env=kept, capture_output=True, text=True, check=False
    )
    assert "no person is here" in done.stderr
    assert nothing_is_signed(office)


def test_the_process_of_the_tests_has_no_terminal_on_its_input() -> None:
    read, write = os.pipe()
    saved = sys.stdin
    try:
        sys.stdin = os.fdopen(read)
        assert not surroundings().terminal
    finally:
        sys.stdin.close()
        sys.stdin = saved
        os.close(write)


def test_its_own_key_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    own = key(tmp_path, "agent")
    with pytest.raises(DecisionError, match="is nobody's"):
        sign(office.root, record(office), own, None, HERE)
    assert nothing_is_signed(office)


def test_a_record_that_it_writes_by_hand_counts_for_nothing(office: Office, tmp_path: Path) -> None:
    record_ = office.sign()
    payload = envelope.opened(record_.read_bytes()).payload.replace(b"read and tried", b"looks good now")
    sealed = envelope.seal(payload, sshsig.unarmoured(signed(key(tmp_path, "agent"), envelope.pae(payload))))
    record_.unlink()
    record_.with_name(f"{envelope.identity(payload)}.json").write_bytes(sealed)
    assert {one.state for one in office.standing().units} == {UnitState.NEVER}


def test_nothing_that_agents_are_served_leads_to_a_signature() -> None:
    graph = grimp.build_graph("seatrial", cache_dir=None)
    for served in ("seatrial.surfaces.mcp", "seatrial.surfaces.cli.mcp"):
        if served in graph.modules:
            assert not graph.chain_exists(served, "seatrial.app.signing", as_packages=True)


def test_there_is_one_place_that_signs() -> None:
    ways = ('"ssh-keygen"', "load_ssh_private_key", "load_pem_private_key", "SSH_AUTH_SOCK")
    texts = {path.relative_to(SOURCE).as_posix(): path.read_text() for path in SOURCE.rglob("*.py")}
    assert [path for path, text in texts.items() if any(way in text for way in ways)] == ["app/signing.py"]


def test_there_is_no_command_that_signs(capsys: pytest.CaptureFixture[str]) -> None:
    from seatrial.surfaces.cli.main import run  # noqa: PLC0415 - one test asks the command line

    assert run(["sign", "."]) == 2
    assert "No such command" in capsys.readouterr().err
