"""Builders of nouns for tests: every field has a likely value, so that a test names only what it is about."""

from datetime import date
from hashlib import sha256

from seatrial.gate import judge
from seatrial.model.decision import Decision, Kind, Suppression
from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding, Place, Quality, Severity, Step
from seatrial.model.policy import Policy
from seatrial.model.source import Gap, LeftOut, Stage
from seatrial.model.verdict import Counts, Report, RuleInfo, Verdict
from seatrial.reports.contract import Format

TODAY = date(2026, 11, 22)


def finding(
    rule: str = "query-in-loop",
    *,
    path: str = "shop/orders.py",
    line: int = 41,
    end_line: int = 0,
    message: str = "A query runs once for each of `orders`.",
    key: str = "",
    digest: str = "",
    steps: tuple[Step, ...] = (),
    **fields: object,
) -> Finding:
    """A finding. Its fingerprint and digest follow from rule, path, line and `key` unless given."""
    identity = f"{rule}\0{path}\0{line}\0{key}"
    known: dict[str, object] = {
        "quality": Quality.SCALE,
        "severity": Severity.ERROR,
        "confidence": 0.9,
        "symbol": "Orders.totals",
        "fingerprint": sha256(identity.encode()).hexdigest()[:32],
        "cwe": (),
        "category": (),
        "why": "",
        "mend": "",
        "confirmed_by": "",
        "weight": 1.0,
    }
    place = Place(path, line, end_line or line)
    digest = digest or sha256(f"code\0{identity}".encode()).hexdigest()
    return Finding(rule=rule, message=message, place=place, path=steps, digest=digest, **{**known, **fields})  # type: ignore[arg-type] # the caller's fields


def accepted(one: Finding, kind: Kind = Kind.BASELINE, reason: str = "", expires: date | None = None) -> Decision:
    """The decision that accepts a finding as it is."""
    return Decision(kind, one.rule, one.fingerprint, one.digest, reason, "ada", one.place.path, one.place.line, expires)


def comment(one: Finding, reason: str = "the table holds nine rows") -> Suppression:
    """The comment in the source that accepts a finding."""
    return Suppression(one.place.path, one.place.line, one.place.line, (one.rule,), reason)


def trial(one: Finding, outcome: Outcome = Outcome.CLEARED, **fields: str) -> Evidence:
    """What a trial found out about a finding."""
    known = {
        "trial": "load",
        "digest": one.digest,
        "reason": "41 queries for 40 rows",
        "reproduce": "seatrial trial load",
    }
    return Evidence(fingerprint=one.fingerprint, outcome=outcome, **{**known, **fields})


def gap(path: str = "shop/broken.py", line: int = 14, reason: str = "the syntax is broken here") -> Gap:
    """Something that was not read."""
    return Gap(path, line, Stage.FACTS, reason)


def verdict(
    *findings: Finding,
    evidence: tuple[Evidence, ...] = (),
    decisions: tuple[Decision, ...] = (),
    comments: tuple[Suppression, ...] = (),
    policy: Policy | None = None,
    gaps: tuple[Gap, ...] = (),
) -> Verdict:
    """What the gate says of these findings today."""
    return judge(findings, evidence, decisions, comments, policy or Policy(), gaps, TODAY)


def rule_info(one: Finding) -> RuleInfo:
    """What a report needs to know of a finding's rule."""
    bad = "## Bad\n\n```shop.py\nfor order in orders:  # finding\n    pass\n```\n"
    page = f"{one.message}\n\n{one.why}\n\n{one.mend}\n\n{bad}"
    return RuleInfo(
        id=one.rule,
        quality=one.quality.value,
        severity=one.severity.value,
        cwe=one.cwe,
        category=one.category,
        sentence=one.message,
        why=one.why,
        mend=one.mend,
        page=page,
        confirmed_by=one.confirmed_by,
    )


def report(judged: Verdict, **fields: object) -> Report:
    """A report on a verdict, with the rules that its findings name."""
    rules = {j.finding.rule: rule_info(j.finding) for j in judged.judged}
    known: dict[str, object] = {
        "root": "shop",
        "version": "0.1.0",
        "date": "2026-11-22T15:04:05Z",
        "counts": Counts(files=37, lines=2412, test_lines=380, functions=164, endpoints=19, tables=8, seconds=0.42),
        "left_out": (LeftOut("vendor", "vendored", 210),),
        "rules": tuple(sorted(rules.values())),
        "map": (),
        "hidden": 3,
        "gate": True,
    }
    return Report(verdict=judged, **{**known, **fields})  # type: ignore[arg-type] # the caller's fields


def rendered(form: Format, one: Report, *, width: int = 0, color: bool = False) -> str:
    """A report in a format; without a terminal unless its width is given."""
    return form.render(one, width, color)
