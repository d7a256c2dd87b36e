"""Copies of rows in other states: made once, where no list fails for them, and taken away to see what does."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from seatrial.sandbox import Application, Call, Database
from seatrial.trials.filling import Filling
from seatrial.trials.varying import Varied

_FAILED = 500


class Copies:
    """Makes them once. `make` does, and says which; `lists` are requests for what may show them."""

    def __init__(self, application: Application, filling: Filling, make: Callable[[], Sequence[Varied]]) -> None:
        self._application, self._filling = application, filling
        self._make: Callable[[], Sequence[Varied]] | None = make

    def made(self, database: Database, lists: Callable[[], Sequence[Call]]) -> bool:
        """Whether there are such by now, and were none before."""
        make, self._make = self._make, None
        if make is None:
            return False
        database.restore()
        before = self._failing(lists())
        self._filling.vary(make())
        if self._filling.copies and self._failing(lists()) > before:
            self._leave_set(database)  # the program brings such a state about by more than setting it
            self._filling.vary([one for one in self._filling.varied if one.is_set])
        return bool(self._filling.copies)

    @contextmanager
    def few(self, database: Database) -> Iterator[None]:
        """While this lasts there are, of what was saved, only those in states that somebody sets as such."""
        database.restore()
        self._leave_set(database)
        yield
        database.restore()

    def _leave_set(self, database: Database) -> None:
        keys = {table.name: table.key for table in database.tables()}
        for one in self._filling.varied:
            if not one.is_set:
                database.delete(one.table, {keys[one.table]: one.key})

    def _failing(self, calls: Sequence[Call]) -> int:
        answers = [self._application.call(call, watched=False) for call in calls]
        return sum(not answer.status or answer.status >= _FAILED for answer in answers)
