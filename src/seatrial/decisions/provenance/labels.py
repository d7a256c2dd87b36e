"""Numbers that stand for who wrote a line, and what each number says."""

from collections.abc import Iterable, Mapping, Sequence

from seatrial.decisions.provenance.commits import Claim
from seatrial.decisions.provenance.marked_lines import MarkedLines
from seatrial.model.provenance import Origin

Entry = tuple[str, tuple[Claim, ...]]
"""The commit that wrote a line, and what marks say of that very line."""
NOBODY: Entry = ("", ())
_STRONGEST = (Origin.MIXED, Origin.AI, Origin.BOT, Origin.HUMAN_OBSERVED, Origin.HUMAN_ATTESTED)


class Labels:
    """Gives lines their numbers (see `lineage.Label`); `entries` says by number what they mean.

    `entries` may come from a former run.
    """

    def __init__(self, marked: Iterable[MarkedLines], entries: Sequence[Entry] = (NOBODY,)) -> None:
        self.entries = list(entries)
        self._numbers = {entry: number for number, entry in enumerate(entries)}
        self._marked: dict[tuple[str, str], list[MarkedLines]] = {}
        for one in marked:
            self._marked.setdefault((one.commit, one.path), []).append(one)

    def __call__(self, commit: str, path: str, first: int, count: int) -> list[int]:
        """The numbers of lines that a commit wrote."""
        marked = self._marked.get((commit, path))
        if not marked:
            return [self._number((commit, ()))] * count
        return [self._number((commit, _covering(marked, line))) for line in range(first, first + count)]

    def _number(self, entry: Entry) -> int:
        number = self._numbers.setdefault(entry, len(self.entries))
        if number == len(self.entries):
            self.entries.append(entry)
        return number


def origin(claims: Sequence[Claim]) -> Origin:
    """What claims about the same lines come to. A person and a model at the same line is both of them."""
    said = {claim.origin for claim in claims}
    if Origin.AI in said and said & {Origin.HUMAN_OBSERVED, Origin.HUMAN_ATTESTED}:
        return Origin.MIXED
    if Origin.AI in said:
        return Origin.AI
    return next((one for one in _STRONGEST if one in said), Origin.UNKNOWN)


def of_line(entry: Entry, of_commit: Mapping[str, Sequence[Claim]]) -> Sequence[Claim]:
    """The claims that hold for a line: those about itself if they tell anything, else those about its commit."""
    commit, own = entry
    return own if origin(own) is not Origin.UNKNOWN else of_commit.get(commit, ())


def _covering(marked: Sequence[MarkedLines], line: int) -> tuple[Claim, ...]:
    return tuple(dict.fromkeys(one.claim for one in marked if one.first <= line <= one.last))
