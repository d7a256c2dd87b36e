"""What follows from the cost of requests as data grows: indexes that are missing, tables read to the end, curves."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from seatrial.model.curve import Curve, Prices, Series
from seatrial.model.evidence import Outcome
from seatrial.trials.claims import Claim
from seatrial.trials.scaling import Index, Scaled
from seatrial.trials.statistics import Growth, growth
from seatrial.trials.terabyte import at_terabyte, told

_CLASSES = ("1", "log n", "n", "n log n", "n²")
_MUCH = 100
"""Blocks from which on it matters that a request reads a table to its end."""
_MANY = 1_000
"""Rows of a table from which on it counts as large."""
_ALL = 0.9
"""An answer that holds this part of a table holds it all."""
_FEW = 10
_NEARLY = 1.5
_WAYS = {False: "more rows of others", True: "more rows of one's own"}


def claims(found: Sequence[Scaled], prices: Prices) -> Iterator[Claim]:
    """What each operation's cost proves or clears."""
    proven = set()
    for one in found:
        for index in one.missing:
            if (index.line, index.table, index.column) not in proven:
                proven.add((index.line, index.table, index.column))
                yield _missing(one, index)
    for name, ways in _by_operation(found).items():
        yield from _unpaginated(name, ways)
        if not any(one.missing for one in ways):
            yield from _read_to_the_end(ways, prices)
            yield from _flat(ways)


def curves(found: Sequence[Scaled], prices: Prices) -> Iterator[Curve]:
    """One curve an operation: the way in which it grows most."""
    steepest = {name: _steepest(ways) for name, ways in _by_operation(found).items()}
    for name, one in steepest.items():
        if not any(one.work) or not one.is_fed or (name != _plain(name) and _is_alike(one, steepest[_plain(name)])):
            continue
        yield Curve(
            trial="growth",
            title=one.operation,
            x="rows",
            xs=one.sizes,
            series=(
                Series(f"{one.unit} read" if one.unit == "blocks" else one.unit, "", one.work),
                Series("rows in the answer", "", one.rows),
            ),
            label=_label(one),
            says=tuple(_says(one, prices)),
            weight=_CLASSES.index(_class(one) or "1") + one.work[-1] / (one.work[-1] + 1e6),
        )


def _by_operation(found: Sequence[Scaled]) -> dict[str, list[Scaled]]:
    ways: defaultdict[str, list[Scaled]] = defaultdict(list)
    for one in found:
        ways[one.operation].append(one)
    return ways


def _plain(name: str) -> str:
    """`GET /items` of `GET /items?search=`."""
    return name.partition("?")[0]


def _growth(one: Scaled) -> Growth | None:
    return growth(one.sizes, one.work)


def _class(one: Scaled) -> str:
    found = _growth(one)
    return found.name if found else ""


def _is_alike(one: Scaled, other: Scaled) -> bool:
    """Whether both cost the same, nearly."""
    return _class(one) == _class(other) and one.work[-1] <= _NEARLY * other.work[-1]


def _label(one: Scaled) -> str:
    name = _class(one)
    return "" if not name else "does not grow" if name == "1" else f"grows as {name}"


def _steepest(ways: Sequence[Scaled]) -> Scaled:
    return max(ways, key=lambda one: (_CLASSES.index(_class(one) or "1"), one.work[-1]))


def _says(one: Scaled, prices: Prices) -> Iterator[str]:
    found = _growth(one)
    if found is not None:
        yield f"With {_WAYS[one.shared]} it {_label(one)}"
        if one.unit == "blocks" and one.row_bytes:
            yield told(at_terabyte(found, one.row_bytes, one.block_seconds, prices), prices)
    spared: dict[str, int] = {}
    for index in one.missing:
        on = f"{index.table} ({index.column})"
        spared[on] = max(spared.get(on, 0), index.before - index.after)
    for on, blocks in spared.items():
        yield f"An index on {on} spares {blocks:,} blocks of one statement"


def _missing(one: Scaled, index: Index) -> Claim:
    return Claim(
        trial="growth",
        outcome=Outcome.PROVEN,
        rules=("missing-index",),
        operation=_plain(one.operation),
        lines=(index.line,) if index.line else (),
        reason=f"one statement reads {index.before:,} blocks at {one.sizes[-1]:,} rows, and {index.after:,} "
        f"with an index on {index.table} ({index.column})",
        details=(index.sql, f"blocks {_series(one.work)} at {_series(one.sizes)} rows"),
        about=index.column,
    )


def _read_to_the_end(ways: Sequence[Scaled], prices: Prices) -> Iterator[Claim]:
    """A request whose answer stays small while it reads more and more."""
    one = _steepest(ways)
    found = _growth(one)
    if found is None or one.unit != "blocks" or found.name in ("1", "log n") or one.work[-1] < _MUCH:
        return
    if one.rows[-1] < _ALL * one.sizes[-1]:
        yield Claim(
            trial="growth",
            outcome=Outcome.PROVEN,
            rules=("full-scan",),
            operation=_plain(one.operation),
            lines=(one.line,) if one.line else (),
            reason=f"{one.rows[-1]:,} rows in the answer, and {_series(one.work)} blocks read for them at "
            f"{_series(one.sizes)} rows: it grows as {found.name}",
            details=(one.sql, *_says(one, prices)),
        )


def _unpaginated(name: str, ways: Sequence[Scaled]) -> Iterator[Claim]:
    """What the audit said of answers without an end. It says nothing of its own: some tables stay small."""
    one = max(ways, key=lambda way: way.rows[-1])
    size = max(way.sizes[-1] for way in ways)
    rows = one.rows[-1]
    if rows >= max(_ALL * one.sizes[-1], _MANY):
        outcome, reason = Outcome.PROVEN, f"one answer holds {_series(one.rows)} rows of {_series(one.sizes)}"
    elif size >= _MANY and rows >= _FEW and all(len(set(way.rows[-3:])) == 1 for way in ways):
        outcome, reason = Outcome.CLEARED, f"an answer holds {rows:,} rows at most, of {size:,}"
    else:
        return
    yield Claim(
        trial="growth",
        outcome=outcome,
        rules=("unpaginated-endpoint", "unbounded-query"),
        operation=_plain(name),
        lines=(),
        reason=reason,
        alone=False,
    )


def _flat(ways: Sequence[Scaled]) -> Iterator[Claim]:
    """Lines of a request that costs as much on a large table as on a small one."""
    if any(way.unit != "blocks" or way.sizes[-1] < _MANY or _class(way) not in ("1", "log n") for way in ways):
        return
    for line in dict.fromkeys(line for way in ways for line in way.lines):
        yield Claim(
            trial="growth",
            outcome=Outcome.CLEARED,
            rules=("missing-index",),
            operation=_plain(ways[0].operation),
            lines=(line,),
            exact=True,
            reason=f"the request reads {_series(ways[0].work)} blocks at {_series(ways[0].sizes)} rows",
        )


def _series(numbers: Sequence[int]) -> str:
    """The first, and then those of full decades; all if they are few."""
    few = numbers if len(numbers) < 6 else [*numbers[: len(numbers) - 1 : 2], numbers[-1]]
    return "/".join(f"{number:,}" for number in few)
