"""Reads Agent Trace records (`.agent-trace/traces.jsonl`), version 0.1.

A record says, of the files at one revision, which ranges of lines which kind of contributor wrote in which
conversation. Its format is open about where records lie; this is where the reference implementation writes them.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from seatrial.decisions.provenance.agents import agents
from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.marked_lines import MarkedLines, Read, joined
from seatrial.model.provenance import Mark, Origin

PLACE = ".agent-trace/traces.jsonl"
_VERSION = "0.1"
_ORIGINS = {"ai": Origin.AI, "mixed": Origin.MIXED, "human": Origin.HUMAN_OBSERVED}


def read(text: bytes) -> Read:
    """The claims of all records, one a line."""
    lines = enumerate(text.decode("utf-8", "replace").splitlines(), 1)
    return joined(_record(number, line) for number, line in lines if line.strip())


def _record(number: int, line: str) -> Read:
    try:
        record = json.loads(line)
        if not str(record["version"]).startswith(_VERSION):
            return Read((), (f"{PLACE}, line {number}: version {record['version']!r} is not read, only {_VERSION}",))
        return Read(tuple(_lines(record)), ())
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Read((), (f"{PLACE}, line {number}: this is no record of Agent Trace",))


def _lines(record: Mapping[str, Any]) -> Iterator[MarkedLines]:
    revision = str((record.get("vcs") or {}).get("revision") or "")
    tool = agents().name(str((record.get("tool") or {}).get("name") or ""))
    for file in record["files"]:
        for talk in file["conversations"]:
            link = str(talk.get("url") or "")
            mark = Mark("agent-trace", revision, str(record.get("id") or ""), link)
            for one in talk["ranges"]:
                who = one.get("contributor") or talk.get("contributor") or {}
                origin = _ORIGINS.get(str(who.get("type")), Origin.UNKNOWN)
                claim = Claim(origin, tool, str(who.get("model_id") or ""), mark)
                yield MarkedLines(revision, str(file["path"]), int(one["start_line"]), int(one["end_line"]), claim)
