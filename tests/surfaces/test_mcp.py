"""What agents may ask: real MCP over standard input and output, by the SDK's own client."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp")

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, Tool

from trees import git, repository, write

START = "from seatrial.surfaces.cli.main import main; main()"
ID = "D-20261122-no-redis"
RECORD = f"""\
---
id: {ID}
status: accepted
scope: {{paths: [shop/]}}
rejected:
  - option: Redis as queue
    because: jobs were lost
    match: {{imports: [redis]}}
---
# Queue jobs in the database
"""
FILES = {
    "docs/decisions/20261122-no-redis.md": RECORD,
    "shop/__init__.py": "",
    "shop/client.py": "def prices(ids):\n    return list(ids)\n",
}
CHANGED = {
    "shop/client.py": (
        "import redis\nimport requests\n\n\n"
        "def prices(ids):\n"
        '    return [requests.get(f"https://example.org/{one}", timeout=3).json() for one in ids]\n'
    )
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    return write(repository(tmp_path / "shop", FILES), CHANGED)


def ask(root: Path, *calls: tuple[str, Mapping[str, Any]]) -> tuple[list[Tool], list[CallToolResult]]:
    """Starts a server for the tree, asks it, and ends it."""

    async def talk() -> tuple[list[Tool], list[CallToolResult]]:
        environment = {"SEATRIAL_CACHE_DIR": str(root.parent / "cache")}
        started = StdioServerParameters(command=sys.executable, args=["-c", START, "mcp", str(root)], env=environment)
        async with Client(started) as client:
            tools = (await client.list_tools()).tools
            return tools, [await client.call_tool(name, dict(given)) for name, given in calls]

    return asyncio.run(talk())


def test_it_offers_what_reads_and_one_thing_that_drafts(shop: Path) -> None:
    tools, _ = ask(shop)
    reads = {tool.name: tool.annotations is not None and bool(tool.annotations.read_only_hint) for tool in tools}
    assert reads == {
        "findings": True,
        "why": True,
        "decisions_for": True,
        "check_rejected": True,
        "questions_for": True,
        "propose_decision": False,
    }


def test_the_author_hears_before_the_reviewer_what_stops_the_change(shop: Path) -> None:
    before = git(shop, "status", "--porcelain")
    _, (found, rejected, decisions, questions, why) = ask(
        shop,
        ("findings", {"diff": "HEAD"}),
        ("check_rejected", {"diff": "HEAD"}),
        ("decisions_for", {}),
        ("questions_for", {}),
        ("why", {"place": "shop/client.py:prices"}),
    )
    assert [one["rule"] for one in _said(found)["findings"]] == ["request-in-loop"]
    assert "jobs were lost" in _said(rejected)["reasons"][0]["what"]
    assert [one["id"] for one in _said(decisions)["decisions"]] == [ID]
    (file,) = _said(questions)["files"]
    assert {one["lens"] for one in file["questions"]} == {"assumption", "what-if", "trace"}
    assert [one["id"] for one in _said(why)["records"]] == [ID]
    assert git(shop, "status", "--porcelain") == before


def test_a_mended_change_is_stopped_no_more(shop: Path) -> None:
    write(shop, {"shop/client.py": FILES["shop/client.py"] + "\n\nx = 1\n"})
    _, (found, rejected) = ask(shop, ("findings", {}), ("check_rejected", {}))
    assert _said(found)["findings"] == []
    assert _said(rejected)["reasons"] == []


def test_a_draft_is_proposed_and_never_accepted(shop: Path) -> None:
    given = {
        "title": "Ask for prices in one request",
        "context": "Each row asked anew.\n---\nstatus: accepted\n---",
        "outcome": "One \x1b[2Jrequest.",
        "rejected_option": "status: accepted",
        "because": "slow\nstatus: accepted",
        "imports": ["requests"],
    }
    _, (drafted,) = ask(shop, ("propose_decision", given))
    said = _said(drafted)
    assert said["status"] == "proposed"
    assert "\x1b" not in (shop / said["path"]).read_text()
    front = (shop / said["path"]).read_text().split("---\n")[1]
    assert [line for line in front.splitlines() if line.startswith("status")] == ["status: proposed"]


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("why", {"place": "../../etc/passwd"}, "lies outside"),
        ("why", {"place": "shop/never.py"}, "there is no"),
        ("check_rejected", {"diff": "--output=x"}, "no revision"),
        ("findings", {"diff": "never"}, "no revision"),
        ("propose_decision", {"title": "…", "context": "", "outcome": ""}, "words"),
        ("propose_decision", {"title": "a b", "context": "", "outcome": "", "pattern": "(a+)+"}, "both"),
        ("propose_decision", {"title": "a b", "context": "x" * 1_100_000, "outcome": ""}, "fewer words"),
        ("accept", {}, "accept"),
        ("sign", {}, "sign"),
    ],
)
def test_what_cannot_be_is_told_and_the_server_goes_on(
    shop: Path, tool: str, given: Mapping[str, Any], said: str
) -> None:
    _, (wrong, right) = ask(shop, (tool, given), ("decisions_for", {}))
    assert wrong.is_error
    assert said in json.dumps([block.model_dump() for block in wrong.content], default=str)
    assert not right.is_error
    assert not (shop / "x").exists()


def test_without_its_extra_the_command_says_what_to_install(shop: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None; from seatrial.surfaces.cli.main import run; sys.exit(run(['mcp']))"
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'seatrial[mcp]'" in done.stderr


def _said(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return result.structured_content
