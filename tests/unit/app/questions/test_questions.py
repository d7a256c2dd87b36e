"""Questions are bound to what the code does, differ from person to person and do not come back soon."""

from collections.abc import Sequence

import pytest

from seatrial.app.questions import Asked, Circumstance, Fact, Lens, choose, facts_of, repeats
from seatrial.app.questions.bank import phrasings
from seatrial.testing import program_of

DJANGO = {
    "shop/models.py": """
from django.db import models

class Order(models.Model):
    total = models.IntegerField()

class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
""",
    "shop/views.py": """
from datetime import datetime
from functools import lru_cache
import requests
from django.core.cache import cache
from tenacity import retry
from shop.models import Line, Order

def everything(request):
    return list(Order.objects.all())

def one(request, key):
    return Order.objects.get(pk=key)

def page(request, number):
    return list(Order.objects.all()[number : number + 50])

def tell(orders):
    for order in orders:
        requests.post("https://there", json={"id": order.pk}, timeout=5)

@retry
def again(order):
    requests.post("https://there", timeout=5)

def place(request):
    order = Order.objects.create(total=1)
    Line.objects.create(order=order)

@lru_cache
def price(sku):
    return sku

def late(order):
    try:
        return datetime.now() > order.due
    except AttributeError:
        return False
""",
}


def circumstances(symbol: str) -> set[Circumstance]:
    facts = facts_of(program_of(DJANGO), {"shop/views.py"})
    return {fact.circumstance for fact in facts if fact.symbol == symbol}


@pytest.mark.parametrize(
    ("symbol", "circumstance"),
    [
        ("everything", Circumstance.UNBOUNDED_QUERY),
        ("tell", Circumstance.LOOP_IO),
        ("again", Circumstance.RETRY),
        ("place", Circumstance.WRITE_PAIR),
        ("price", Circumstance.CACHE),
        ("late", Circumstance.CLOCK),
        ("late", Circumstance.EXCEPT),
    ],
)
def test_a_fact_is_seen_where_it_is(symbol: str, circumstance: Circumstance) -> None:
    assert circumstance in circumstances(symbol)


@pytest.mark.parametrize("symbol", ["one", "page"])
def test_a_query_with_a_bound_is_not_called_unbounded(symbol: str) -> None:
    assert Circumstance.UNBOUNDED_QUERY not in circumstances(symbol)


def test_a_migration_is_asked_about_the_old_version() -> None:
    files = {
        "shop/migrations/__init__.py": "",
        "shop/migrations/0002_drop.py": "from django.db import migrations\n\nclass Migration(migrations.Migration):\n"
        "    operations = [migrations.RemoveField('order', 'total')]\n",
    }
    facts = facts_of(program_of(files), {"shop/migrations/0002_drop.py"})
    assert {fact.circumstance for fact in facts} == {Circumstance.MIGRATION}


def test_every_lens_asks_in_six_ways_about_each_thing_that_it_asks_about() -> None:
    counts = {(lens, about): len(phrasings(lens, about)) for lens in Lens for about in Circumstance}
    assert all(count == 0 or count >= 6 for count in counts.values())
    assert {about for (_, about), count in counts.items() if count} == set(Circumstance)


def test_no_phrasing_stands_twice_in_the_bank() -> None:
    every = [one for lens in Lens for about in Circumstance for one in phrasings(lens, about)]
    assert len(every) == len(set(every))


def test_a_question_names_the_code_that_it_is_about() -> None:
    facts = facts_of(program_of(DJANGO), {"shop/views.py"})
    for question in choose(facts, (), "ada@example.org"):
        assert question.symbol in question.text or f"views.py:{question.line}" in question.text


def test_a_pack_gets_one_question_of_each_lens() -> None:
    chosen = choose(facts_of(program_of(DJANGO), {"shop/views.py"}), (), "ada@example.org")
    assert [question.lens for question in chosen] == list(Lens)


def test_two_people_are_not_asked_the_same() -> None:
    facts = facts_of(program_of(DJANGO), {"shop/views.py"})
    asked = {choose(facts, (), f"{name}@example.org") for name in ("ada", "grace", "barbara", "edsger")}
    assert len(asked) > 1


def reviews(facts: Sequence[Fact], count: int) -> list[tuple[str, ...]]:
    """The texts that one person is asked in so many reviews of the same code, one after the other."""
    told: list[tuple[str, ...]] = []
    rounds: list[list[tuple[str, str]]] = []
    for _ in range(count):
        asked = [Asked(text, template, age) for age, past in enumerate(reversed(rounds), 1) for text, template in past]
        chosen = choose(facts, asked, "ada@example.org")
        rounds.append([(one.text, one.template) for one in chosen])
        told.append(tuple(one.text for one in chosen))
    return told


def test_no_question_comes_back_within_ten_reviews_of_a_single_line() -> None:
    smallest = [Fact(Circumstance.SYMBOL, "a.py", "", 1), Fact(Circumstance.LINE, "a.py", "", 1)]
    told = reviews(smallest, 30)
    for number, texts in enumerate(told):
        assert len(texts) == 3
        assert not set(texts) & {text for before in told[max(0, number - 10) : number] for text in before}


@pytest.mark.parametrize(
    ("answer", "earlier", "is_repeated"),
    [
        ("The order may be empty, and then total is None.", "the order may be empty and then total is none", True),
        ("The order may be empty, and then total is None.", "The cache is shared by all tenants of a machine.", False),
        ("ok", "ok", True),
        ("yes", "yet", False),
    ],
)
def test_an_answer_that_says_an_earlier_one_again_is_flagged(answer: str, earlier: str, *, is_repeated: bool) -> None:
    assert bool(repeats(answer, [earlier])) is is_repeated
