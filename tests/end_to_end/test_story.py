"""One module's life, from a first `seatrial init` to a later branch that brings back what was rejected.

Real git, real keys, real agents' questions over MCP and a real browser; `make test-all` runs it.
"""

import asyncio
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from browsing import answer, begun, catch, judge, launched, say_anew
from keys import key
from office import HERE
from roomed import LONG, PAY, Always, served
from seatrial.app.acceptance import Signer, accept
from seatrial.app.decide import records
from seatrial.app.review import people
from seatrial.app.review.material import Material, Wanted, gather
from seatrial.app.review.room import Room
from seatrial.app.review.store import Store
from seatrial.app.signing import Session as Where
from seatrial.surfaces.cli.main import run
from seatrial.surfaces.web.desk import Desk
from trees import commit, git, repository, write

pytestmark = pytest.mark.slow

ME = "ada@example.org"
"""Who runs `seatrial init` and is the first architect; the commits are by somebody else."""
AGENT = "Co-Authored-By: Claude <noreply@anthropic.com>"
LEGACY = "def total(order):\n    return sum(line.price for line in order.lines)\n"
MENDED = PAY.replace(
    """    for line in order.lines:
        requests.post(gateway, json={"sku": line.sku, "amount": amount})
""",
    """    skus = [line.sku for line in order.lines]
    requests.post(gateway, json={"skus": skus, "amount": amount}, timeout=3)
""",
)


class Story:
    """A repository of somebody's, and what its people and agents do there."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.key = key(folder / "home" / ".ssh", ME)
        self.root = repository(folder / "shop", {"shop/__init__.py": "", "shop/orders.py": LEGACY})
        git(self.root, "config", "user.email", ME)

    def command(self, *words: str) -> tuple[int, str]:
        self.capsys.readouterr()
        code = run([*words])
        return code, self.capsys.readouterr().out

    def gate(self) -> list[str]:
        """Why the gate is shut for the change, judged by `main`; nothing if it is open."""
        code, told = self.command("gate", str(self.root), "--base", "main", "--format", "json")
        reasons = [str(reason["what"]) for reason in json.loads(told)["verdict"]["reasons"]]
        assert code == (1 if reasons else 0)
        return reasons

    def branch(self, name: str) -> None:
        git(self.root, "checkout", "-q", "-b", name, "main")

    def by_agent(self, files: dict[str, str], subject: str) -> None:
        write(self.root, files)
        git(self.root, "add", "-A")
        git(self.root, "commit", "-q", "-m", f"{subject}\n\n{AGENT}")

    def squash(self, name: str) -> None:
        git(self.root, "checkout", "-q", "main")
        git(self.root, "merge", "-q", "--squash", name)
        commit(self.root)

    def unit(self, name: str) -> str:
        """How a unit of the paying module stands on what is checked out."""
        _, told = self.command("sign-offs", str(self.root), "--json")
        states = {one["name"]: one["state"] for one in json.loads(told)["units"] if one["path"] == "shop/pay.py"}
        return str(states.get(name, "nothing to sign"))


@pytest.fixture
def story(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Story:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path / "cache"))
    return Story(tmp_path, capsys)


def asked(root: Path, tool: str, **given: Any) -> Any:
    """What an agent hears over MCP."""

    async def talk() -> Any:
        start = "from seatrial.surfaces.cli.main import main; main()"
        environment = {"SEATRIAL_CACHE_DIR": str(root.parent / "cache")}
        server = StdioServerParameters(command=sys.executable, args=["-c", start, "mcp", str(root)], env=environment)
        async with Client(server) as client:
            said = (await client.call_tool(tool, given)).content[0]
            assert isinstance(said, TextContent)
            return json.loads(said.text)

    return asyncio.run(talk())


def reviewed(story: Story, material: Material, *, canaries: bool) -> None:
    """The whole way through the room by a person with a browser and a key."""
    made = msgspec.structs.replace(material, canaries=canaries)
    found = Room(made, Store(story.root, story.folder / "state"), ME)
    found.chance = Always()
    signature = people.signature(story.root, story.key, story.root, Where("room"))
    desk = Desk(found, "shop", signature, lambda: made)
    with launched() as chromium, served(desk) as at:
        page = chromium.new_page()
        page.goto(at.keys.entry(at.host, "/"))
        session = begun(page, found)
        answer(page)
        if canaries:
            catch(page, found, session)
        judge(page, session)
        found.store.save(msgspec.structs.replace(found.session(session.id), seconds=LONG))
        page.get_by_role("button", name=re.compile("^End")).click()
        say_anew(page)
        page.get_by_role("button", name=re.compile("Sign .* as")).click()
        page.get_by_role("heading", name="Signed").wait_for()
    commit(story.root)


def change(story: Story) -> Material:
    return gather(Wanted(root=story.root, changed_since="main"))


def begins(story: Story) -> None:
    """Somebody begins with seatrial on a repository that is there."""
    code, told = story.command("init", str(story.root), "--keys", str(story.key.parent))
    assert code == 0, told
    assert ME in told
    settings = story.root / "seatrial.toml"  # this team shuts its gate for whatever is told
    settings.write_text(settings.read_text().replace("# fail-confidence = 0.85", "fail-confidence = 0.7"))
    commit(story.root)
    assert story.gate() == []


def adds(story: Story) -> None:
    """An agent's branch adds a module: the gate is shut, for what it does and for nobody having looked."""
    story.branch("pay")
    story.by_agent({"shop/pay.py": PAY}, "Charge cards")
    shut = story.gate()
    assert any("without a limit" in reason for reason in shut)
    assert any("charge" in reason for reason in shut)
    _, told = story.command("provenance", str(story.root), "--json")
    assert {one["origin"] for one in json.loads(told)["units"] if one["path"] == "shop/pay.py"} == {"ai"}


