"""What is refused for its number (429) is asked again once its answer allows it.

Source: RFC 6585, section 4; `Retry-After` of RFC 9110, section 10.2.3, in seconds or as a date.
"""

from email.utils import parsedate_to_datetime

from seatrial.sandbox import Answer, Application, Call, date, pause

REFUSED = 429
_MOST = 15.0
"""Seconds that are waited for at most."""
_UNSAID = 1.0
"""Seconds after which it is asked again where it is not told when."""


def patiently(application: Application, call: Call, *, watched: bool = True) -> Answer:
    """The answer to a request; of one that is refused for its number the second, if it may be made soon."""
    answer = application.call(call, watched=watched)
    seconds = _wait(answer)
    if answer.status != REFUSED or seconds > _MOST:
        return answer
    pause(seconds)
    again = application.call(call, watched=watched)
    application.held_back -= again.status != REFUSED  # what it would have done is seen
    return again


def _wait(answer: Answer) -> float:
    """Seconds after which it may be asked again."""
    said = answer.headers.get("retry-after", "").strip()
    if said.isdecimal():
        return float(said)
    try:
        return max(parsedate_to_datetime(said).timestamp() - date(), 0.0)
    except ValueError:  # it says nothing, or nothing that is known
        return _UNSAID
