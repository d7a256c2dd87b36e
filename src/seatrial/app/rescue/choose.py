"""From drafts to at most ten cards, in the order of work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median

from seatrial.app.rescue import gauges
from seatrial.app.rescue.checks import run
from seatrial.app.rescue.drafts import Draft, changes, modules_of, rank, ways_in
from seatrial.app.rescue.gauges import gauge
from seatrial.app.rescue.hotspots import is_bare, keeps
from seatrial.app.rescue.owners import Owners
from seatrial.app.rescue.survey import Survey
from seatrial.model.rescue import Card, Fact, Span, Verb
from seatrial.model.text import counted

MOST_CARDS = 10
ALIKE = 3
"""So many cards of a kind: the next ones show when these are done."""
WORTHY = 0.3
"""Of the middle of the highest priorities: what a phase's best must reach to be taken before others."""
A_FILE = 2
"""So many cards about one file: people would wait for one another."""
WORTH_A_GATE = 5
"""Findings on no card from which on a gate for new code comes first."""


def choose(survey: Survey, drafts: Iterable[Draft]) -> list[Draft]:
    """The few that are worth most, with what they need; none whose checks hold already."""
    ranks = {draft.id: rank(draft, survey) for draft in drafts}
    open_ = [draft for draft in drafts if not all(run(check, survey).holds for check in draft.checks)]
    ranked = sorted(open_, key=lambda one: (-ranks[one.id], one.id))
    chosen = _best(ranked, ranks, MOST_CARDS - 1)
    kept = keeps(survey, {path for draft in chosen for path in draft.paths})
    chosen = _best(ranked, ranks, MOST_CARDS - 1 - len(kept))
    gate = list(_gate(survey, chosen))
    return sorted([*gate, *chosen, *kept], key=lambda one: _order(one, ranks))


def _order(draft: Draft, ranks: Mapping[str, float]) -> tuple[bool, int, bool, float, str]:
    return (draft.verb is Verb.KEEP, draft.phase, draft.kind != "gate", -ranks.get(draft.id, 0), draft.id)


def _best(ranked: Sequence[Draft], ranks: Mapping[str, float], most: int) -> list[Draft]:
    """What attackers use, the best of each phase, the best that are not too alike, then what there is room for.

    A plan of cards of one phase is none: what is pinned, cut and taken away makes the rest possible.
    """
    hand = _Hand({draft.id: draft for draft in ranked}, most)
    for draft in [draft for draft in ranked if draft.is_urgent][:ALIKE]:
        hand.take(draft)
    level = median(ranks[draft.id] for draft in ranked[:most]) if ranked else 0
    worthy = [draft for draft in ranked if ranks[draft.id] >= WORTHY * level]
    for phase in sorted({draft.phase for draft in worthy}):
        hand.take(next(draft for draft in worthy if draft.phase == phase))
    for draft in ranked:
        if not hand.crowded(draft):
            hand.take(draft)
    for draft in ranked:
        hand.take(draft)
    return list(hand.chosen.values())


class _Hand:
    """The cards that were taken so far, at most so many."""

    def __init__(self, known: Mapping[str, Draft], most: int) -> None:
        self._known = known
        self._most = most
        self.chosen: dict[str, Draft] = {}

    def crowded(self, draft: Draft) -> bool:
        """There are enough cards of the kind, or about one of its files."""
        kinds = sum(one.kind == draft.kind for one in self.chosen.values())
        files = (sum(path in one.paths for one in self.chosen.values()) for path in draft.paths)
        return kinds >= ALIKE or max(files, default=0) >= A_FILE

    def take(self, draft: Draft) -> None:
        """Takes a card with those that it needs, unless that is too many."""
        needed = (self._known[need] for need in draft.needs if need in self._known)
        new = {one.id: one for one in (*needed, draft) if one.id not in self.chosen}
        if len(self.chosen) + len(new) <= self._most:
            self.chosen |= new