def is_mended(story: Story) -> None:
    """Over MCP its author hears of it first, and mends it."""
    assert "missing-timeout" in {one["rule"] for one in asked(story.root, "findings", diff="main")["findings"]}
    story.by_agent({"shop/pay.py": MENDED}, "Send one request, and wait three seconds at most")
    assert asked(story.root, "findings", diff="main")["findings"] == []


def is_reviewed(story: Story) -> None:
    """A person reviews in the browser: predicts, catches what was planted, judges, signs."""
    reviewed(story, change(story), canaries=True)
    assert story.gate() == []


def is_merged_and_formatted(story: Story) -> None:
    """It stays open through a squash merge and a formatter."""
    story.squash("pay")
    assert story.unit("charge") == "signed"
    story.branch("format")
    subprocess.run(
        [sys.executable, "-m", "ruff", "format", "-q", "--line-length", "60", "shop"], cwd=story.root, check=True
    )
    commit(story.root)
    assert story.gate() == []
    story.squash("format")


def changes_in_one_place(story: Story) -> None:
    """One symbol is changed: it alone is stale, and a review of the difference opens the gate again."""
    story.branch("limit")
    text = (story.root / "shop/pay.py").read_text()
    story.by_agent({"shop/pay.py": text.replace("amount > limit", "amount >= limit")}, "Be stricter")
    assert story.unit("charge") == "stale"
    assert len(story.gate()) == 1
    reviewed(story, change(story), canaries=False)
    assert story.gate() == []
    story.squash("limit")


def is_brought_back(story: Story) -> None:
    """Why the library of the gateway was turned down is signed, and stops who brings it back."""
    story.branch("why")
    story.command(
        "decide", "new", "Charge over the plain interface", "--root", str(story.root), "--scope", "shop/",
        "--reject", "the gateway's library", "--because", "it retried charges by itself", "--imports", "gatelib",
    )  # fmt: skip
    (record,) = records(story.root)
    accept(story.root, record.id, Signer(story.key, around=HERE))
    commit(story.root)
    assert story.gate() == []
    story.squash("why")
    story.branch("later")
    back = (story.root / "shop/pay.py").read_text().replace("import requests", "import gatelib\nimport requests")
    story.by_agent({"shop/pay.py": back}, "Use the gateway's library")
    assert any("it retried charges by itself" in reason for reason in story.gate())
    _, told = story.command("why", "shop/pay.py:charge", "--root", str(story.root))
    assert "it retried charges by itself" in told


def test_the_whole_story(story: Story) -> None:
    for chapter in (
        begins,
        adds,
        is_mended,
        is_reviewed,
        is_merged_and_formatted,
        changes_in_one_place,
        is_brought_back,
    ):
        chapter(story)
