"""Questions about code, bound to what it does: for reviewers before they see a finding, and for authors before that.

Knows nothing of reviews, canaries or sign-offs, so that every surface may use it.
"""

from seatrial.app.questions.answers import repeats
from seatrial.app.questions.choose import REVIEWS, choose
from seatrial.app.questions.facts import facts_of
from seatrial.app.questions.question import Asked, Circumstance, Fact, Lens, Question

__all__ = ["REVIEWS", "Asked", "Circumstance", "Fact", "Lens", "Question", "choose", "facts_of", "repeats"]
