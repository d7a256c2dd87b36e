"""From the results of another scanner to findings, each placed in the audited tree."""

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from seatrial.model.finding import Finding, Place, Quality, Severity, Step
from seatrial.model.source import Gap, Stage
from seatrial.model.verdict import RuleInfo
from seatrial.scanners.log import Artifact, Descriptor, Location, Reference, Result, Run
from seatrial.scanners.names import rule_name, scanner_name
from seatrial.scanners.weaknesses import weaknesses

_CWE = re.compile(r"cwe[-_/ ]?0*(\d+)", re.IGNORECASE)
_HEADING = re.compile(r"^#+ .*$", re.MULTILINE)
_SEVERITY = {"error": Severity.ERROR, "warning": Severity.WARNING, "note": Severity.NOTE, "none": Severity.NOTE}
_SURE = {"very-high": 0.95, "high": 0.85, "medium": 0.7, "low": 0.4}
"""What code scanning's `precision` of a rule, and the `confidence` that some scanners write, are taken for."""
_UNSAID = 0.7
"""The confidence of a result whose scanner says nothing of it: enough to be shown, since the user asked for it."""
_QUALITIES = {"performance": Quality.SCALE, "concurrency": Quality.CONCURRENCY, "security": Quality.SECURITY}
_ABSENT = "absent"
_DEEPEST = 8
"""So many bases deep may a file be named (§3.14.14)."""

Lines = Callable[[str], Sequence[str] | None]
"""The lines of a file of the tree, by its path; None if there is no such file."""


class Found(NamedTuple):
    """What the results of a run come to."""

    findings: list[Finding]
    rules: list[RuleInfo]
    gaps: list[Gap]


def found(run: Run, root: str, lines: Lines, is_test: Callable[[str], bool]) -> Found:
    """The findings of a run. `root` is the absolute path of the tree, in which `lines` looks files up.

    What the scanner itself calls suppressed, passed or gone is left out. A result that names no file of the tree
    becomes a `Gap`.
    """
    rules = _Rules(run)
    made = Found([], [], [])
    seen: Counter[str] = Counter()
    for result in run.results or ():
        if result.kind not in {"fail", "review", "open"} or result.suppressions or result.baseline_state == _ABSENT:
            continue
        place = _place(result, run, root)
        text = lines(place.path) if place else None
        if place is None or text is None:
            made.gaps.append(_nowhere(rules.name(result), result, place))
        else:
            made.findings.append(_finding(result, place, text, rules, seen, is_test))
    named = {finding.rule for finding in made.findings}
    made.rules.extend(rules.infos(named))
    return made


class _Rules:
    """The rules of a run, found by id or index, those of extensions too."""

    def __init__(self, run: Run) -> None:
        self._scanner = run.tool.driver.name
        self._driver = run.tool.driver.rules
        everywhere = [rule for part in (run.tool.driver, *run.tool.extensions) for rule in part.rules]
        self._by_id = {rule.id: rule for rule in reversed(everywhere)}

    def of(self, result: Result) -> Descriptor:
        """The rule of a result; one that is bare but for its id if the log does not describe it."""
        rule_id = result.rule_id or result.rule.id
        index = max(result.rule_index, result.rule.index)
        if not rule_id and 0 <= index < len(self._driver):
            return self._driver[index]
        return self._by_id.get(rule_id) or self._by_id.get(rule_id.rpartition("/")[0]) or Descriptor(id=rule_id)

    def cwe(self, rule: Descriptor) -> tuple[int, ...]:
        """The weaknesses that the rule speaks of, as it says itself or as is known of it."""
        said = _cwes(rule.properties, [one.target for one in rule.relationships])
        return said or weaknesses(scanner_name(self._scanner), rule.id)

    def name(self, result: Result) -> str:
        """The rule's name here."""
        return rule_name(self._scanner, self.of(result).id)

    def infos(self, names: set[str]) -> Iterator[RuleInfo]:
        """What a report tells of the rules that found something."""
        for rule in {id(rule): rule for rule in self._by_id.values()}.values():
            name = rule_name(self._scanner, rule.id)
            if name in names:
                yield _info(name, rule, self.cwe(rule))


def _info(name: str, rule: Descriptor, cwe: tuple[int, ...]) -> RuleInfo:
    return RuleInfo(
        id=name,
        quality=_quality(rule, cwe),
        severity=_SEVERITY.get(rule.default_configuration.level, Severity.WARNING),
        cwe=cwe,
        category=(),
        sentence=_first(rule.short_description.text),
        why=_first(rule.full_description.text),
        mend=_first(rule.help.text),
        page=rule.help.markdown or rule.help.text or rule.full_description.text,
        confirmed_by="",
    )


