"""Runs rule pages: every section of a page is a small program whose marked lines must be reported, and no others.

A page is Markdown: the rule's docstring, or a file `tests/rules/<rule>/*.md`. Its first paragraph is the fault in one
sentence, the second why it sinks at scale, the third how to mend it. Then sections, each a program of several files.
Reported is what the default report shows: findings of less confidence do not count, or, for a rule that is never that
sure, those of less than its surest.

    ## Bad: across files

    ```shop/web.py
    print(1)  # finding
    ```

| mark | meaning |
|---|---|
| `finding` | the line is reported; words after a colon must stand in the message |
| `gap: why` | should be reported and is not yet: the test fails when it is found, so that the mark is promoted |
| `noise: why` | is reported and should not be: the test fails when it is no longer |

Sections whose heading begins with `Bad` must hold a `finding`, `Not found yet` a `gap` or `noise`, `Good` neither
`finding` nor `gap`. A mark stands in a comment of any language at the end of the line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from seatrial import registry
from seatrial.libraries import name_filter
from seatrial.model.facts import FileFacts
from seatrial.model.outside import Module, Outside
from seatrial.model.policy import Policy
from seatrial.model.source import Installed, Manifest, Role, SourceFile
from seatrial.program import Program, link
from seatrial.program.manifests import osv
from seatrial.rules.contract import Rule

_FENCE = re.compile(r"^```([^\s`]+)[^\n]*\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(r"(?:#|//|--|/\*|<!--|\{#)\s*(finding|gap|noise)\b(?::\s*([^\n]*?))?\s*(?:\*/|-->|#\})?\s*$")


_SITE = "site-packages/"


@dataclass(frozen=True, slots=True)
class Mark:
    """An expectation on a line (1-based) of a file of a section."""

    kind: str
    path: str
    line: int
    words: str


@dataclass(frozen=True, slots=True)
class Section:
    """A small program with its expectations. `options` are settings (a fence named `seatrial.toml` holds them)."""

    heading: str
    files: Mapping[str, str]
    marks: tuple[Mark, ...] = field(default=())


def sections(page: str) -> Iterator[Section]:
    """The sections of a page that hold programs."""
    for part in re.split(r"^## ", page, flags=re.MULTILINE)[1:]:
        heading, _, body = part.partition("\n")
        files = {m[1]: m[2] for m in _FENCE.finditer(body)}
        if files:
            yield Section(heading.strip(), files, tuple(_marks(files)))


def program_of(files: Mapping[str, str], options: Mapping[str, object] | None = None) -> Program:
    """A program made of files given as text: languages by suffix, whatever is no code is a manifest too."""
    sources: list[tuple[SourceFile, FileFacts]] = []
    manifests: list[Manifest] = []
    for path, text in files.items():
        if _SITE in path:
            continue
        frontend = registry.frontend_for(path)
        facts = frontend and frontend.extract(text)
        if frontend and facts:
            sources.append((SourceFile(path, frontend.language, _role(path), ""), facts))
        if not facts or not facts.functions:
            manifests.append(Manifest(path, text))
    return link(sources, manifests, options=options, outside=_outside(files, options or {}))


def _outside(files: Mapping[str, str], options: Mapping[str, object]) -> Outside:
    """What a user would have brought along: advisories in `osv.json`, the list of names that the settings name."""
    names = files.get(str(options.get("package-names", "")))
    return Outside(
        advisories=osv.read(files["osv.json"]) if "osv.json" in files else (),
        names=name_filter.read(names.encode()) if names else None,
        library=_Texts(files) if any(_SITE in path for path in files) else None,
    )


class _Texts:
    """An installed library made of files given as text, below `…/site-packages/`."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self._texts = {path.partition(_SITE)[2]: text for path, text in files.items() if _SITE in path}

    def module(self, name: str) -> Module | None:
        """See `Library`."""
        base = name.replace(".", "/")
        for path, is_package in ((f"{base}/__init__.py", True), (f"{base}.py", False)):
            frontend = registry.frontend_for(path)
            if path in self._texts and frontend:
                below = (other.removeprefix(f"{base}/") for other in self._texts if other.startswith(f"{base}/"))
                inner = frozenset(one.partition("/")[0].removesuffix(".py") for one in below)
                return Module(
                    name, is_package, frontend.extract(self._texts[path]), inner if is_package else frozenset()
                )
        return None

    def owner(self, name: str) -> Installed | None:  # noqa: ARG002 - as `Library.owner`
        """Nobody: texts have no metadata."""
        return None


def problems(rule: Rule, page: str | None = None) -> list[str]:
    """What a page promises and the rule does not keep, each as one sentence; empty when the page holds."""
    found: list[str] = []
    seen = list(sections(page if page is not None else rule.page))
    if page is None and not any(s.heading.startswith("Bad") for s in seen):
        found.append("the page has no section `Bad` with a program")
    for section in seen:
        found.extend(f"{section.heading}: {problem}" for problem in _section_problems(rule, section))
    return found


def _section_problems(rule: Rule, section: Section) -> Iterator[str]:
    yield from _promises(section)
    found = rule.findings(program_of(section.files, _options(section.files)))
    findings = [finding for finding in found if finding.confidence >= min(Policy().confidence, rule.most)]
    reported = {(f.place.path, f.place.line) for f in findings}
    marked = {(m.path, m.line) for m in section.marks if m.kind != "gap"}
    for mark in section.marks:
        here = (mark.path, mark.line) in reported
        if mark.kind == "gap" and here:
            yield f"{mark.path}:{mark.line} is found now: promote its `gap`"
        elif mark.kind != "gap" and not here:
            yield f"{mark.path}:{mark.line} is not reported ({mark.kind})"
    for finding in findings:
        place = (finding.place.path, finding.place.line)
        if place not in marked and not any(m.kind == "gap" and (m.path, m.line) == place for m in section.marks):
            yield f"{place[0]}:{place[1]} is reported and not marked: {finding.message}"
    yield from _words(section, {(f.place.path, f.place.line): f.message for f in findings})


def _words(section: Section, messages: Mapping[tuple[str, int], str]) -> Iterator[str]:
    for mark in section.marks:
        message = messages.get((mark.path, mark.line))
        if mark.kind == "finding" and message is not None and mark.words not in message:
            yield f"{mark.path}:{mark.line} says {message!r}, not {mark.words!r}"


def _promises(section: Section) -> Iterator[str]:
    kinds = {mark.kind for mark in section.marks}
    if section.heading.startswith("Bad") and "finding" not in kinds:
        yield "nothing is marked `finding`"
    if section.heading.startswith("Good") and kinds & {"finding", "gap"}:
        yield "a good program holds a `finding` or `gap`"
    if section.heading.startswith("Not found yet") and not kinds & {"gap", "noise"}:
        yield "nothing is marked `gap` or `noise`"


def _marks(files: Mapping[str, str]) -> Iterator[Mark]:
    for path, text in files.items():
        for number, line in enumerate(text.split("\n"), 1):
            match = _MARK.search(line)
            if match:
                yield Mark(match[1], path, number, match[2] or "")


def _options(files: Mapping[str, str]) -> Mapping[str, object]:
    import tomllib  # noqa: PLC0415 - only pages with settings need it

    return tomllib.loads(files["seatrial.toml"]) if "seatrial.toml" in files else {}


def _role(path: str) -> Role:
    name = PurePosixPath(path).name
    parts = PurePosixPath(path).parts
    if name.startswith("test_") or name == "conftest.py" or "tests" in parts[:-1]:
        return Role.TEST
    return Role.MIGRATION if "migrations" in parts[:-1] else Role.CODE
