"""What a rule is, and how its matches become findings.

    @rule(severity=Severity.ERROR, cwe=(89,), confirmed_by="inject")
    def check(program: Program) -> Iterator[Match]:
        ...

The module's docstring is the rule's page (see `testing`): first sentence the fault, then why it sinks at scale, then how to
mend it, then `## Bad`, `## Good`, `## Not found yet`. The module's file name is the rule's id, its folder the quality.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from typing import TypeAlias

from seatrial.model.finding import Finding, Place, Quality, Severity, Step
from seatrial.program import Function, Program
from seatrial.program.branches import is_off
from seatrial.program.meant import is_meant


@dataclass(frozen=True, slots=True)
class Match:
    """A fault as a rule sees it. `Rule.findings` adds what no rule should have to get right.

    `function` is the body that holds the place (the module's own body for module level), None for a fault outside code (a manifest):
    then give `place`. `line` (and `end_line`) say where; `key` names what is at fault in words that do not change when code is moved or
    reformatted (the callee, the table, the other function): it is part of the fingerprint.
    """

    message: str
    function: Function | None = None
    line: int = 0
    end_line: int = 0
    place: Place | None = None
    key: str = ""
    path: tuple[Step, ...] = ()
    confidence: float = 0.9
    mend: str = ""
    weight: float = 1.0
    """How much it matters beside others of the same rule; the rule's severity and quality come on top."""
    severity: Severity | None = None
    """Milder than the rule's own, where it is worth telling and no reason to act at once: what lies in a test."""
    also: tuple[Function, ...] = field(default=())
    """Other bodies that the finding rests on: when they change, decisions about it lapse."""


SLIGHT = 0.65
"""Confidence at most where nobody would act, however true it is: little is lost, or hardly ever, or nobody waits for it."""

TOLD = 0.84
"""Confidence at most of what readers of code by others agreed with less than four times of five: told, and it shuts nothing."""

HINTED = 0.69
"""Confidence at most of what readers agreed with less than twice of three times: a hint, for whoever asks for hints and for trials."""

ASIDE = SLIGHT
"""Confidence at most where only developers run the code, by hand."""

MEANT = SLIGHT
"""Confidence at most where a comment tells another scanner of security that the line is meant: somebody has looked."""

Check: TypeAlias = Callable[[Program], Iterable[Match]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its page, as the registry finds it.

    `about_tests`: it judges test code (and only test code). `anywhere`: its faults count beside the program too, as a
    secret is out wherever it lies. `most`: how sure it can be at most.
    """

    id: str
    quality: Quality
    severity: Severity
    cwe: tuple[int, ...]
    category: tuple[str, ...]
    confirmed_by: str
    about_tests: bool
    anywhere: bool
    most: float
    page: str
    check: Check

    def findings(self, program: Program) -> Iterator[Finding]:
        """The findings of this rule in a program, each with a fingerprint of its own."""
        seen: Counter[str] = Counter()
        for match in sorted(self.check(program), key=_position):
            yield self._finding(self._weighed(match, program), seen)

    def _weighed(self, match: Match, program: Program) -> Match:
        """What lies beside the program harms nobody but its developers as it runs: a note, and none for every day."""
        place = match.place or _place(match)
        lines = range(match.line, max(match.line, match.end_line) + 1)
        if self.quality is Quality.SECURITY and match.function and is_meant(match.function, lines):
            return replace(match, confidence=min(match.confidence, MEANT))
        if not self.anywhere and _never_runs(match):
            return replace(match, confidence=min(match.confidence, SLIGHT))
        if self.anywhere or place.path not in program.aside:
            return replace(match, confidence=min(match.confidence, self.most))
        return replace(match, confidence=min(match.confidence, ASIDE), severity=Severity.NOTE)

    def _finding(self, match: Match, seen: Counter[str]) -> Finding:
        function = match.function
        place = match.place or _place(match)
        symbol = function.symbol if function else ""
        base = "\0".join((self.id, symbol or place.path, match.key or match.message))
        seen[base] += 1
        return Finding(
            rule=self.id,
            quality=self.quality,
            severity=match.severity or self.severity,
            confidence=match.confidence,
            message=match.message,
            place=place,
            symbol=symbol,
            path=match.path,
            fingerprint=sha256(f"{base}\0{seen[base]}".encode()).hexdigest()[:32],
            digest=_digest(match),
            cwe=self.cwe,
            category=self.category,
            why=why(self.page),
            mend=match.mend or mend(self.page),
            confirmed_by=self.confirmed_by,
            weight=match.weight,
            in_test=bool(function and function.file.is_test),
        )


@dataclass(frozen=True, slots=True)
class Unbound:
    """What the `rule` decorator makes: all but what the file's place and docstring say."""

    severity: Severity
    cwe: tuple[int, ...]
    category: tuple[str, ...]
    confirmed_by: str
    about_tests: bool
    anywhere: bool
    most: float
    check: Check

    def bind(self, rule_id: str, quality: Quality, page: str) -> Rule:
        """The rule, now that its id (file name), quality (folder) and page (docstring) are known."""
        return Rule(
            rule_id,
            quality,
            self.severity,
            self.cwe,
            self.category,
            self.confirmed_by,
            self.about_tests,
            self.anywhere,
            self.most,
            page,
            self.check,
        )


def rule(
    *,
    severity: Severity,
    cwe: tuple[int, ...] = (),
    category: tuple[str, ...] = (),
    confirmed_by: str = "",
    about_tests: bool = False,
    anywhere: bool = False,
    most: float = 1.0,
) -> Callable[[Check], Unbound]:
    """Decorator that makes a rule of a pure check. `confirmed_by` names a trial; `category` what has no good CWE."""

    def bind(check: Check) -> Unbound:
        return Unbound(severity, cwe, category, confirmed_by, about_tests, anywhere, most, check)

    return bind


def sentence(page: str) -> str:
    """The page's first paragraph: the fault in one sentence."""
    return _paragraphs(page)[0]


def why(page: str) -> str:
    """The page's second paragraph: why it sinks at scale."""
    return [*_paragraphs(page), "", ""][1]


def mend(page: str) -> str:
    """The page's third paragraph: how to mend it."""
    return [*_paragraphs(page), "", "", ""][2]


@lru_cache(maxsize=512)
def _paragraphs(page: str) -> list[str]:
    head = page.partition("\n## ")[0]
    return [" ".join(p.split()) for p in head.strip().split("\n\n")]


def _place(match: Match) -> Place:
    if match.function is None:
        raise ValueError("a match needs a function or a place")
    return Place(match.function.file.path, match.line, max(match.line, match.end_line))


def _position(match: Match) -> tuple[str, int, str, str]:
    place = match.place or _place(match)
    return (place.path, place.line, match.key, match.message)


def _never_runs(match: Match) -> bool:
    """It lies under a constant condition, such as `if False:`: kept for a tool or for later."""
    body, line = match.function, match.line
    while body is not None:
        if any(is_off(body, region) for region in body.regions if region.line <= line <= region.end_line):
            return True
        line, body = body.facts.line, body.parent
    return False


def _digest(match: Match) -> str:
    functions = ((match.function,) if match.function else ()) + match.also
    if not functions:
        return sha256(match.message.encode()).hexdigest()
    return sha256("".join(f.digest for f in functions).encode()).hexdigest()


def gathered(family: Iterable[Match], *, last: bool = False) -> Match:
    """One match for several that one mending ends: the likeliest, which tells of the others' steps, each step once.

    With `last` only where each of the others ends is told, not its whole way there.
    """
    first, *others = sorted(family, key=lambda one: (-one.confidence, one.line))
    steps = (step for one in others for step in (one.path[-1:] if last else one.path))
    return replace(first, path=tuple(dict.fromkeys((*first.path, *steps))))


def each_once(matches: Iterable[Match], kind: Callable[[Match], Hashable]) -> Iterator[Match]:
    """One match for all of a kind, in the order of the first of each (see `gathered`)."""
    families: dict[Hashable, list[Match]] = {}
    for match in matches:
        families.setdefault(kind(match), []).append(match)
    yield from map(gathered, families.values())
