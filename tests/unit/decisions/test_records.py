"""Reading decision records: what is ours, what is plain, and what a stranger may put there."""

import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.decisions.records import parse, read
from seatrial.decisions.records.patterns import LINE, Searcher, problem
from seatrial.decisions.records.writing import set_keys
from seatrial.errors import DecisionError
from seatrial.model.record import Enforcement, RuleKind, Status
from trees import write

OURS = """\
---
status: accepted
date: 2026-11-22
decision-makers: [Ada, Grace]
id: D-20261122-no-redis
scope: {paths: [shop/]}
rejected:
  - option: Redis as queue
    because: jobs were lost
    match: {imports: [redis], pattern: 'redis\\.', dependency: [redis]}
    revisit-when: we run it anyway
rules:
  - {id: no-redis, kind: import-forbidden, imports: [redis]}
enforcement: enforce
anchors:
  - {path: shop/jobs.py, symbol: Queue.push, digest: abc}
review-by: 2027-01-01
supersedes: D-20250101-redis
trade-offs:
  - {gives: no second store, costs: polling}
---

# Queue jobs in the database

Text.
"""
MADR = """\
---
status: "accepted"
date: 2026-01-02
decision-makers: {list everyone involved in the decision}
consulted: {list everyone}
informed: x
---

# Use Markdown

## Context and Problem Statement
"""
FRAGMENTS = ["- ", "{", "}", "[", "]", ": ", ": ", "|", "> ", "!!int ", "!!set ", "'", '"', "\n", "  ", "#", "~", "yes"]
FRAGMENTS += [
    "1e999",
    "2026-99-99",
    "\0",
    "\ufeff",
    "%YAML 1.1\n",
    "---\n",
    "...\n",
    "<<: ",
    "&a ",
    "*a",
    "(",
    "1:2:3",
    ".nan",
]
FRAGMENTS += ["9" * 5000, "id: ", "status: ", "? [a]: b\n", "\t", "\x85", "!", "=: x\n", "2: x\n"]
OLD = "# 9. Use Postgres\n\nDate: 2016-02-12\n\n## Status\n\nSuperseded by [10](0010-x.md)\n\n## Context\n"


def test_a_record_says_all_that_its_keys_say() -> None:
    record = parse("docs/decisions/20261122-no-redis.md", OURS.encode())
    assert (record.id, record.status, record.title) == (
        "D-20261122-no-redis",
        Status.ACCEPTED,
        "Queue jobs in the database",
    )
    assert record.decision_makers == ("Ada", "Grace")
    assert record.rejected[0].match.imports == ("redis",)
    assert record.rules[0].kind is RuleKind.IMPORT_FORBIDDEN
    assert record.enforcement is Enforcement.ENFORCE
    assert record.review_by == date(2027, 1, 1)
    assert record.supersedes == ("D-20250101-redis",)
    assert record.trade_offs[0].costs == "polling"
    assert record.lines["rejected.0"] == OURS.splitlines().index("  - option: Redis as queue") + 1
    assert not record.plain


@pytest.mark.parametrize(
    ("text", "status", "title"),
    [
        (MADR, Status.ACCEPTED, "Use Markdown"),
        (OLD, Status.SUPERSEDED, "9. Use Postgres"),
        (
            "---\nid: ARCH-001\nrules: true\nfiles: ['src/**']\n---\n# Of another tool\n",
            Status.OTHER,
            "Of another tool",
        ),
        ("---\nlayout: page\ntags: [a\n---\n# Broken\n", Status.OTHER, "Broken"),
        ("no heading at all", Status.OTHER, "0001-x"),
        ("---\n- a list\n---\n# List\n", Status.OTHER, "List"),
        ("", Status.OTHER, "0001-x"),
    ],
)
def test_what_has_none_of_our_keys_is_plain_and_no_error(text: str, status: Status, title: str) -> None:
    record = parse("docs/decisions/0001-x.md", text.encode())
    assert (record.plain, record.status, record.title, record.rules) == (True, status, title, ())


def test_our_own_records_are_plain() -> None:
    found = read(Path(__file__).parents[3], "docs/decisions")
    assert len(found) > 10
    assert all(record.plain and record.status is not Status.OTHER for record in found)


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("option: Redis", "optoin: Redis", 8, "optoin"),
        ("imports: [redis], p", "imports: redis, p", 10, "rejected.0.match.imports"),
        ("kind: import-forbidden", "kind: import-forbiden", 13, "rules.0.kind"),
        ("imports: [redis]}", "paths: [a]}", 13, "needs `imports`"),
        ("status: accepted", "status: aproved", 2, "must be proposed"),
        ("review-by:", "review_by:", 17, "did you mean `review-by`"),
        ("date: 2026-11-22", "status: proposed", 3, "`status` twice"),
        ("date: 2026-11-22", "date: &a [x]", 3, "anchor or alias"),
        ("date: 2026-11-22", "date: " + "[" * 40 + "]" * 40, 3, "deep"),
        ("date: 2026-11-22", "date: [" + "1," * 6000 + "]", 3, "values"),
        ("date: 2026-11-22", "date: !!python/object/apply:os.system [id]", 3, "a tag of YAML"),
        ("date: 2026-11-22", "2: x", 3, "a key that is no word"),
        ("date: 2026-11-22", "? [a]\n: b", 3, "a key that is no word"),
        ("because: jobs", "!!timestamp x: jobs", 9, "a tag of YAML"),
        ("date: 2026-11-22", "date: 2026-99-99", 2, "month must be in"),
        ("date: 2026-11-22", "date: [", 5, "is no YAML"),
        ("D-20261122-no-redis", "D-redis", 5, "D-20261122-some-words"),
        ("'redis\\.'", "'(a+)+$'", 10, "repeats a group"),
        ("'redis\\.'", "'('", 10, "no regular expression"),
        ("2027-01-01", "soon", 17, "review-by"),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(old: str, new: str, line: int, said: str) -> None:
    with pytest.raises(DecisionError) as error:
        parse("docs/decisions/x.md", OURS.replace(old, new, 1).encode())
    assert str(error.value).startswith(f"docs/decisions/x.md, line {line}: ")
    assert said in str(error.value)


