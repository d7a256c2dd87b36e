"""Which settings are for tests and one's own machine: what is open there is open to nobody else."""

import re

from seatrial.model import facts as f
from seatrial.program import Function, Program
from seatrial.program.risks import literal

_OWN_MACHINE = re.compile(
    r"(?:^|[/_.-])(?:local|localhost|dev|devel|develop|development|test|tests|testing|debug|ci|example|examples|demo\w*|docs|sandbox|playground|mock|fake|stub)s?"
    r"(?=[/_.-]|$)"
)

STAND_IN = re.compile(
    r"\b(?:Mock|Fake|Stub|Dummy)|_(?:mock|fake|stub|dummy)\b"
    r"|\b(?:Test|Testing|Dev|Devel|Development|Local|Debug|CI)(?=[A-Z]|\b)|(?:Testing|Test|Development|Dev|Local)\b"
)
"""Names of what stands in for a real service, and of settings for tests and one's own machine."""


_CSRF = "django.middleware.csrf.CsrfViewMiddleware"


def for_own_machine(function: Function) -> bool:
    """True when the file's path, or the class that holds them, says that they are for development, tests or examples."""
    return bool(_OWN_MACHINE.search(function.file.path) or STAND_IN.search(function.symbol))


def checks_forms(program: Program) -> bool:
    """Django's settings ask of every form that it was got from this site before."""
    return any(_CSRF in one for one in middleware(program))


def middleware(program: Program) -> list[list[object]]:
    """What each of Django's settings lists as middleware."""
    stored = ((body, body.values[at]) for body, at in program.index.stores("MIDDLEWARE"))
    held = ((body, body.values[body.origin(s.value)]) for body, s in stored if isinstance(s, f.Store) and s.value >= 0)
    return [
        [literal(program, body, item) for item in given.items]
        for body, given in held
        if isinstance(given, f.Collection)
    ]