def _finding(
    result: Result, place: Place, text: Sequence[str], rules: _Rules, seen: Counter[str], is_test: Callable[[str], bool]
) -> Finding:
    rule, name = rules.of(result), rules.name(result)
    cwe = tuple(sorted({*rules.cwe(rule), *_cwes(result.properties, result.taxa)}))
    code = normal(text, place)
    base = f"{name}\0{place.path}\0{code}"
    seen[base] += 1
    return Finding(
        rule=name,
        quality=_quality(rule, cwe),
        severity=_SEVERITY.get(result.level or rule.default_configuration.level, Severity.WARNING),
        confidence=_confidence(result, rule),
        message=result.message.text or rule.short_description.text or rule.id,
        place=place,
        symbol="",
        path=tuple(_steps(result, text, place)),
        fingerprint=sha256(f"{base}\0{seen[base]}".encode()).hexdigest()[:32],
        digest=sha256(code.encode()).hexdigest(),
        cwe=cwe,
        category=(),
        why=_first(rule.full_description.text or rule.short_description.text),
        mend=_first(rule.help.text),
        confirmed_by="",
        weight=1.0,
        code=text[place.line - 1].strip() if 0 < place.line <= len(text) else "",
        in_test=is_test(place.path),
    )


def normal(text: Sequence[str], place: Place) -> str:
    """The code at a place, without what reindenting changes: what the finding rests on."""
    return "\n".join(" ".join(line.split()) for line in text[max(place.line - 1, 0) : place.end_line])


def _first(text: str) -> str:
    """The first paragraph of a text that may be Markdown, without headings: some scanners put a whole page there."""
    paragraphs = (" ".join(_HEADING.sub("", part).split()) for part in text.split("\n\n"))
    return next(filter(None, paragraphs), "")


def _steps(result: Result, text: Sequence[str], place: Place) -> Iterator[Step]:
    """The way to the place, as far as it lies in the same file: what other files hold is not at hand."""
    flows = [flow for flow in result.code_flows if flow.thread_flows]
    for step in flows[0].thread_flows[0].locations if flows else ():
        where = step.location.physical_location
        line = where.region.start_line
        same = posixpath.basename(unquote(where.artifact_location.uri)) == posixpath.basename(place.path)
        if same and 0 < line <= len(text):
            yield Step(Place(place.path, line, line), step.location.message.text, text[line - 1].strip())


def _place(result: Result, run: Run, root: str) -> Place | None:
    location = result.locations[0] if result.locations else Location()
    path = _path(location.physical_location.artifact_location, run.original_uri_base_ids, root)
    region = location.physical_location.region
    return Place(path, region.start_line, max(region.start_line, region.end_line)) if path else None


def _path(artifact: Artifact, bases: Mapping[str, Artifact], root: str) -> str:
    """The file's path below the root; empty if it lies elsewhere or is not named."""
    uri = artifact.uri
    for _ in range(_DEEPEST):
        if not uri or urlsplit(uri).scheme or artifact.uri_base_id not in bases:
            break
        artifact = bases[artifact.uri_base_id]
        uri = f"{artifact.uri.rstrip('/')}/{uri}" if artifact.uri else uri
    parts = urlsplit(uri)
    if not uri or parts.scheme not in {"", "file"}:
        return ""
    path = posixpath.normpath(unquote(parts.path))
    if path.startswith("/"):
        path = posixpath.relpath(path, root)
    return "" if path in {".", ".."} or path.startswith("../") else path


def _nowhere(name: str, result: Result, place: Place | None) -> Gap:
    told = result.message.text.split("\n")[0][:120]
    what = "names no file of this tree" if place is None else "names a file that is not there or cannot be read"
    return Gap(place.path if place else "", place.line if place else 0, Stage.READING, f"{name} {what}: {told}")


def _confidence(result: Result, rule: Descriptor) -> float:
    if 0 <= result.rank <= 100:
        return result.rank / 100
    for said in (result.properties.get("confidence"), result.properties.get("issue_confidence")):
        if isinstance(said, int | float) and 0 <= said <= 1:
            return float(said)
        if str(said).lower() in _SURE:
            return _SURE[str(said).lower()]
    return _SURE.get(str(rule.properties.get("precision")).lower(), _UNSAID)


def _quality(rule: Descriptor, cwe: tuple[int, ...]) -> Quality:
    tags = {str(tag).lower() for tag in _listed(rule.properties.get("tags"))}
    for tag, quality in _QUALITIES.items():
        if tag in tags:
            return quality
    return Quality.SECURITY if cwe else Quality.OTHER


def _cwes(properties: Mapping[str, Any], taxa: Sequence[Reference]) -> tuple[int, ...]:
    said = [*_listed(properties.get("tags")), *_listed(properties.get("cwe"))]
    numbers = {int(one) for text in said for one in _CWE.findall(str(text))}
    numbers |= {int(t.id.upper().removeprefix("CWE-")) for t in taxa if _is_weakness(t)}
    return tuple(sorted(numbers))


def _is_weakness(taxon: Reference) -> bool:
    number = taxon.id.upper().removeprefix("CWE-")
    return "cwe" in taxon.tool_component.name.lower() and number.isascii() and number.isdigit()


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value] if value is not None else []