def test_front_matter_without_end_is_refused_by_its_size() -> None:
    with pytest.raises(DecisionError, match="longer than"):
        parse("x.md", OURS.replace("date: 2026-11-22", "date: '" + "x" * 70_000 + "'").encode())


def test_aliases_that_stand_for_gigabytes_are_refused_at_once() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(DecisionError, match="anchor or alias"):
        parse("x.md", OURS.replace("date: 2026-11-22\n", bomb).encode())


def test_what_may_change_once_it_is_accepted_leaves_the_hash_alone() -> None:
    known = parse("x.md", OURS.encode()).body_hash
    for old, new in (
        ("status: accepted", "status: superseded by D-20270101-x"),
        ("date: 2026-11-22", "date: 2027-11-22"),
        ("digest: abc", "digest: def"),
        ("review-by:", "superseded-by: D-20270101-x\nreview-by:"),
        ("\n", "\r\n"),
        ("Text.", "Text.  "),
    ):
        assert parse("x.md", OURS.replace(old, new).encode()).body_hash == known


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Text.", "Other text."),
        ("because: jobs were lost", "because: of taste"),
        ("imports: [redis]}", "imports: [rediss]}"),
        ("enforcement: enforce", "enforcement: surface"),
        ("paths: [shop/]", "paths: [never/]"),
        ("2027-01-01", "2099-01-01"),
    ],
)
def test_everything_else_changes_the_hash(old: str, new: str) -> None:
    assert parse("x.md", OURS.replace(old, new).encode()).body_hash != parse("x.md", OURS.encode()).body_hash


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", "(a*)*b", "((a+))+", "(?:a+){2,}", r"(a)\1", "(?i)a", ".*.*.*x", "a" * 400]
)
def test_expressions_that_may_run_without_end_are_refused(pattern: str) -> None:
    assert problem(pattern)


@pytest.mark.parametrize(
    "pattern", [r"\bprint\(", r"redis\.\w+", "(?:a|b)c", r"[(+)*]+", r"\(a+\)", "(?P<x>a)b?", "a{2,3}", "(?!x)y"]
)
def test_usual_expressions_are_not(pattern: str) -> None:
    assert problem(pattern) == ""


def test_the_worst_that_is_allowed_ends() -> None:
    assert problem(".*a.*ab$") == ""
    assert not Searcher(".*a.*ab$").finds("a" * LINE)


def test_an_expression_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(DecisionError, match="takes too long"):
        Searcher("a", patience=-1.0).finds("b")


@pytest.mark.parametrize("before", [0, 150, 399, 401, 5000])
def test_what_stands_far_right_in_a_line_is_seen(before: int) -> None:
    assert Searcher(r"redis\.\w+").finds(" " * before + "redis.Redis()" + " " * before)


def test_links_and_pipes_are_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"secret.md": "# x", "docs/decisions/README.md": "no record", "docs/decisions/0001-a.md": "# A"})
    assert [record.id for record in read(tmp_path, "docs/decisions")] == ["0001-a"]
    (tmp_path / "docs/decisions/0002-b.md").symlink_to(tmp_path / "secret.md")
    with pytest.raises(DecisionError, match=r"0002-b\.md is no plain file"):
        read(tmp_path, "docs/decisions")


def test_a_link_out_of_the_tree_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"elsewhere/0001-a.md": "# A", "tree/docs/README.md": ""})
    (tmp_path / "tree/docs/decisions").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DecisionError, match="leads out of"):
        read(tmp_path / "tree", "docs/decisions")


def test_a_key_is_set_and_every_other_line_stays(tmp_path: Path) -> None:
    text = OURS.replace("date: 2026-11-22", "# when\ndate: 2026-11-22")
    write(tmp_path, {"d/20261122-no-redis.md": text})
    (record,) = read(tmp_path, "d")
    changed = set_keys(tmp_path, record, {"status": "superseded by D-20270101-x", "superseded-by": "D-20270101-x"})
    assert (changed.status, changed.superseded_by, changed.body_hash) == (
        Status.SUPERSEDED,
        "D-20270101-x",
        record.body_hash,
    )
    after = (tmp_path / "d/20261122-no-redis.md").read_text().splitlines()
    assert [line for line in text.splitlines() if line not in after] == ["status: accepted"]
    anchors = [{"path": "shop/jobs.py", "digest": "def"}]
    assert set_keys(tmp_path, changed, {"anchors": anchors}).anchors[0].digest == "def"
    assert read(tmp_path, "d")[0].review_by == record.review_by


MUTATIONS = st.lists(
    st.tuples(st.integers(0, len(OURS)), st.integers(0, 12), st.sampled_from(FRAGMENTS) | st.text(max_size=3)),
    max_size=4,
)


@given(MUTATIONS, st.sampled_from([OURS, MADR, OLD]))
def test_whatever_a_file_holds_it_is_a_record_or_an_error_with_its_line(
    mutations: list[tuple[int, int, str]], text: str
) -> None:
    for at, length, new in mutations:
        text = text[:at] + new + text[at + length :]
    try:
        assert parse("x.md", text.encode("utf-8", "surrogatepass")).path == "x.md"
    except DecisionError as error:
        assert re.match(r"x\.md, line \d+: ", str(error))  # noqa: PT017 - either is right
