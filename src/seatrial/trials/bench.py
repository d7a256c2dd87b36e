"""The bench: a running program with actors and first rows, saved, so that every trial starts from the same."""

import math
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any
from zlib import crc32

from seatrial.model.caller import Caller
from seatrial.model.curve import Prices
from seatrial.model.pair import Pair
from seatrial.sandbox import Answer, Application, Call, Database, Started, now
from seatrial.trials.actors import ANONYMOUS, Actor
from seatrial.trials.api import Operation
from seatrial.trials.chances import UNKNOWN, chances, slow
from seatrial.trials.ground import ENOUGH, Ground
from seatrial.trials.state import State, States, differences
from seatrial.trials.statements import is_write, takes_away


class Bench:
    """What trials share. Made once for a program; `database.restore()` puts back how it was made.

    All data that is made up and the order of the operations follow `seed`. `only` names operations to try; empty: all.
    `callers` are those who ask where the user tells it, by the names of the actors. Users and first rows are made in
    `seconds` at most.
    """

    def __init__(
        self,
        application: Application,
        started: Started,
        seed: int = 0,
        only: Collection[str] = (),
        callers: Mapping[str, Caller] | None = None,
        seconds: float = ENOUGH,
    ) -> None:
        self.application = application
        self.prices = Prices()
        """What running costs."""
        ground = Ground(application, started, seed, callers, seconds)
        self.api, self.cast, self.filling, self.copies = ground.api, ground.cast, ground.filling, ground.copies
        self.askers = ground.askers
        """Those who may be let in: users, the least of them first, then nobody."""
        self.refusals = ground.refusals
        """Operations that accepted nothing of ours, with the last status."""
        self.gaps = ground.gaps
        """What could not be done, in words."""
        self.seed = seed
        self.pairs: Sequence[Pair] = ()
        """Functions that the audit takes for one."""
        self.until = math.inf
        """When the time for trials is used up, by the clock that only goes on."""
        self.late: dict[str, list[str]] = {}
        """What was left out for want of time, in words (`race of`), and of which operations."""
        self.left: dict[str, set[str]] = {}
        """By the stage, the operations of which something was."""
        self._reads: dict[tuple[str, int], Sequence[tuple[Operation, Call]]] = {}
        self._refuses: dict[str, bool] = {}
        self._turns: Mapping[str, int] = {}
        self.writing: set[str] = set()
        """Operations that read by their method and write all the same."""
        self.emptying: list[str] = []
        """Operations that read by their method but take rows away: not tried, since they would undo the rest."""
        self.operations = _ordered([one for one in self.api.operations if not only or one.name in only], seed)
        """Those to try, in order."""
        if self.database is not None:
            self.database.save()
            self.database.before_restore = self.cast.proofs.renew
            with ground.ending("looking for what takes rows away by a GET"):
                self.emptying.extend(one.name for one in self.operations if not one.writes and self._takes_away(one))
            self.operations = [one for one in self.operations if one.name not in self.emptying]

    def vary(self) -> None:
        """Has what is saved hold rows in other states, too. Not for `access`: what they show may be public alone."""
        if self.database is not None and self.copies.made(self.database, self._lists):
            self.database.save()
            for name in ("states", "saved"):  # what was saved is another
                self.__dict__.pop(name, None)

    def _lists(self) -> Sequence[Call]:
        """Requests for all that is read and about no one row."""
        lists = [one for one in self.operations if not one.writes and not one.places]
        return [self.filling.call(one, self.askers[0]) for one in lists]

    def has_time(self, what: str, *names: str) -> bool:
        """Whether there is time for one thing more of these operations; what there is none for is told later."""
        has_time = now() <= self.until
        if not has_time:
            self.leave(what, *names)
        return has_time

    def leave(self, what: str, *names: str) -> None:
        """Notes that something of these operations is left out for want of time: `race of`, `POST /orders`."""
        self.late.setdefault(what, []).append(" and ".join(names))
        self.left.setdefault(self.filling.stage, set()).update(names)

    def arrange(self, turns: Mapping[str, int]) -> None:
        """Puts operations of an earlier turn first; of one turn, what is slow comes last."""
        self._turns = turns
        self.operations = sorted(
            self.operations, key=lambda one: (turns.get(one.name, 0), slow(one.name, self.filling.took))
        )

    def unlike(self, operations: Sequence[Operation]) -> Sequence[Operation]:
        """Of each turn those first that do what none before them does, of these those that write what they read.

        What an operation does is told by its first rows: by its statements and the functions that make them.
        """
        before, likely = Counter[object](), chances(self.filling.did)
        keys: list[tuple[int, int, int]] = []
        for one in operations:
            way = self.filling.ways.get(one.name, one.name)
            keys.append((self._turns.get(one.name, 0), before[way], likely.get(one.name, UNKNOWN)))
            before[way] += 1
        return [operations[at] for at in sorted(range(len(keys)), key=keys.__getitem__)]

    def fitting(self, what: str, seconds: Mapping[str, float], part: float) -> Collection[str]:
        """Of operations that take so long, those that fit into a part of the time; others are told.

        Those of an earlier turn come first, and of one turn the shortest.
        """
        left, kept = (self.until - now()) * part, list[str]()
        for name in sorted(seconds, key=lambda one: (self._turns.get(one, 0), seconds[one])):
            left -= seconds[name]
            if left >= 0:
                kept.append(name)
            else:
                self.leave(what, name)
        return kept

    @property
    def database(self) -> Database | None:
        """The program's database, if it is one that we can read."""
        return self.application.database

    @property
    def owner(self) -> Mapping[str, Any]:
        """The key of the row of the first user, by its table."""
        alice = self.cast.alice
        return {alice.table: alice.key} if alice.table else {}

    def operation(self, name: str) -> Operation:
        """The operation of this name, as `GET /orders`. Raises `KeyError` if there is none."""
        return {one.name: one for one in self.api.operations}[name]

    def actor(self, name: str) -> Actor:
        """The actor of this name; anonymous if there is none."""
        return {one.name: one for one in (self.cast.alice, self.cast.bob, self.cast.root)}.get(name, ANONYMOUS)

    @cached_property
    def states(self) -> States:
        """Reads the database, as against what was saved. There must be one."""
        assert self.database is not None
        self.database.restore()
        return States(self.database)

    @cached_property
    def saved(self) -> State:
        """What was saved."""
        assert self.database is not None
        states = self.states
        self.database.restore()
        return states.now()

    def restore(self) -> None:
        """Puts back what was saved, if there is a database."""
        if self.database is not None:
            self.database.restore()

    def changes(self, call: Call) -> tuple[Answer, Sequence[str]]:
        """The answer to a request on the saved state, and what it changed."""
        assert self.database is not None
        saved = self.saved
        self.database.restore()
        answer = self.application.call(call)
        return answer, differences(saved, self.states.now())

    def reads(self) -> Sequence[tuple[Operation, Call]]:
        """Every operation that reads, with a request that is answered: by whoever may, users before nobody.

        They are looked for once a trial, on the saved state.
        """
        stage = self.filling.stage, self.database.version if self.database else 0
        if stage not in self._reads:
            self.restore()
            self._reads = {stage: list(self._answered())}
        return self._reads[stage]

    def accepted(self, operation: Operation) -> Call | None:
        """A request that is accepted on the saved state, by whoever may first; None if nobody's is."""
        for actor in self.askers:
            self.restore()
            if call := self.filling.accepted(operation, actor):
                return call
        return None

    def _answered(self) -> Iterator[tuple[Operation, Call]]:
        for operation in self.operations:
            if operation.writes:
                continue
            for actor in self.askers:
                if call := self.filling.richest(operation, actor):
                    yield operation, call
                    break

    def refuses_nobody(self, operation: Operation) -> bool:
        """Whether the operation asks who it is: somebody without proof is denied."""
        if operation.name not in self._refuses:
            answer = self.application.call(self.filling.call(operation, ANONYMOUS), watched=False)
            self._refuses[operation.name] = answer.is_denied and not operation.proves
        return self._refuses[operation.name]

    def _takes_away(self, operation: Operation) -> bool:
        """Whether rows are gone after a request to the operation, which reads by its method."""
        for actor in self.askers:
            call = self.filling.call(operation, actor)
            answer = self.application.call(call)
            if answer.ok and answer.seen and any(is_write(one.sql) for one in answer.seen.statements):
                self.writing.add(operation.name)
            if answer.seen and any(takes_away(one.sql) for one in answer.seen.statements):
                changes = self.changes(call)[1]
                self.restore()
                return any(line.startswith("-") for line in changes)
            if answer.ok:
                break
        return False


def _ordered(operations: Sequence[Operation], seed: int) -> Sequence[Operation]:
    """In the order of their paths; with a seed other than 0, in one that has nothing to do with it."""
    return sorted(operations, key=lambda one: crc32(f"{seed} {one.name}".encode())) if seed else operations