def _gate(survey: Survey, chosen: Iterable[Draft]) -> Iterator[Draft]:
    """New code is gated before old code is mended: else the debt grows while it is paid."""
    carried = {one for draft in chosen for one in draft.findings}
    rest = len(survey.findings) - len(carried)
    if survey.gate_open or rest < WORTH_A_GATE:
        return
    yield Draft(
        verb=Verb.QUARANTINE,
        phase=0,
        kind="gate",
        unit=".",
        paths=(),
        title="Gate new code from today: take what is there into a baseline that may only shrink",
        facts=(Fact("findings", len(survey.findings)), Fact("of them on no other card", rest)),
        precondition="The team agrees that nothing new gets in; who may loosen that is named.",
        checks=("gate:open",),
        hours=Span(0.5, 1.5),
        lines=100,
        risk="Debt grows while it is paid: what is mended here comes back in the next change.",
        rollback="Delete `.seatrial/baseline.json` and the step in CI.",
        reason="`seatrial baseline` writes it, `seatrial gate` in CI holds it; each card below then takes entries out.",
    )


def cards(survey: Survey, chosen: Sequence[Draft], owner: Owners) -> Iterator[Card]:
    """The cards, each with the numbers that all have and what it waits for."""
    for draft in chosen:
        yield Card(
            id=draft.id,
            phase=draft.phase,
            verb=draft.verb,
            unit=draft.unit,
            paths=draft.paths,
            title=draft.title,
            reason=f"{draft.reason} {_reason(survey, draft)}".strip(),
            how=draft.how,
            evidence=(*draft.facts, *_numbers(survey, draft)),
            places=draft.places,
            precondition=draft.precondition + _untested(survey, draft),
            done_when=draft.checks,
            effort=draft.effort,
            risk_removed=draft.risk,
            rollback=draft.rollback,
            owner=owner(draft.paths),
            depends_on=tuple(_waits_for(draft, chosen)),
            priority=0.0 if draft.verb is Verb.KEEP else round(rank(draft, survey), 1),
        )


def _waits_for(draft: Draft, chosen: Iterable[Draft]) -> Iterator[str]:
    """Cards about the same files that make this one safe: tests before cuts, circles opened before seams."""
    for other in chosen:
        pinned = other.kind == "untested" and set(other.paths) & set(draft.paths)
        shared = other.phase > 0 and set(other.touched) & set(draft.touched)
        if other.id in draft.needs or ((pinned or shared) and other.phase < draft.phase):
            yield other.id


def _numbers(survey: Survey, draft: Draft) -> Iterator[Fact]:
    past = [survey.told.past(path) for path in draft.paths]
    if survey.told.history.commits and draft.paths:
        yield Fact(f"changes in {counted(survey.told.history.days, 'day')}", sum(one.changes for one in past))
        if fixes := sum(one.fixes for one in past):
            yield Fact("of them said to be fixes", fixes)
    if importers := gauge(gauges.IMPORTERS, survey, draft.paths):
        yield Fact(gauges.IMPORTERS, importers)
    if routes := ways_in(draft, survey):
        yield Fact("ways in that lead to it", routes)


def _reason(survey: Survey, draft: Draft) -> str:
    """Why here and not elsewhere, from the numbers."""
    if draft.verb is Verb.KEEP:
        return ""
    often = changes(survey.told, draft.paths)
    importers = gauge(gauges.IMPORTERS, survey, draft.paths) or 0
    what = "Its file" if len(draft.paths) == 1 else "Its files"
    parts = [f"changed {_times(often)} in {counted(survey.told.history.days, 'day')}"] if often else []
    parts += [f"{'is' if len(draft.paths) == 1 else 'are'} imported by {importers:.0f} others"] if importers > 1 else []
    return f"{what} {' and '.join(parts)}." if parts else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _untested(survey: Survey, draft: Draft) -> str:
    """What a card about code that no test names asks for before all else."""
    bare = [module.path for module in modules_of(draft, survey) if is_bare(survey, module)]
    if not bare or draft.verb in {Verb.ADD_CHARACTERISATION_TEST, Verb.KEEP, Verb.DELETE} or draft.needs:
        return ""
    return f" No test names {bare[0]}: first write one that holds what must stay."
