"""Plans for real trees: what every card keeps to, and which cards come of which faults."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from repository import ROOT
from seatrial import registry
from seatrial.app.progress import Progress
from seatrial.app.rescue import planned
from seatrial.app.rescue.checks import run
from seatrial.app.rescue.choose import MOST_CARDS
from seatrial.app.rescue.remedies import remedies, remedy_for
from seatrial.app.rescue.survey import survey
from seatrial.model.rescue import PHASES, Card, Plan, Verb
from trees import commit, git, write


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))


def plan(root: Path) -> Plan:
    return planned(root, survey(root, Progress()))


def cards(root: Path, verb: Verb) -> list[Card]:
    return [card for card in plan(root).cards if card.verb is verb]


def history(root: Path, versions: Mapping[str, str], times: int = 25) -> None:
    """Commits in which the files change, again and again."""
    git(root, "init", "-q")
    for number in range(times):
        write(root, {path: f"{text}\n# {number}\n" for path, text in versions.items()})
        commit(root)


def many(name: str, ways: int = 30) -> str:
    lines = [f"    if order == {n}:\n        total += order * {n}\n" for n in range(ways)]
    return f"def {name}(order, total):\n{''.join(lines)}    return total\n"


CLIENT = "import requests\n\n\ndef prices(ids):\n    return [requests.get(f'https://x.org/{i}') for i in ids]\n"
TEST = "from shop import orders\n\n\ndef test_total():\n    assert orders.total(1, 0) == 1\n"


def test_every_rule_has_one_remedy() -> None:
    named = [rule for remedy in remedies().values() for rule in remedy.rules]
    assert sorted(named) == sorted(registry.rule_ids())


def test_a_rule_of_another_scanner_has_the_remedy_of_others() -> None:
    assert remedy_for("bandit/B608").key == "others"


def test_every_remedy_can_be_acted_on() -> None:
    for remedy in remedies().values():
        assert "{unit}" in remedy.title
        assert 0 < remedy.hours[0] < remedy.hours[1]
        assert 0 <= remedy.phase < len(PHASES)
        assert remedy.verb is not Verb.KEEP
        assert remedy.precondition.endswith((".", "`."))
        assert remedy.rollback.endswith(".")


@pytest.fixture(scope="module")
def shop_cards(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SEATRIAL_CACHE_DIR", str(tmp_path_factory.mktemp("shop-cache")))
        return plan(ROOT / "examples/shop")


def test_there_are_at_most_ten_cards_in_the_order_of_work(shop_cards: Plan) -> None:
    assert 0 < len(shop_cards.cards) <= MOST_CARDS
    phases = [card.phase for card in shop_cards.cards if card.verb is not Verb.KEEP]
    assert phases == sorted(phases)
    assert len({card.id for card in shop_cards.cards}) == len(shop_cards.cards)


def test_no_card_is_done_when_it_is_dealt(shop_cards: Plan) -> None:
    found = survey(ROOT / "examples/shop", Progress())
    for card in shop_cards.cards:
        outcomes = [run(check, found).holds for check in card.done_when]
        assert all(outcomes) if card.verb is Verb.KEEP else not all(outcomes), card


def test_a_card_waits_only_for_cards_before_it(shop_cards: Plan) -> None:
    before: set[str] = set()
    for card in shop_cards.cards:
        assert set(card.depends_on) <= before
        before.add(card.id)


def test_every_card_says_all_that_who_does_it_needs(shop_cards: Plan) -> None:
    for card in shop_cards.cards:
        assert card.evidence
        assert card.done_when
        assert all((card.title, card.reason, card.precondition, card.rollback, card.risk_removed)), card
        assert 0 < card.effort.review_minutes.low <= card.effort.review_minutes.high
        assert card.effort.change_hours.low < card.effort.change_hours.high or card.verb is Verb.KEEP


def test_what_is_on_no_card_is_told(shop_cards: Plan) -> None:
    assert shop_cards.carried + sum(int(line.split()[0]) for line in shop_cards.left) == shop_cards.findings


def test_the_same_tree_has_the_same_plan(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/client.py": CLIENT, "shop/orders.py": many("total")})
    assert plan(tmp_path) == plan(tmp_path)


def test_a_sound_tree_has_no_card(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/a.py": "def double(n: int) -> int:\n    return 2 * n\n"})
    assert plan(tmp_path).cards == ()


def test_a_function_that_nobody_can_follow_is_cut_after_it_is_pinned(tmp_path: Path) -> None:
    history(tmp_path, {"shop/orders.py": many("total"), "shop/__init__.py": ""})
    (pin,) = cards(tmp_path, Verb.ADD_CHARACTERISATION_TEST)
    (cut,) = cards(tmp_path, Verb.EXTRACT_SEAM)
    assert pin.done_when == ("tested:shop/orders.py",)
    assert cut.done_when == ("complexity:shop/orders.py:total <= 16",)
    assert cut.depends_on == (pin.id,)
    assert cut.owner.startswith("nobody@example.org (25 of 25")


def test_a_function_that_a_test_names_is_cut_at_once(tmp_path: Path) -> None:
    history(tmp_path, {"shop/orders.py": many("total"), "shop/__init__.py": "", "tests/test_orders.py": TEST})
    (cut,) = cards(tmp_path, Verb.EXTRACT_SEAM)
    assert cut.depends_on == ()
    assert "tests/test_orders.py" in cut.precondition
    assert cards(tmp_path, Verb.ADD_CHARACTERISATION_TEST) == []


def test_a_function_that_nobody_touches_is_left_alone_however_it_looks(tmp_path: Path) -> None:
    write(tmp_path, {"shop/old.py": many("ancient")})
    history(tmp_path, {"shop/orders.py": "X = 1\n", "shop/__init__.py": ""})
    assert plan(tmp_path).cards == ()


def test_a_hot_file_that_is_sound_is_kept_with_a_reason(tmp_path: Path) -> None:
    history(tmp_path, {"shop/orders.py": many("total", 8), "shop/__init__.py": "", "tests/test_orders.py": TEST})
    (keep,) = plan(tmp_path).cards
    assert keep.verb is Verb.KEEP
    assert keep.reason == (
        "25 changes draw the eye to it, but no function in it has more than 9 ways through, 1 test file names it, "
        "and nothing is found in it."
    )


def test_files_that_change_together_without_a_word_get_a_contract(tmp_path: Path) -> None:
    left, right = many("charge", 12), many("refund", 12).replace("*", "-")
    tests = {"tests/test_pay.py": TEST.replace("orders", "pay"), "tests/test_back.py": TEST.replace("shop", "desk")}
    write(tmp_path, tests | {"shop/__init__.py": "", "desk/__init__.py": ""})
    history(tmp_path, {"shop/pay.py": left, "desk/back.py": right})
    (contract,) = cards(tmp_path, Verb.PIN_CONTRACT)
    assert contract.done_when == ("together:desk/back.py,shop/pay.py",)


def test_a_circle_is_cut_by_a_card_that_names_its_modules(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/a.py": "from shop.b import B\n\n\nclass A(B):\n    x = 1\n"}
    write(tmp_path, files | {"shop/b.py": "from shop.a import A\n\n\nclass B:\n    y = A\n"})
    (card,) = cards(tmp_path, Verb.BREAK_CYCLE)
    assert card.done_when == ("no-cycle:shop.a,shop.b",)
    assert card.title == "Cut the circle of imports between shop.a and shop.b"


def test_findings_of_one_kind_in_one_file_are_one_card(tmp_path: Path) -> None:
    write(tmp_path, {"shop/__init__.py": "", "shop/client.py": CLIENT + "\n\n" + CLIENT.replace("prices", "stock")})
    (card,) = cards(tmp_path, Verb.REPLACE)
    assert card.unit == "shop/client.py"
    assert sorted(card.done_when) == [
        "rule:missing-timeout in shop/client.py <= 0",
        "rule:request-in-loop in shop/client.py <= 0",
    ]


def test_old_findings_are_exempt_before_they_are_mended(tmp_path: Path) -> None:
    write(tmp_path, {f"shop/client{n}.py": CLIENT.replace("prices", f"prices_{n}") for n in range(20)})
    write(tmp_path, {"seatrial.toml": "[policy]\nfail-confidence = 0.7\n"})
    gate = plan(tmp_path).cards[0]
    assert (gate.verb, gate.unit, gate.done_when) == (Verb.QUARANTINE, ".", ("gate:open",))


def test_of_a_plug_in_that_nobody_imports_nothing_is_said_where_there_are_tests(tmp_path: Path) -> None:
    write(tmp_path, {"tests/test_other.py": "def test_one():\n    assert 1 + 1 == 2\n"})
    history(tmp_path, {"shop/plugin.py": many("act", 18), "shop/__init__.py": ""})
    assert cards(tmp_path, Verb.ADD_CHARACTERISATION_TEST) == []
