"""Reads authorship notes of git-ai (`refs/notes/ai`), `authorship/3.x`.

A note says of one commit which of its lines a tool's session, an older prompt or a person typed. Keys are told apart
by prefix (`s_` sessions, `h_` humans, none prompts); what stands after `::` in a key is a detail of the session. Lines
that no entry covers are unknown (git_ai_standard_v3.0.0, "Attestation section").
"""

import json
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from seatrial.decisions.provenance.agents import agents
from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.marked_lines import MarkedLines, Read
from seatrial.model.provenance import Mark, Origin

REF = "refs/notes/ai"
_VERSION = "authorship/3."
_RULE = "---"


def read(commit: str, note: bytes) -> Read:
    """The claims of the note of one commit."""
    text = note.decode("utf-8", "replace")
    attested, rule, told = (
        text.partition(f"\n{_RULE}\n") if not text.startswith(f"{_RULE}\n") else ("", _RULE, text[4:])
    )
    try:
        said = json.loads(told)
        version = str(said["schema_version"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return Read(
            (), (f"the git-ai note of commit {commit[:12]} cannot be read: its part after `---` has not the form",)
        )
    if not rule or not version.startswith(_VERSION):
        return Read(
            (), (f"the git-ai note of commit {commit[:12]} is in version {version!r}; only {_VERSION}x is read",)
        )
    try:
        return Read(tuple(_lines(commit, attested, said)), ())
    except (ValueError, AttributeError, TypeError) as error:
        return Read((), (f"the git-ai note of commit {commit[:12]} cannot be read: {error}",))


def _lines(commit: str, attested: str, said: Mapping[str, Any]) -> Iterator[MarkedLines]:
    path = ""
    for line in attested.splitlines():
        if not line.startswith("  "):
            path = shlex.split(line)[0] if line.startswith('"') else line
            continue
        key, _, ranges = line.strip().partition(" ")
        claim = _claim(commit, key, said)
        for one in ranges.split(","):
            first, _, last = one.strip().partition("-")
            yield MarkedLines(commit, path, int(first), int(last or first), claim)


def _claim(commit: str, key: str, said: Mapping[str, Any]) -> Claim:
    name = key.partition("::")[0]
    if name.startswith("h_"):
        return Claim(Origin.HUMAN_OBSERVED, "", "", Mark("git-ai", commit, key))
    entry = (said.get("sessions" if name.startswith("s_") else "prompts") or {}).get(name) or {}
    agent = entry.get("agent_id") or {}
    tool, model = (str(agent.get(what) or "") for what in ("tool", "model"))
    return Claim(
        Origin.AI, agents().name(tool), model, Mark("git-ai", commit, key, str(entry.get("messages_url") or ""))
    )
