"""The first rows: made through the program's own operations, by its models where it has none, and in other states."""

from collections.abc import Iterator, Sequence
from functools import partial

from seatrial.sandbox import Application, StartError
from seatrial.trials import kinds
from seatrial.trials.actors import Actor, Cast
from seatrial.trials.api import Api, Operation
from seatrial.trials.filling import Filling, pointing
from seatrial.trials.fresh import fresh
from seatrial.trials.making import making
from seatrial.trials.varying import Varied, varied


class Furnishing:
    """Makes them."""

    def __init__(
        self, application: Application, api: Api, cast: Cast, filling: Filling, askers: Sequence[Actor]
    ) -> None:
        self._application, self._api, self._cast, self._filling, self._askers = application, api, cast, filling, askers
        self.refusals: dict[str, int] = {}
        """Operations that accepted nothing of ours, with the last status."""
        self._accepted: set[str] = set()

    def by_models(self) -> Iterator[str]:
        """Has a program of Django make by its models what none of its operations makes; tells why it cannot."""
        try:
            self._application.beside("fill", {"owner": self._cast.alice.key})
        except StartError as error:
            yield f"no rows were made beside those of its operations: {str(error).partition(chr(10))[0]}"

    def by_operations(self) -> None:
        """Makes things, what is done with them, and things again.

        Again, since what was done with the first ones may have ended them: a cancelled order is no longer open. At the
        end there are rows that nothing was done with: much may be done once for each.
        """
        posts = making(self._api.operations)
        creating = [one for one in posts if "{" not in one.path]
        for operation in (*creating, *posts, *creating):
            self._make(operation)
        known = self._application.database.tables() if self._application.database is not None else ()
        for operation in fresh(creating, self._filling.did, known):
            self._make(operation)

    def hanging(self) -> None:
        """Makes what hangs on a row of its own kind, where a page leaves that open: an answer to a comment."""
        for operation in making(self._api.operations):
            for actor in self._askers if pointing(operation) else ():
                if self._application.call(self._filling.call(operation, actor, "full"), watched=False).ok:
                    break

    def in_other_states(self, framework: str) -> Sequence[Varied]:
        """Copies rows that paths name, in the states that none of them is in."""
        return varied(self._application, self._api, self._filling.named(), self._cast.alice, framework)

    def _make(self, operation: Operation) -> None:
        for actor in self._askers:
            if operation.name in self._filling.waits:
                return
            told = next(one for one in self._api.operations if one.name == operation.name)  # as it is known by now
            answer = kinds.asked(self._api, told, partial(self._filling.ask, actor=actor))
            if answer.ok:
                self._accepted.add(operation.name)
                self.refusals.pop(operation.name, None)
                return
            if operation.name not in self._accepted and self.refusals.get(operation.name, 401) in (
                401,
                403,
            ):  # who may ask at all tells more
                self.refusals[operation.name] = answer.status
