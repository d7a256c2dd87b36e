"""The kind of a body: a request that is refused for it (415) is asked once more with the other, JSON or a form.

What a body is sent as is often only read from code, and documents err in it. Source: RFC 9110, section 15.5.16.
"""

from collections.abc import Callable

import msgspec

from seatrial.sandbox import Answer
from seatrial.trials.api import Api, Operation

_REFUSED = 415


def asked(api: Api, operation: Operation, ask: Callable[[Operation], Answer]) -> Answer:
    """The answer to `ask` of the operation; if it comes only with a body of the other kind, `api` knows from then on.

    What nobody knows to take a body is asked with an empty object: it refuses to be asked without.
    """
    answer = ask(operation)
    if answer.status != _REFUSED:
        return answer
    other = _other(operation)
    again = ask(other)
    if again.status == _REFUSED:
        return answer
    api.correct(other)
    return again


def _other(operation: Operation) -> Operation:
    return msgspec.structs.replace(
        operation,
        form=bool(operation.body) and not operation.form,
        body=operation.body or {"type": "object", "properties": {}},
    )
