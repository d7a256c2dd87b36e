"""The ground that trials stand on: what the program takes, who asks, and its first rows, made in the time for them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property, partial

from seatrial.model.caller import Caller
from seatrial.sandbox import Application, Call, Started, TimeUpError, now, wanted, within
from seatrial.trials import forms
from seatrial.trials.actors import ANONYMOUS, Actor, Cast
from seatrial.trials.api import Api, call
from seatrial.trials.casting import cast
from seatrial.trials.copies import Copies
from seatrial.trials.filling import Filling
from seatrial.trials.furnishing import Furnishing
from seatrial.trials.proofs import Proofs

ENOUGH = 180.0
"""Seconds that users and first rows may take where nothing else is said."""
_FOR_USERS = 0.5
"""The part of that for users."""
_NAMED = 3
"""Operations that are told by their names, of those that kept it waiting."""


class Ground:
    """Made once for a program, in `seconds` at most; what there was no time for is told in `gaps`.

    Data that is made up follows `seed`. `callers` are those who ask where the user tells it, by the names of the
    actors.
    """

    def __init__(
        self,
        application: Application,
        started: Started,
        seed: int = 0,
        callers: Mapping[str, Caller] | None = None,
        seconds: float = ENOUGH,
    ) -> None:
        self._application, self._framework = application, started.framework
        self._until = now() + seconds
        self.gaps: list[str] = [started.failing] * bool(started.failing)
        """What could not be done, in words."""
        self.api = Api(started.document, seed)
        self.filling = Filling(application, self.api, started.dummies)
        self.cast = Cast(ANONYMOUS, ANONYMOUS, ANONYMOUS, Proofs(application), "the time for that was used up")
        self._has_pages = False
        with self.ending("making users", _FOR_USERS):
            self._has_pages = forms.learn(self.api, application, self._pages(ANONYMOUS))
            self.cast = cast(application, self.api, started.framework, callers or {}, started.dummies)
        self.filling.observed.know(self.cast.bob, self.cast.root, self.cast.alice)
        self._furnishing = Furnishing(application, self.api, self.cast, self.filling, self.askers)
        self.copies = Copies(application, self.filling, partial(self._furnishing.in_other_states, started.framework))
        self.refusals = self._furnishing.refusals
        """Operations that accepted nothing of ours, with the last status."""
        with self.ending("making the first rows"):
            self._furnish()
        wants = wanted(application)
        if wants and not any(wants in gap for gap in self.gaps):
            self.gaps.append(f"nothing of what needs a service that is not here was tried. {wants}")

    @contextmanager
    def ending(self, what: str, part: float = 1.0) -> Iterator[None]:
        """What asks the program has this part of the time that is left; if that is not enough, it is a gap."""
        seconds = max(self._until - now(), 0.0) * part
        try:
            with within(seconds):
                yield
        except TimeUpError:
            self.gaps.append(f"{what} was ended after {seconds:.0f} s{self._waited()}")

    @cached_property
    def askers(self) -> Sequence[Actor]:
        """Those who may be let in: users, the least of them first, then nobody."""
        found = (self.cast.alice, self.cast.root)
        return [*(actor for actor in found if actor is not ANONYMOUS), ANONYMOUS]

    def _furnish(self) -> None:
        """Makes the first rows."""
        for actor in self.askers if self._has_pages else ():
            forms.learn(self.api, self._application, self._pages(actor))
        if self._framework == "django":
            self.gaps.extend(self._furnishing.by_models())
        self._furnishing.by_operations()
        if self._has_pages:  # those that are about a row, which there was none of before
            forms.learn(self.api, self._application, self._pages(self.askers[0], placed=True))
            self._furnishing.by_operations()
            self._furnishing.hanging()

    def _pages(self, actor: Actor, *, placed: bool = False) -> Iterator[Call]:
        """Requests for all that may be a page with forms: what is about no row, or what is."""
        looked_at = [one for one in self.api.operations if forms.is_looked_at(one) and bool(one.places) == placed]
        for one in looked_at:
            yield self.filling.call(one, actor) if placed else call(one, {}, None, actor.headers)

    def _waited(self) -> str:
        """What kept it waiting, as the end of a sentence: operations, and a service that is not here."""
        kept = sorted(self.filling.waits.items(), key=lambda one: -one[1])
        named = ", ".join(f"{name} ({seconds:.0f} s)" for name, seconds in kept[:_NAMED])
        told = f": {len(kept)} operations failed after a long wait, {named} among them" if kept else ""
        wants = wanted(self._application)
        return f"{told}. {wants}" if wants else told
