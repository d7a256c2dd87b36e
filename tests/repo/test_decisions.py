"""Decision records have the form of MADR 4, and what holds them exists."""

import re

import pytest

from repository import ROOT, exists, files, project, text

RECORDS = files(".md", below="docs/decisions/")
HEADINGS = ["## Context and Problem Statement", "## Considered Options", "## Decision Outcome", "### Consequences"]
HEAD = re.compile(
    r"---\nstatus: (proposed|accepted|rejected|deprecated|superseded by \d{4})\ndate: \d{4}-\d\d-\d\d\n---\n\n# \S"
)


def test_the_numbers_leave_no_hole() -> None:
    names = [path.rpartition("/")[2] for path in RECORDS]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    assert all(re.fullmatch(r"\d{4}(?:-[a-z0-9]+)+\.md", name) for name in names)


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_has_its_parts_in_order(record: str) -> None:
    said = text(record)
    assert HEAD.match(said)
    found = [line for line in said.splitlines() if line in HEADINGS]
    assert found == HEADINGS
    others = set(re.findall(r"^##+ .*$", said, re.MULTILINE)) - set(HEADINGS)
    assert others <= {"### Confirmation"}


@pytest.mark.parametrize("record", RECORDS)
def test_what_confirms_a_record_exists(record: str) -> None:
    held = text(record).partition("### Confirmation")[2]
    contracts = {one["id"] for one in project()["tool"]["importlinter"]["contracts"]}
    for name in re.findall(r"`([^`]+)`", held):
        module = name.rpartition(".")[0].replace(".", "/")
        assert exists(name) or name in contracts or (ROOT / "src" / f"{module}.py").exists(), name
    assert held == "" or "`" in held
