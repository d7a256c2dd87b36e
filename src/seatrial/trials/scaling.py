"""What one request costs as the data grows from ten rows to a hundred thousand, and what it would cost at 1 TB.

Rows are cloned in steps, in two ways: of others, and of the one who asks. Every request that reads is made at each
size. On PostgreSQL its statements are told by the server and run once more with their plans: what counts are the
blocks that they touch, the same on every machine. Elsewhere statements are counted. A missing index is proven by
making it, in a transaction that is rolled back.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import NamedTuple
from urllib.parse import quote

import msgspec

from seatrial.sandbox import Answer, Call, Cost, Database, Postgres, Ran, Seen, StatementLog, listening, now
from seatrial.trials import plans
from seatrial.trials.answers import rows_of
from seatrial.trials.api import Parameter
from seatrial.trials.bench import Bench
from seatrial.trials.growing import Grower
from seatrial.trials.statements import bare, same, tables

SIZES = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000)
BUDGET = 30.0
"""Seconds after which no larger size is tried."""
_ENOUGH = 10_000
"""Rows that are enough where statements alone are counted."""
_SLOW = 2.0
"""A request that would take so many seconds at the next size is not made there."""
_SAMPLES = 12
"""Of a statement that runs more often with other values, so many are run again, and count for the rest."""
_MUCH = 50
"""Blocks that are worth an index."""
_SPARED = 4.0
"""An index is missing if a statement touches so many times fewer blocks with it."""
_TRIES = 4
_FILLED = 0.9
"""A table that got this part of the clones has grown."""
_WORDS = 2
"""Texts that an operation is asked for."""


class Often(NamedTuple):
    """A statement that stands for all of the same text: what it costs once, and all of them together."""

    ran: Ran
    once: Cost
    blocks: int


class Point(msgspec.Struct, frozen=True):
    """One request at one size."""

    size: int
    """Rows of each table that grows."""
    work: int
    """Blocks that its statements touched; on SQLite, statements."""
    statements: int
    rows: int
    """Rows in the answer."""
    seconds: float


class Index(msgspec.Struct, frozen=True):
    """An index that was tried out. `line` is the line of the program that runs the statement, as the probe tells it."""

    table: str
    column: str
    sql: str
    line: str
    before: int
    after: int


class Scaled(msgspec.Struct, frozen=True):
    """What one operation did at each size. `line` runs the statement that costs most at the largest."""

    operation: str
    shared: bool
    """The rows of the one who asks grew; else those of others."""
    unit: str
    """`blocks` or `statements`."""
    points: tuple[Point, ...]
    row_bytes: float
    """What a row of every table that grows takes together; 0 if that is not known."""
    block_seconds: float
    """What a block took at the largest size, in memory."""
    lines: tuple[str, ...]
    """Lines that ask tables which grew, and no others."""
    line: str
    sql: str
    missing: tuple[Index, ...] = ()
    is_fed: bool = True
    """Some table that it reads has grown."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes."""
        return tuple(point.size for point in self.points)

    @property
    def work(self) -> tuple[int, ...]:
        """What was counted, one each a size."""
        return tuple(point.work for point in self.points)

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows in the answers."""
        return tuple(point.rows for point in self.points)


def scaled(
    bench: Bench, budget: float = BUDGET, sizes: Sequence[int] = SIZES, most: int | None = None
) -> Iterator[Scaled]:
    """Every operation that reads and is answered, in either way of growth; of more than `most` requests the first."""
    if bench.database is None:
        return
    asked = list(requests(bench))
    asked, left = asked[:most], asked[len(asked[:most]) :]
    for name, _ in left:
        bench.leave("growth of", name)
    if not isinstance(bench.database, Postgres):
        sizes, budget = [size for size in sizes if size <= _ENOUGH], budget / 3
    else:
        bench.database.sweep()
    until = min(now() + budget, bench.until)
    for shared in (False, True):
        half = now() + (until - now()) / (1 if shared else 2)
        yield from _Way(bench, bench.database, shared=shared).scaled(asked, sizes, half)
    bench.database.restore()


def requests(bench: Bench) -> Iterator[tuple[str, Call]]:
    """Every operation that reads, as it is asked usually and with each text that it may be asked for, by name."""
    for operation, call in bench.reads():
        yield operation.name, call
        words = [one for one in operation.parameters if one.where == "query" and _is_text(one)]
        for one in words[:_WORDS]:
            joint = "&" if "?" in call.path else "?"
            word = next(iter(one.schema.get("examples", ())), "seatrial")  # of a few texts one that rows may hold
            looked = msgspec.structs.replace(call, path=f"{call.path}{joint}{quote(one.name)}={quote(str(word))}")
            if bench.application.call(looked, watched=False).ok:
                yield f"{operation.name}?{one.name}=", looked


def _is_text(parameter: Parameter) -> bool:
    """Whether it is a text of any form that may be left out: what is looked for."""
    kinds = (parameter.schema, *parameter.schema.get("anyOf", ()))
    return not parameter.required and any(
        kind.get("type") == "string" and not {"enum", "format", "pattern"} & kind.keys() for kind in kinds
    )


class _Way:
    """One way of growth."""

    def __init__(self, bench: Bench, database: Database, *, shared: bool) -> None:
        self._bench, self._database, self._shared = bench, database, shared
        self._row_bytes = 0.0
        self._grown: frozenset[str] = frozenset()

    def scaled(self, asked: Sequence[tuple[str, Call]], sizes: Sequence[int], until: float) -> Iterator[Scaled]:
        self._database.restore()
        grower = Grower(self._database, self._bench.owner, self._bench.filling.copies)
        left = {name: _Asked(name, call) for name, call in asked}
        with ExitStack() as stack:
            log = self._log(stack)
            for before, size in zip((0, *sizes), sizes, strict=False):
                self._bench.cast.proofs.renew()
                grower.grow(size - before, shared=self._shared)
                self._settle(grower, size)
                for one in list(left.values()):
                    self._ask(one, size, log)
                    if not one.goes_on(size) or size == sizes[-1] or now() > until:
                        yield from self._made(one, log)
                        del left[one.name]
                if not left:
                    return

    def _log(self, stack: ExitStack) -> StatementLog | None:
        if not isinstance(self._database, Postgres):
            return None
        return stack.enter_context(listening(self._database.url))

    def _settle(self, grower: Grower, size: int) -> None:
        self._grown = frozenset(name.lower() for name, added in grower.added.items() if added >= size * _FILLED)
        if isinstance(self._database, Postgres) and grower.growing:
            self._database.settle(grower.growing)
            self._row_bytes = self._database.bytes(grower.growing) / size

    def _ask(self, one: "_Asked", size: int, log: StatementLog | None) -> None:
        """The second answer counts, since the first one after a change may fill a cache."""
        if not self._bench.application.call(one.call, watched=False).ok:
            return
        if log is not None:
            log.since()
        answer = self._bench.application.call(one.call)
        costs = _costs(log) if log is not None else []
        if answer.ok and answer.seen is not None and costs is not None:
            one.answered(size, answer, answer.seen, costs, counted=log is not None)

    def _made(self, one: "_Asked", log: StatementLog | None) -> Iterator[Scaled]:
        if one.seen is None:
            return
        heaviest = max(one.costs, key=lambda often: often.blocks).ran if one.costs else _first(one.seen)
        asked, blocks = one.seen.statements, sum(often.blocks for often in one.costs) or one.seen.blocks
        yield Scaled(
            operation=one.name,
            shared=self._shared,
            unit="statements" if log is None and one.seen.blocks is None else "blocks",
            points=tuple(one.points),
            row_bytes=self._row_bytes,
            block_seconds=sum(statement.ms for statement in one.seen.statements) / 1000 / blocks if blocks else 0.0,
            lines=tuple(dict.fromkeys(self._on_grown(one.seen))),
            is_fed=not asked or any(tables(statement.sql) & self._grown for statement in asked),
            line=_line(one.seen, heaviest),
            sql=heaviest.sql,
            missing=tuple(self._missing(one.seen, one.costs, log)) if log is not None else (),
        )

    def _on_grown(self, seen: Seen) -> Iterator[str]:
        """Lines whose statements speak of tables that grew, and of no others."""
        for one in seen.statements:
            if one.line and tables(one.sql) and tables(one.sql) <= self._grown:
                yield one.line

    def _missing(self, seen: Seen, costs: Sequence[Often], log: StatementLog) -> Iterator[Index]:
        """Indexes with which statements touch far fewer blocks; each was made and taken back."""
        known = self._database.tables()
        for ran, once, _ in costs:
            for scan in plans.scans(once.plan, known) if once.blocks >= _MUCH else ():
                tried = [(log.cost(ran, plans.index(scan, column)), column) for column in scan.candidates()[:_TRIES]]
                better = [(found.blocks, column) for found, column in tried if found is not None]
                after, column = min(better, default=(once.blocks, ""))
                if after * _SPARED <= once.blocks and scan.is_spared(after, once.rows):
                    yield Index(scan.table, column, ran.sql, _line(seen, ran), once.blocks, after)


class _Asked:
    """A request, and what it did at each size so far."""

    def __init__(self, name: str, call: Call) -> None:
        self.name, self.call = name, call
        self.points: list[Point] = []
        self.seen: Seen | None = None
        self.costs: Sequence[Often] = ()

    def answered(self, size: int, answer: Answer, seen: Seen, costs: Sequence[Often], *, counted: bool) -> None:
        """Notes an answer."""
        uncounted = len(seen.statements) if seen.blocks is None else seen.blocks
        work = sum(often.blocks for often in costs) if counted else uncounted
        self.points.append(Point(size, work, len(seen.statements), rows_of(answer.json()), answer.seconds))
        self.seen, self.costs = seen, costs

    def goes_on(self, size: int) -> bool:
        """Whether it was answered at this size, and will be soon enough at the next."""
        if not self.points or self.points[-1].size != size:
            return False
        steeper = self.points[-1].work / max(self.points[-2].work, 1) if len(self.points) > 1 else 1.0
        return self.points[-1].seconds * max(steeper, 1.0) < _SLOW


def _costs(log: StatementLog) -> Sequence[Often] | None:
    """What the statements since cost; None if one of them cannot be run again soon enough."""
    alike: defaultdict[str, list[Ran]] = defaultdict(list)
    for ran in log.since():
        if ran.reads:
            alike[bare(ran.sql)].append(ran)
    found = []
    for group in alike.values():
        sample = group[:: max(1, len(group) // _SAMPLES)]
        costs = [(ran, cost) for ran in sample if (cost := log.cost(ran)) is not None]
        if len(costs) < len(sample):
            return None
        blocks = round(sum(cost.blocks for _, cost in costs) * len(group) / len(costs))
        found.append(Often(*costs[0], blocks))
    return found


def _first(seen: Seen) -> Ran:
    """The heaviest statement, where the server of the database counted them."""
    return Ran(seen.statements[0].sql if seen.blocks and seen.statements else "")


def _line(seen: Seen, ran: Ran) -> str:
    """The line of the program that ran the statement."""
    return next((one.line for one in seen.statements if one.line and same(one.sql, ran.sql)), "")
