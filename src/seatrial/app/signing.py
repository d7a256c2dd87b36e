"""Signs a sign-off with a person's SSH key. The only place that does, and refused to agents.

What an agent leaves in the environment can be unset, and a terminal can be feigned: where it matters most, the policy
asks for keys that somebody must touch (`require-hardware`).
"""

import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from seatrial import gate
from seatrial.app import git
from seatrial.app.signoffs.ledger import mandate
from seatrial.app.signoffs.state import State, on_disk
from seatrial.decisions.signoffs import envelope, keys, records, sshsig, statement
from seatrial.errors import DecisionError
from seatrial.model.mandate import Law, Mandate
from seatrial.model.signoff import Kind, SignOff
from seatrial.model.text import printable

AGENT_VARIABLES = (
    "AGENT",
    "AI_AGENT",
    "AMP_CURRENT_THREAD_ID",
    "ANTIGRAVITY_AGENT",
    "AUGMENT_AGENT",
    "CLAUDECODE",
    "CLAUDE_CODE",
    "CLAUDE_CODE_CHILD_SESSION",
    "CLAUDE_CODE_ENTRYPOINT",
    "COPILOT_CLI",
    "CRUSH",
    "CURSOR_AGENT",
    "GEMINI_CLI",
    "GOOSE_TERMINAL",
    "KILO_PID",
    "OPENCODE",
    "OPENCODE_CLIENT",
    "PI_CODING_AGENT",
    "QWEN_CODE",
    "TRAE_AI_SHELL_ID",
    "VSCODE_AGENT",
)
"""Variables by which coding agents mark the processes that they start: the design's, and those that tables of others
name (vercel's detect-agent, unjs/std-env, am-i-vibing). What people set for themselves (`GOOSE_PROVIDER`,
`COPILOT_MODEL`) or what an editor's terminal has for its user too (`CURSOR_TRACE_ID`) tells nothing."""
AGENT_PREFIXES = ("CLINE_", "CODEX_", "COPILOT_AGENT")


class Session(msgspec.Struct, frozen=True):
    """Where the person sits. `web` is a session of the review room, opened by a person with its token."""

    web: str = ""
    """The id of the room's session; empty for the terminal, which must then be one."""


class Surroundings(NamedTuple):
    """What can be seen of who asks: environment variables, and whether input and output are a terminal."""

    variables: Mapping[str, str]
    terminal: bool


def surroundings() -> Surroundings:
    """Those of this process."""
    streams = (sys.stdin, sys.stderr)
    return Surroundings(os.environ, all(stream is not None and stream.isatty() for stream in streams))


def refusal(around: Surroundings, session: Session | None) -> str:
    """Why nobody signs here; empty if somebody may."""
    for name, value in around.variables.items():
        if value and (name in AGENT_VARIABLES or name.startswith(AGENT_PREFIXES)):
            return f"the environment says that an agent runs this ({name}). A person signs: in a shell of their own"
    if not around.terminal and not (session and session.web):
        return "no person is here: there is no terminal and no review room. Run `seatrial review`"
    return ""


def sign(
    root: Path, signoff: SignOff, key: Path, session: Session | None = None, around: Surroundings | None = None
) -> Path:
    """Signs with `key` (a private key's file, or a public one whose other half ssh-agent holds).

    Time, policy, versions of criteria and the reviewed commit are filled in. Gives back the new file below
    `.seatrial/signoffs`. Nothing is written unless the signature counts here and now.

    Raises:
        DecisionError: who asks looks like an agent, sits at no terminal and in no room, or has no key that counts.
        ConfigError: `cryptography` is missing.
    """
    if why := refusal(around or surroundings(), session):
        raise DecisionError(f"not signed: {why}.")
    keys.require()
    state = on_disk(root)
    now = datetime.now(UTC)
    whole = _whole(root, signoff, mandate(state), now)
    _require_content(whole)
    payload = statement.encode(whole)
    data = records.seal(whole, _signature(key, envelope.pae(payload)))
    path = records.path_of(payload, now)
    if problem := _problem(state, path, data, now):
        raise DecisionError(f"not signed, since it would not count: {problem}.")
    return _write(root / path, data)


def keys_of(root: Path, folder: Path) -> list[tuple[str, Path]]:
    """The public keys in a folder (`~/.ssh`) that count here, with the principal of each. Raises `DecisionError`."""
    state: State = on_disk(root)
    known = {signer.key: signer.principals[0] for signer in state.trust.signers}
    found = ((records.public_blob(path.read_text("utf-8", "replace")), path) for path in sorted(folder.glob("*.pub")))
    return [(known[blob], path) for blob, path in found if blob in known]


def _problem(state: State, path: str, data: bytes, now: datetime) -> str:
    """Why the new record would not count beside those that are there; empty if it would."""
    made = records.check(path, data, state.trust, None, now)
    if made.record is None or made.entry.problem:
        return made.entry.problem
    there = (records.check(name, old, state.trust, None, now).record for name, old in state.records.items())
    known = (made.record, *(one for one in there if one))
    return gate.problems(Law(mandate=mandate(state), records=known, now=now))[made.entry.id]


def _whole(root: Path, signoff: SignOff, held: Mandate, now: datetime) -> SignOff:
    versions = (gate.version(one.id, held.criteria) for one in signoff.criteria)
    criteria = tuple(
        msgspec.structs.replace(one, version=version) for one, version in zip(signoff.criteria, versions, strict=True)
    )
    commit, tree = _reviewed(root)
    return msgspec.structs.replace(
        signoff,
        criteria=criteria,
        commit=signoff.commit or commit,
        tree=signoff.tree or tree,
        policy=held.policy,
        reviewed_at=now.replace(microsecond=0),
    )


def _reviewed(root: Path) -> tuple[str, str]:
    try:
        commit = git.head(root)[0]
        return commit, git.tree_of(root, commit)
    except git.GitError:
        return "", ""


def _require_content(signoff: SignOff) -> None:
    if not signoff.subjects:
        raise DecisionError("not signed: nothing was reviewed. Choose at least one unit.")
    if signoff.kind is Kind.DELTA and not signoff.base:
        raise DecisionError("not signed: a delta extends another sign-off, and none is named.")


def _signature(key: Path, message: bytes) -> bytes:
    command = ["ssh-keygen", "-Y", "sign", "-n", sshsig.NAMESPACE, "-f", str(key.expanduser())]
    try:
        done = subprocess.run(command, input=message, capture_output=True, check=False)  # noqa: S603 - fixed, no shell
    except OSError as error:
        raise DecisionError(f"not signed: ssh-keygen cannot be run: {error.strerror}. Install OpenSSH.") from error
    if done.returncode:
        last = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it says nothing"])[-1]
        raise DecisionError(f"not signed: ssh-keygen refuses {printable(str(key))}: {printable(last)}")
    return done.stdout


def _write(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as out:
            out.write(data)
    except OSError as error:
        raise DecisionError(f"not signed: {printable(str(path))} cannot be written: {error.strerror}.") from error
    return path
