import pytest

from seatrial.decisions.provenance.agents import agents
from seatrial.decisions.provenance.commits import Claim, Commit, claims
from seatrial.decisions.provenance.labels import origin
from seatrial.model.provenance import Origin

AUTOFIX = "62310815+github-advanced-security[bot]@users.noreply.github.com"
PERSON = ("Ana", "ana@example.org")


def commit(message: str = "Change", author: tuple[str, str] = PERSON, committer: tuple[str, str] = PERSON) -> Commit:
    return Commit("0" * 40, (), *author, *committer, message)


def read(one: Commit) -> tuple[Claim, ...]:
    return claims(one, agents())


def told(message: str) -> list[tuple[Origin, str, str]]:
    return [(one.origin, one.tool, one.model) for one in read(commit(message))]


TRAILERS = [
    ("Co-Authored-By: Claude <noreply@anthropic.com>", Origin.AI, "claude-code", ""),
    ("Co-authored-by: Claude Opus 4.5 <noreply@anthropic.com>", Origin.AI, "claude-code", "Claude Opus 4.5"),
    ("co-authored-by: Copilot <175728472+Copilot@users.noreply.github.com>", Origin.AI, "copilot", ""),
    ("Co-authored-by: Copilot <223556219+Copilot@users.noreply.github.com>", Origin.AI, "copilot", ""),
    ("Co-authored-by: Copilot <copilot@github.com>", Origin.AI, "copilot", ""),
    (
        f"Co-authored-by: Copilot Autofix powered by AI <{AUTOFIX}>",
        Origin.AI,
        "copilot",
        "",
    ),
    ("Co-authored-by: claude[bot] <41898282+claude[bot]@users.noreply.github.com>", Origin.AI, "claude-code", ""),
    ("Co-authored-by: Cursor <cursoragent@cursor.com>", Origin.AI, "cursor", ""),
    ("Co-authored-by: aider (gpt-5) <noreply@aider.chat>", Origin.AI, "aider", "gpt-5"),
    ("Co-Authored-By: Codex <noreply@openai.com>", Origin.AI, "codex", ""),
    ("Signed-off-by: Claude <noreply@anthropic.com>", Origin.AI, "claude-code", ""),
    ("Assisted-by: Claude:claude-opus-4 coccinelle", Origin.MIXED, "claude-code", "claude-opus-4"),
    ("Assisted-by: Cursor <cursoragent@cursor.com>", Origin.MIXED, "cursor", ""),
    ("Generated-by: SomeModel 2", Origin.AI, "somemodel 2", ""),
    ("Agent-Logs-Url: https://example.org/logs/1", Origin.AI, "copilot", ""),
    ("Claude-Session: https://example.org/s/1", Origin.AI, "claude-code", ""),
    ("Entire-Checkpoint: 0123", Origin.AI, "entire", ""),
    ("Replit-Commit-Author: Agent", Origin.AI, "replit", ""),
    ("Amp-Thread-ID: https://example.org/t/1", Origin.AI, "amp", ""),
    ("🤖 Generated with [Claude Code](https://example.org)", Origin.AI, "claude-code", ""),
    ("Made-with: Cursor", Origin.AI, "cursor", ""),
]


@pytest.mark.parametrize(("line", "who", "tool", "model"), TRAILERS)
@pytest.mark.parametrize(
    "form", ["Subject\n\n{}", "Subject\n\n{}\n\nMore text after it.", "Squash (#1)\n\n* One\n\n  {}\n\n* Two"]
)
def test_a_line_of_the_message_is_a_mark_wherever_it_stands(
    form: str, line: str, who: Origin, tool: str, model: str
) -> None:
    assert told(form.format(line)) == [(who, tool, model)]


@pytest.mark.parametrize(
    "line",
    [
        "Co-authored-by: Claude Meyer <claude.meyer@example.org>",
        "Co-authored-by: Ana <ana@openai.com>",
        "Co-authored-by: Bo <bo@anthropic.com>",
        "Co-authored-by: Copilot Pay <noreply@copilot.money>",
        "Co-authored-by: someone <noreply@anthropic.com.example.org>",
        "Co-authored-by: Claude",
        "Co-authored-by: fake[bot] <1+notthebot@users.noreply.github.com>",
        "Reviewed-by: Claude <noreply@anthropic.com>",
        "Assisted-by: Ana <ana@example.org>",
        "Generated-by: Bo <bo@example.org>",
        "Replit-Commit-Author: Ana",
        "We no longer add 'Generated with [Claude Code]' to messages",
        "Strip co-authored-by lines such as Claude <noreply@anthropic.com>",
    ],
)
def test_people_and_talk_about_tools_are_no_marks(line: str) -> None:
    assert told(f"Subject\n\n{line}") == []


@pytest.mark.parametrize(
    ("identity", "who", "tool"),
    [
        (("Claude", "noreply@anthropic.com"), Origin.AI, "claude-code"),
        (("Copilot", "198982749+Copilot@users.noreply.github.com"), Origin.AI, "copilot"),
        (("x", "1234+devin-ai-integration[bot]@users.noreply.github.com"), Origin.AI, "devin"),
        (("Ana (aider)", "ana@example.org"), Origin.AI, "aider"),
        (("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), Origin.BOT, "dependabot"),
    ],
)
def test_an_author_is_known_by_address_number_or_login(identity: tuple[str, str], who: Origin, tool: str) -> None:
    (one,) = read(commit(author=identity))
    assert (one.origin, one.tool, one.mark.carrier) == (who, tool, "author")


@pytest.mark.parametrize(
    "identity",
    [
        ("Claude", "claude@example.org"),
        ("Cursor", "me@cursor.local"),
        ("Copilot", "1+Copilot@users.noreply.github.com"),
        ("Ana", "1+other[bot]@users.noreply.github.com"),
        ("Ana", "ana@anthropic.com"),
    ],
)
def test_an_author_with_a_tools_name_is_a_person(identity: tuple[str, str]) -> None:
    assert read(commit(author=identity)) == ()


def test_a_committer_is_a_mark_of_a_model_but_not_of_a_plain_program() -> None:
    assert [one.mark.carrier for one in read(commit(committer=("Claude", "noreply@anthropic.com")))] == ["committer"]
    bot = ("github-actions[bot]", "41898282+github-actions[bot]@users.noreply.github.com")
    assert read(commit(committer=bot)) == ()


def test_a_subject_may_be_a_mark() -> None:
    assert [one.tool for one in read(commit("aider: add a test"))] == ["aider"]


def test_a_mark_keeps_the_way_to_the_conversation_and_is_cut_where_it_is_long() -> None:
    (one,) = read(commit("x\n\nAgent-Logs-Url: https://example.org/logs/1 " + "a" * 1000))
    assert one.mark.link == "https://example.org/logs/1"
    assert len(one.mark.text) == 200


def test_a_model_beside_a_bot_counts() -> None:
    bot = ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    found = read(commit("x\n\nCo-authored-by: Claude <noreply@anthropic.com>", author=bot))
    assert origin(found) is Origin.AI


def test_no_identity_is_in_the_table_twice() -> None:
    tools = agents().tools
    known = [one for tool in tools for one in (*tool.addresses, *tool.accounts, *tool.logins, *tool.keys)]
    assert len(known) == len(set(known))
    assert all(key == key.lower() for tool in tools for key in tool.keys)
