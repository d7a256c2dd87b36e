"""Which settings are for tests and one's own machine: what is open there is open to nobody else."""

import re

from seatrial.program import Function

_OWN_MACHINE = re.compile(
    r"(?:^|[/_.-])(?:local|localhost|dev|devel|develop|development|test|tests|testing|debug|ci|example|examples|demo|docs|sandbox|playground)"
    r"(?=[/_.-]|$)"
)

STAND_IN = re.compile(
    r"\b(?:Mock|Fake|Stub|Dummy)|_(?:mock|fake|stub|dummy)\b"
    r"|\b(?:Test|Testing|Dev|Devel|Development|Local|Debug|CI)(?=[A-Z]|\b)|(?:Testing|Test|Development|Dev|Local)\b"
)
"""Names of what stands in for a real service, and of settings for tests and one's own machine."""


def for_own_machine(function: Function) -> bool:
    """True when the file's path, or the class that holds them, says that they are for development, tests or examples."""
    return bool(_OWN_MACHINE.search(function.file.path) or STAND_IN.search(function.symbol))
