"""The desk: what all pages work on. It reads the tree anew when a review has changed how it stands."""

from collections.abc import Callable

from seatrial.app.review import calibration
from seatrial.app.review.material import Material
from seatrial.app.review.room import Room
from seatrial.app.review.signature import Signature


class NoPageError(Exception):
    """There is nothing at this address; `str` says what to do."""


class Desk:
    """The person's room, how to read its material anew, and how they sign. `tree` is the tree's name for titles."""

    def __init__(
        self, room: Room, tree: str, signature: Signature | None = None, renew: Callable[[], Material] | None = None
    ) -> None:
        self.room = room
        self.tree = tree
        self.signature = signature
        self._renew = renew
        self._round: calibration.Round | None = None

    def reread(self) -> None:
        """Takes in what has changed in the tree."""
        if self._renew:
            old = self.room
            self.room = Room(self._renew(), old.store, old.reviewer)

    def round(self) -> calibration.Round:
        """The calibration round that is under way; a new one if there is none."""
        return self._round or self.new_round()

    def new_round(self) -> calibration.Round:
        """Begins a round."""
        material = self.room.material
        self._round = calibration.begin(material.wanted.root, material.exclude, self.room.chance)
        return self._round

    def answer_round(self, answer: calibration.Answer) -> None:
        """Takes an answer; the last one of a round is kept in the person's own books."""
        before = self.round()
        if before.is_over:
            return
        self._round = now = calibration.Round(before.items, (*before.answers, answer))
        if now.is_over:
            self.room.store.keep_calibration(self.room.reviewer, now.rightly, passed=now.passed)
