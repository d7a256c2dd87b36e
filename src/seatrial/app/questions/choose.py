"""Chooses the three questions for a pack. Pure: the same facts, person and history give the same questions."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

from seatrial.app.questions.bank import phrasings, question
from seatrial.app.questions.question import Asked, Circumstance, Fact, Lens, Question

REVIEWS = 10
"""A question that a person answered is not put to them again within so many reviews."""

_RANK = {
    circumstance: rank
    for rank, group in enumerate(
        (
            (Circumstance.UNBOUNDED_QUERY, Circumstance.LOOP_IO, Circumstance.RETRY, Circumstance.WRITE_PAIR,
             Circumstance.CACHE, Circumstance.MIGRATION, Circumstance.CLOCK),
            (Circumstance.ENDPOINT, Circumstance.WRITE, Circumstance.HTTP, Circumstance.FILES),
            (Circumstance.EXCEPT, Circumstance.EFFECT),
            (Circumstance.FIT, Circumstance.TRUST),
            (Circumstance.CALL, Circumstance.PARAMETER, Circumstance.BRANCH),
            (Circumstance.SYMBOL,),
            (Circumstance.LINE,),
        )
    )
    for circumstance in group
}  # fmt: skip
"""What is worth asking about first: what breaks at scale before what is merely there."""


def choose(facts: Iterable[Fact], asked: Sequence[Asked], who: str) -> tuple[Question, ...]:
    """One question of each lens, none of which this person had within the last `REVIEWS` reviews.

    A lens for which every question was asked so lately is left out: then the pack has no fact at all. What was asked
    about least lately comes first; among equals the person and the code decide, so that two people who review the same
    code do not get the same questions.
    """
    known = sorted(set(facts))
    return tuple(chosen for lens in Lens if (chosen := _best(lens, known, asked, who)) is not None)


def _best(lens: Lens, facts: Iterable[Fact], asked: Sequence[Asked], who: str) -> Question | None:
    texts = {one.text for one in asked if one.age <= REVIEWS}
    ages: dict[str, int] = {}
    for one in asked:
        ages[one.template] = min(one.age, ages.get(one.template, one.age))

    def cost(candidate: Question) -> tuple[int, int, str]:
        mixed = sha256(f"{who}\0{candidate.text}".encode()).hexdigest()
        return _RANK[candidate.circumstance], -ages.get(candidate.template, REVIEWS + 1), mixed

    return min((one for one in _candidates(lens, facts) if one.text not in texts), key=cost, default=None)


def _candidates(lens: Lens, facts: Iterable[Fact]) -> Iterator[Question]:
    for fact in facts:
        for number in range(len(phrasings(lens, fact.circumstance))):
            yield question(lens, fact, number)
