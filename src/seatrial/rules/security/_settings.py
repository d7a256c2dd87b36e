"""Which files are for one's own machine: what is open there is open to nobody else."""

import re

from seatrial.program import Function

_OWN_MACHINE = re.compile(
    r"(?:^|[/_.-])(?:local|localhost|dev|devel|develop|development|test|tests|testing|debug|ci|example|examples|demo|docs|sandbox|playground)"
    r"(?=[/_.-]|$)"
)


def for_own_machine(function: Function) -> bool:
    """True when the file's path says that it is for development, tests or examples."""
    return _OWN_MACHINE.search(function.file.path) is not None
