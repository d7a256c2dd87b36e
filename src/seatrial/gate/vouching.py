"""What one sign-off still vouches for, of one unit as it stands: staleness by kind of change.

Each way to lose a criterion is one function that yields what is lost and why.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import NamedTuple

from seatrial.gate.archive import Said
from seatrial.gate.counting import addresses
from seatrial.gate.criteria import BY_DECISIONS, BY_IMPORTS, BY_PRAGMAS, leaves, version
from seatrial.model.mandate import Ask, Law
from seatrial.model.signoff import Criterion, Mark
from seatrial.model.symbols import IMPORTS

_EVIDENCE = "finding:"


class Loss(NamedTuple):
    """Criteria that a sign-off no longer vouches for, and why. `all_of_it`: whatever it said."""

    why: str
    criteria: frozenset[str] = frozenset()
    all_of_it: bool = False


class Vouch(NamedTuple):
    """What is left of a sign-off for a unit: criteria that imply nothing."""

    said: Said
    left: frozenset[str]
    losses: tuple[Loss, ...]


def vouch(ask: Ask, said: Said, law: Law) -> Vouch:
    """What a record that counts vouches for, of the unit as it stands."""
    passed = frozenset[str]()
    for criterion in said.record.signoff.criteria:
        if criterion.verdict is not Mark.FAIL:
            passed |= leaves([criterion.id], law.mandate.criteria)
    losses = tuple(loss for way in _WAYS for loss in way(ask, said, law))
    for loss in losses:
        passed = frozenset() if loss.all_of_it else passed - loss.criteria
    return Vouch(said, passed, losses)


def ends(ask: Ask) -> timedelta:
    """How long a sign-off of this unit lasts."""
    return timedelta(days=ask.requirement.expires)


def _by_code(ask: Ask, said: Said, _: Law) -> Iterator[Loss]:
    who, subject = said.record.signoff.reviewer, said.subject
    if subject.digest != ask.digest and ask.name == IMPORTS:
        yield Loss(f"what is imported changed since {who} signed it", BY_IMPORTS)
    elif subject.digest != ask.digest or subject.signature != ask.signature:
        what = "its signature" if subject.signature != ask.signature else "its code"
        yield Loss(f"{what} changed since {who} signed it", all_of_it=True)
    elif subject.pragmas != ask.pragmas:
        yield Loss(f"what it tells tools or users beside its code changed since {who} signed it", BY_PRAGMAS)


def _by_time(ask: Ask, said: Said, law: Law) -> Iterator[Loss]:
    end = said.record.at + ends(ask)
    if end < law.now:
        yield Loss(f"{said.record.signoff.reviewer}'s sign-off ended on {end:%Y-%m-%d}", all_of_it=True)


def _by_person(ask: Ask, said: Said, law: Law) -> Iterator[Loss]:
    signoff = said.record.signoff
    if signoff.role != ask.requirement.role:
        yield Loss(f"{signoff.reviewer} signed as {signoff.role}, not as {ask.requirement.role}", all_of_it=True)
    if ask.requirement.require_hardware and not said.record.hardware:
        yield Loss(f"{signoff.reviewer}'s key lies in no device that is touched", all_of_it=True)
    if not addresses(signoff.reviewer, law.mandate).isdisjoint(ask.authors):
        yield Loss(f"{signoff.reviewer} changed it, and cannot review it", all_of_it=True)


def _by_conditions(_: Ask, said: Said, law: Law) -> Iterator[Loss]:
    signoff = said.record.signoff
    due = [one for one in signoff.conditions if one.due < law.now.date()]
    conditional = [one for one in signoff.criteria if one.verdict is Mark.CONDITIONAL]
    if due:
        lost = leaves([one.id for one in conditional or signoff.criteria], law.mandate.criteria)
        yield Loss(f"a condition was due on {due[0].due} ({due[0].owner}): {due[0].text}", lost)


def _by_version(_: Ask, said: Said, law: Law) -> Iterator[Loss]:
    for one in said.record.signoff.criteria:
        if one.version != version(one.id, law.mandate.criteria):
            yield Loss(f"what `{one.id}` asks has changed since", leaves([one.id], law.mandate.criteria))


def _by_findings(ask: Ask, said: Said, law: Law) -> Iterator[Loss]:
    known = {text for one in said.record.signoff.criteria for text in one.evidence}
    for fingerprint, criterion in ask.against:
        if _EVIDENCE + fingerprint not in known:
            why = f"a new finding ({fingerprint[:8]}) speaks against `{criterion}`"
            yield Loss(why, leaves([criterion], law.mandate.criteria))


def _by_decisions(_: Ask, said: Said, law: Law) -> Iterator[Loss]:
    for one in said.record.signoff.decisions:
        if (decision := one.partition("@")[0]) in law.superseded:
            yield Loss(f"the decision {decision} was superseded since", BY_DECISIONS)


def failed(criterion: Criterion) -> bool:
    """Whether somebody said no."""
    return criterion.verdict is Mark.FAIL


_Way = Callable[[Ask, Said, Law], Iterator[Loss]]
_WAYS: tuple[_Way, ...] = (
    _by_code,
    _by_time,
    _by_person,
    _by_conditions,
    _by_version,
    _by_findings,
    _by_decisions,
)
