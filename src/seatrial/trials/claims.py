"""What the trials saw, as claims about places in the code; and the findings that each claim speaks of."""

import re
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import NamedTuple

import msgspec

from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding, Place, Quality, Severity, Step
from seatrial.trials.recipes import Recipe
from seatrial.trials.ways import Ways, shape

_LINE = re.compile(r"^(?P<path>.+):(?P<line>\d+) (?P<function>.+)$")
_READ = re.compile(r"\.(?P<name>\w+) is queried for each row\b")
"""A finding of rows that are read where something else writes them."""
_ANSWERS = re.compile(r"(?P<method>[A-Z]*) ?(?P<path>/\S*) answers with ")
"""A finding of all that an operation answers."""
_NAMED = 3
"""Operations beside the first whose names are told."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that a trial saw. `lines` are as the probe tells them: `path:line function`."""

    trial: str
    outcome: Outcome
    rules: tuple[str, ...]
    """The rules that it speaks of; the first is the one under which it is reported if no finding was there."""
    operation: str
    """`GET /orders`."""
    lines: tuple[str, ...]
    exact: bool = False
    """Only the very line counts; else any in the same function."""
    reason: str
    """One sentence with the numbers."""
    details: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    """Other operations that it takes to see it."""
    asked: tuple[Recipe, ...] = ()
    """The requests that show it, for who wants to make them without the trial."""
    steps: tuple[tuple[str, str], ...] = ()
    """Lines on the way to the fault, each with what happens there."""
    about: str = ""
    """A name that a finding must speak of too; empty: the place is enough."""
    is_whole: bool = False
    """Its steps are all of the fault: it speaks too of a finding that lies between its operation and all of them."""
    alone: bool = True
    """What is proven makes a finding where the audit had none."""


class Again(NamedTuple):
    """How to show something again: the command, with `{fingerprint}` or `{trial}` in it, and the seed of its data."""

    command: str
    seed: int = 0


class Proof(msgspec.Struct, frozen=True):
    """What comes of the claims: evidence about findings, and findings that only the trials made."""

    evidence: tuple[Evidence, ...]
    found: tuple[Finding, ...]


def prove(claims: Iterable[Claim], findings: Sequence[Finding], ways: Ways, again: Again) -> Proof:
    """The evidence of the claims.

    A claim that proves a fault where no finding is makes one, with the confidence 1.
    What several operations show of one finding is one piece of evidence: that of the first, which names the others.
    """
    shown: dict[tuple[Finding, str, Outcome], list[Claim]] = {}
    found: dict[str, Finding] = {}
    told = [(claim, [finding for finding in findings if _speaks_of(claim, finding, ways)]) for claim in claims]
    for claim, very in told:
        spoken = very or _near(claim, findings, told)
        if not spoken and claim.outcome is Outcome.PROVEN and claim.alone:
            made = _finding(claim, ways)
            spoken = [found.setdefault(made.fingerprint, made)]
        for finding in spoken:
            shown.setdefault((finding, claim.trial, claim.outcome), []).append(claim)
    for finding, trial, outcome in list(shown):
        if outcome is Outcome.CLEARED and (finding, trial, Outcome.PROVEN) in shown:
            del shown[finding, trial, outcome]  # one of its lines is sound, another is not
    evidence = [_evidence(same, finding, again) for (finding, _, _), same in shown.items()]
    return Proof(tuple(sorted(evidence)), tuple(sorted(found.values())))


def _evidence(claims: Sequence[Claim], finding: Finding, again: Again) -> Evidence:
    """Of claims that say the same of a finding."""
    claim = claims[0]
    own = (claim.operation, *claim.beside)
    others = [name for name in dict.fromkeys(one.operation for one in claims) if name not in own]
    is_proven = claim.outcome is Outcome.PROVEN
    return Evidence(
        fingerprint=finding.fingerprint,
        trial=claim.trial,
        outcome=claim.outcome,
        digest=finding.digest,
        reason=claim.reason + _also(others),
        reproduce=again.command.format(fingerprint=finding.fingerprint[:8], trial=claim.trial) if is_proven else "",
        operations=tuple(filter(None, (*own, *others))),
        seed=again.seed,
        details=claim.details,
    )


def _also(others: Sequence[str]) -> str:
    more = f" and {len(others) - _NAMED} more" if len(others) > _NAMED else ""
    return f"; so it is for {', '.join(others[:_NAMED])}{more}" if others else ""


