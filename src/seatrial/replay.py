"""What saved tests use: the program, started for a trial, with users and rows that a seed makes.

    with started(Path(__file__).parents[2], seed=0) as program:
        request = program.request("PATCH /orders/{order_id}", by="alice", body={"note": "x"})
        assert program.ask(request).ok

Everything is asked of the state that was saved when the program was started, so that the order of tests means nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from seatrial import registry
from seatrial.app import settings, starting
from seatrial.app.trial import AS_MADE, TRIALS
from seatrial.model.evidence import Outcome
from seatrial.sandbox import Answer, Call, Postgres, launched
from seatrial.trials import inject
from seatrial.trials.access import handed
from seatrial.trials.at_once import Raced, tried
from seatrial.trials.bench import Bench
from seatrial.trials.claims import Claim
from seatrial.trials.recipes import Recipe, made
from seatrial.trials.schedules import Window, schedules


class Program:
    """The running program."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def request(
        self, operation: str, by: str, body: Any = None, values: Mapping[str, Any] | None = None, data: bytes = b""
    ) -> Call:
        """A request of an operation such as `PATCH /orders/{order_id}`, by `alice`, `bob`, `root` or `anonymous`.

        `values` are parameters by name, `data` is a body that is none. Ids that are not given are those of the asker's
        own rows.
        """
        return made(self._bench, Recipe(operation, by, values or {}, body, data))

    def by(self, who: str, request: Call) -> Call:
        """The same request by somebody else."""
        return handed(self._bench.cast, request, self._bench.actor(who))

    def ask(self, request: Call) -> Answer:
        """The answer on the saved state."""
        self._restore()
        return self._bench.application.call(request)

    def changes(self, request: Call) -> tuple[Answer, Sequence[str]]:
        """The answer on the saved state, and the rows that come (`+`) and go (`-`) by it."""
        return self._bench.changes(request)

    def lost_at_once(self, request: Call) -> Sequence[str]:
        """What several of the request at once leave otherwise than one after another; empty if nothing."""
        found = tried(self._bench, "", request, self._bench.states.without(()))
        assert found is not None, "the request writes nothing any more: save the test anew"
        if not isinstance(found, Raced):
            return []
        return [f"{found.verdict}: answers {found.one_by_one} became {found.at_once}", *found.differences]

    def lost_between(self, first: Call, second: Call) -> Sequence[str]:
        """What some schedule of the two leaves that no order of them does, on PostgreSQL; empty if nothing."""
        assert isinstance(self._bench.database, Postgres), "schedules need PostgreSQL: install `seatrial[postgres]`"
        with schedules(self._bench, self._bench.database, self._bench.states.without(())) as explorer:
            found = explorer.explore(first, second)
        if not isinstance(found, Window):
            return []
        return [f"{found.verdict}: between {found.read.line} and {found.write.line}", *found.differences]

    def came_out(self, answer: Answer) -> Sequence[str]:
        """Statements and commands into which a value came as it was sent."""
        return [text for kind in ("statement", "command") for text, _ in inject.came_out(kind, answer)]

    def proven(self, trial: str, rule: str, *operations: str) -> Sequence[str]:
        """What a trial proves of the operations under a rule; empty if nothing."""
        bench = self._bench
        bench.filling.stage = trial
        if trial not in AS_MADE:
            bench.vary()
        bench.operations = [one for one in bench.api.operations if not operations or one.name in operations]
        seen = [one for one in TRIALS[trial](bench) if isinstance(one, Claim)]
        return [claim.reason for claim in seen if claim.outcome is Outcome.PROVEN and rule in claim.rules]

    def _restore(self) -> None:
        if self._bench.database is not None:
            self._bench.database.restore()


@contextmanager
def started(root: Path, seed: int = 0, target: str = "", python: str = "") -> Iterator[Program]:
    """The program at `root`, in a copy with a database of its own; ended and removed afterwards.

    What is empty is taken from the settings, or looked for. Raises `StartError` if it cannot be started.
    """
    app = settings.load(root, registry.rule_ids()).settings.app
    start = starting.Start(target=target, python=python)
    with launched(starting.launch(root, app, start)) as (application, found):
        yield Program(Bench(application, found, seed, callers=starting.callers(app)))
