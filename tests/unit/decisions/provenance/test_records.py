import json

import pytest

from seatrial.decisions.provenance import agent_trace, git_ai
from seatrial.decisions.provenance.declared import parse
from seatrial.decisions.provenance.labels import Labels, of_line, origin
from seatrial.decisions.provenance.marked_lines import MarkedLines
from seatrial.errors import DecisionError
from seatrial.model.provenance import Origin

OID = "a" * 40
SAID = {
    "schema_version": "authorship/3.0.0",
    "base_commit_sha": "b" * 40,
    "prompts": {"0123456789abcdef": {"agent_id": {"tool": "cursor", "id": "1", "model": "m"}}},
    "sessions": {"s_0123456789abcd": {"agent_id": {"tool": "claude", "id": "1", "model": "claude-opus-5"}}},
    "humans": {"h_0123456789abcd": {"author": "Ana"}},
}
NOTE = f"""src/shop.py
  s_0123456789abcd::t_0123456789abcd 1-3,7
  h_0123456789abcd 4
"src/two words.py"
  0123456789abcdef 2
---
{json.dumps(SAID)}"""


def ranges(lines: tuple[MarkedLines, ...]) -> list[tuple[str, int, int, Origin]]:
    return [(one.path, one.first, one.last, one.claim.origin) for one in lines]


def test_a_note_of_git_ai_tells_by_line_who_wrote_it() -> None:
    found = git_ai.read(OID, NOTE.encode())
    assert found.faults == ()
    assert ranges(found.lines) == [
        ("src/shop.py", 1, 3, Origin.AI),
        ("src/shop.py", 7, 7, Origin.AI),
        ("src/shop.py", 4, 4, Origin.HUMAN_OBSERVED),
        ("src/two words.py", 2, 2, Origin.AI),
    ]
    assert [(one.claim.tool, one.claim.model) for one in found.lines[::3]] == [
        ("claude-code", "claude-opus-5"),
        ("cursor", "m"),
    ]


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"no rule",
        b"---\n{",
        b"---\n[]",
        b"---\n{}",
        NOTE.replace("authorship/3.0.0", "authorship/4.0.0").encode(),
        NOTE.replace(" 1-3,7", " one-three").encode(),
        b"\xff\xfe---\n",
        b"x\n---\n" + b"[" * 100_000,
    ],
)
def test_a_note_that_cannot_be_read_is_told(note: bytes) -> None:
    found = git_ai.read(OID, note)
    assert found.lines == ()
    assert len(found.faults) == 1


def test_a_note_without_lines_is_no_fault() -> None:
    assert git_ai.read(OID, f"---\n{json.dumps(SAID)}".encode()) == ((), ())


TRACE = {
    "version": "0.1.0",
    "id": "1",
    "timestamp": "2026-01-01T00:00:00Z",
    "vcs": {"type": "git", "revision": OID},
    "tool": {"name": "cursor", "version": "2"},
    "files": [
        {
            "path": "src/shop.py",
            "conversations": [
                {
                    "url": "https://example.org/1",
                    "contributor": {"type": "ai", "model_id": "maker/model"},
                    "ranges": [
                        {"start_line": 1, "end_line": 3},
                        {"start_line": 4, "end_line": 4, "contributor": {"type": "human"}},
                        {"start_line": 5, "end_line": 6, "contributor": {"type": "unknown"}},
                    ],
                }
            ],
        }
    ],
}


def test_a_record_of_agent_trace_tells_by_range_who_wrote_it() -> None:
    found = agent_trace.read(f"{json.dumps(TRACE)}\n\n".encode())
    assert found.faults == ()
    assert ranges(found.lines) == [
        ("src/shop.py", 1, 3, Origin.AI),
        ("src/shop.py", 4, 4, Origin.HUMAN_OBSERVED),
        ("src/shop.py", 5, 6, Origin.UNKNOWN),
    ]
    claim = found.lines[0].claim
    assert (claim.tool, claim.model, claim.mark.link) == ("cursor", "maker/model", "https://example.org/1")


@pytest.mark.parametrize("line", ["{", "[]", "1", '{"version": "0.1.0"}', '{"version": "2.0", "files": []}'])
def test_a_record_that_cannot_be_read_is_told_and_the_others_count(line: str) -> None:
    found = agent_trace.read(f"{line}\n{json.dumps(TRACE)}".encode())
    assert len(found.lines) == 3
    assert len(found.faults) == 1


def test_a_line_that_no_entry_covers_is_unknown_unless_its_commit_tells() -> None:
    labels = Labels(git_ai.read(OID, NOTE.encode()).lines)
    numbers = labels(OID, "src/shop.py", 3, 3)
    assert [origin(of_line(labels.entries[number], {})) for number in numbers] == [
        Origin.AI,
        Origin.HUMAN_OBSERVED,
        Origin.UNKNOWN,
    ]
    whole = {OID: (git_ai.read(OID, NOTE.encode()).lines[0].claim,)}
    assert [origin(of_line(labels.entries[number], whole)) for number in numbers][1:] == [
        Origin.HUMAN_OBSERVED,
        Origin.AI,
    ]


def test_lines_that_a_model_and_a_person_claim_are_mixed() -> None:
    found = git_ai.read(OID, NOTE.replace("  h_0123456789abcd 4", "  h_0123456789abcd 3").encode())
    labels = Labels(found.lines)
    assert origin(of_line(labels.entries[labels(OID, "src/shop.py", 3, 1)[0]], {})) is Origin.MIXED


def test_a_project_declares_what_it_knows() -> None:
    text = b'ai = ["gen/**"]\n[[human]]\npaths = ["old/**"]\nsigner = "ana@example.org"\n'
    assert [(patterns, claim.origin) for patterns, claim in parse(text).claims()] == [
        (("gen/**",), Origin.AI),
        (("old/**",), Origin.HUMAN_ATTESTED),
    ]


@pytest.mark.parametrize(
    "text", [b"ai = 1", b"human = ['x']", b"other = 1", b"=", b"\xff", b'[[human]]\npaths = ["x"]\nsigner = "Ana"']
)
def test_a_declaration_that_cannot_be_read_is_an_error(text: bytes) -> None:
    with pytest.raises(DecisionError, match=r"provenance\.toml"):
        parse(text)