def _speaks_of(claim: Claim, finding: Finding, ways: Ways) -> bool:
    if finding.rule not in claim.rules or claim.about not in finding.message:
        return False
    if not claim.lines and _is_of(claim.operation, finding):
        return True
    lines = [found for line in claim.lines if (found := _LINE.match(line))]
    places = [finding.place, *(step.place for step in finding.path)]
    if claim.exact and lines:
        return any(
            p.path == line["path"] and p.line <= int(line["line"]) <= p.end_line for p in places for line in lines
        )
    name = finding.symbol.rpartition(".")[2]
    if any(finding.place.path == line["path"] and name == line["function"] for line in lines):
        return True
    if any(
        finding.place.path == route.place.path and finding.symbol == route.symbol for route in ways.of(claim.operation)
    ):
        return True
    seen = {(found["path"], found["function"]) for line, _ in claim.steps if (found := _LINE.match(line))}
    return claim.is_whole and ways.is_between(claim.operation, finding, seen)


def _is_of(operation: str, finding: Finding) -> bool:
    """Whether a finding is of the whole answer to this operation: `GET /users answers with every row of User`."""
    answers = _ANSWERS.match(finding.message)
    return bool(
        answers
        and answers["method"] in ("", operation.partition(" ")[0])
        and shape(answers["path"]) == shape(operation.partition(" ")[2])
    )


def _near(
    claim: Claim, findings: Sequence[Finding], others: Sequence[tuple[Claim, Sequence[Finding]]]
) -> Sequence[Finding]:
    """Findings that a proven claim speaks of though its line is none of theirs.

    Those that another line of its function shows in the same operation, as `others` has it; else those whose rows are
    written elsewhere, by a serializer, and read in its function.
    """
    if not claim.exact or claim.outcome is not Outcome.PROVEN:
        return ()
    alike = (claim.trial, claim.rules, claim.operation, claim.outcome)
    shown = [
        spoken
        for other, spoken in others
        if alike == (other.trial, other.rules, other.operation, other.outcome)
        and not _functions(claim).isdisjoint(_functions(other))
    ]
    written = [one for one in findings if one.rule in claim.rules and _is_read_by(claim, one)]
    return list(dict.fromkeys(one for spoken in shown for one in spoken)) or written


def _functions(claim: Claim) -> set[tuple[str, str]]:
    return {(found["path"], found["function"]) for line in claim.lines if (found := _LINE.match(line))}


def _is_read_by(claim: Claim, finding: Finding) -> bool:
    """Whether a statement of the claim, in the finding's function, asks for what the finding says is asked for."""
    read = _READ.match(finding.message)
    is_here = (finding.place.path, finding.symbol.rpartition(".")[2]) in _functions(claim)
    return bool(read and is_here) and any(
        re.search(rf"\bFROM \W?\w*{read['name']}", text, re.IGNORECASE) for text in claim.details if read
    )


def _place(line: str) -> Place | None:
    found = _LINE.match(line)
    return Place(found["path"], int(found["line"]), int(found["line"])) if found else None


def _finding(claim: Claim, ways: Ways) -> Finding:
    route = next(iter(ways.of(claim.operation)), None)
    line = next((found for text in claim.lines if (found := _LINE.match(text))), None)
    place = (_place(line[0]) if line else route.place if route else None) or Place("", 0, 0)
    symbol = line["function"] if line else route.symbol if route else ""
    identity = f"{claim.trial}\0{claim.rules[0]}\0{claim.operation}\0{place.path}\0{symbol}"
    steps = [Step(route.place, f"{claim.operation} is answered here")] if route and line else []
    steps += [Step(at, what) for text, what in claim.steps if (at := _place(text))]
    return Finding(
        rule=claim.rules[0],
        quality=_QUALITY.get(claim.trial, Quality.OTHER),
        severity=Severity.ERROR,
        confidence=1.0,
        message=_message(claim),
        place=place,
        symbol=symbol,
        path=tuple(steps),
        fingerprint=sha256(identity.encode()).hexdigest()[:32],
        digest=sha256(f"{identity}\0{claim.lines}".encode()).hexdigest(),
        cwe=(),
        category=(),
        why="",
        mend="",
        confirmed_by=claim.trial,
        weight=1.0,
    )


def _message(claim: Claim) -> str:
    """What was seen of which operation; a reason may begin with it."""
    return claim.reason if claim.reason.startswith(f"{claim.operation} ") else f"{claim.operation}: {claim.reason}"


_QUALITY = {
    "growth": Quality.SCALE,
    "load": Quality.RESOURCES,
    "race": Quality.CONCURRENCY,
    "deadlock": Quality.CONCURRENCY,
    "access": Quality.SECURITY,
    "inject": Quality.SECURITY,
    "edge": Quality.HONESTY,
    "leak": Quality.RESOURCES,
    "twin": Quality.REDUNDANCY,
    "faults": Quality.HONESTY,
}
