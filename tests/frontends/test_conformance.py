"""Each idea of the corpus gives the facts that its listing tells."""

from pathlib import Path

import pytest

from frontends.listing import CORPUS, EXTRACT, inputs, listing


@pytest.mark.parametrize("path", inputs(), ids=lambda path: str(path.parent.relative_to(CORPUS)))
def test_facts_are_those_listed(path: Path) -> None:
    facts = EXTRACT[path.parent.name](path.read_text(encoding="utf-8"))
    assert listing(facts) == path.with_name("expected.txt").read_text(encoding="utf-8")
