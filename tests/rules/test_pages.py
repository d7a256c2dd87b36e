"""Every section of every rule's page, and every further page in tests/rules/<rule>/, holds."""

from pathlib import Path

import pytest

from seatrial import registry, testing
from seatrial.rules.contract import Rule, mend, sentence, why

HERE = Path(__file__).parent
RULES = registry.rules()
PAGES = [(path.parent.name, path) for path in sorted(HERE.glob("*/*.md"))]


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_the_rules_own_page_holds(rule: Rule) -> None:
    assert testing.problems(rule) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda r: r.id)
def test_a_page_says_what_why_and_how_to_mend(rule: Rule) -> None:
    assert sentence(rule.page)
    assert why(rule.page)
    assert mend(rule.page)


@pytest.mark.parametrize(("rule", "path"), PAGES, ids=lambda p: p.stem if isinstance(p, Path) else p)
def test_a_further_page_holds(rule: str, path: Path) -> None:
    assert testing.problems(RULES[rule], path.read_text(encoding="utf-8")) == []
