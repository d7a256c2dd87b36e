"""Reads what other scanners found (`--with other.sarif`) and puts it beside our findings."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from seatrial import scanners
from seatrial.app import git
from seatrial.app.analysis import Analysis
from seatrial.app.discovery import Entry
from seatrial.app.reading import decode, read
from seatrial.app.roles import classifier
from seatrial.app.settings import Settings
from seatrial.errors import SourceError
from seatrial.model.decision import Decision, Suppression
from seatrial.model.finding import Finding, scanner_of
from seatrial.model.globs import matcher
from seatrial.model.source import Gap, Role
from seatrial.model.text import printable
from seatrial.model.verdict import RuleInfo

ADVISORIES = "advisories"
_SOURCES = {"known-vulnerability": ADVISORIES}
"""Rules of ours that say nothing unless the user brings something along, and what that is."""
_LARGEST = 200_000_000
"""Bytes of a log. The largest that scanners write of a million lines stay below."""


class Scanned(NamedTuple):
    """What other scanners say of a tree. `names` holds every scanner that was heard, even if it found nothing."""

    names: frozenset[str] = frozenset()
    findings: Sequence[Finding] = ()
    rules: Sequence[RuleInfo] = ()
    gaps: Sequence[Gap] = ()


def scanned(files: Iterable[Path], root: Path, settings: Settings) -> Scanned:
    """What the SARIF files say of the tree at `root`, as far as the settings let it be heard.

    Raises:
        SourceError: a file cannot be read or is no SARIF 2.1.0.
    """
    heard: set[str] = set()
    findings: list[Finding] = []
    rules: dict[str, RuleInfo] = {}
    gaps: list[Gap] = []
    texts = _texts(root)
    left_out = matcher(settings.exclude)
    for run in [run for file in files for run in _runs(file)]:
        heard.add(scanners.scanner_name(run.tool.driver.name))
        found = scanners.found(run, str(root.resolve()), texts, _is_test)
        findings += [one for one in map(settings.adjusted, found.findings) if one and not left_out(one.place.path)]
        rules |= {rule.id: rule for rule in found.rules}
        gaps += [gap for gap in found.gaps if not left_out(gap.path)]
    return Scanned(frozenset(heard), findings, [rules[name] for name in sorted(rules)], gaps)


def beside(analysis: Analysis, others: Scanned) -> Analysis:
    """The analysis with what the others found; what both speak of is one finding."""
    return replace(
        analysis,
        findings=scanners.joined(analysis.findings, others.findings),
        rules=(*analysis.rules, *others.rules),
        gaps=(*analysis.gaps, *others.gaps),
    )


def in_base(others: Scanned, root: Path, oid: str) -> Scanned:
    """Those of the others' findings whose lines stood in the commit already: a change did not bring them in."""
    now, before = _texts(root), _texts_of(root, oid, {finding.place.path for finding in others.findings})
    standing = [
        finding
        for finding in others.findings
        if scanners.stands_in(finding, now(finding.place.path) or (), before.get(finding.place.path, ()))
    ]
    return others._replace(findings=standing, gaps=())


def heard(others: Iterable[str], advisories: str) -> frozenset[str]:
    """Everything that was heard beside the tree: other scanners, and advisories if the user brought some."""
    return frozenset({*others, ADVISORIES} if advisories else others)


def heard_decisions(decisions: Iterable[Decision], names: frozenset[str]) -> tuple[Decision, ...]:
    """The records about our rules and what was heard beside them: of others nothing is known in this run."""
    return tuple(one for one in decisions if _is_heard(one.rule, names))


def heard_comments(comments: Iterable[Suppression], names: frozenset[str]) -> tuple[Suppression, ...]:
    """The comments, each without the rules of what was not heard."""
    heard = ((one, tuple(rule for rule in one.rules if _is_heard(rule, names))) for one in comments)
    return tuple(replace(one, rules=rules) for one, rules in heard if rules or not one.rules)


def _is_heard(rule: str, names: frozenset[str]) -> bool:
    source = _SOURCES.get(rule) or scanner_of(rule)
    return not source or source in names


def _runs(file: Path) -> tuple[scanners.Run, ...]:
    try:
        if file.stat().st_size > _LARGEST or not file.is_file():
            raise SourceError(f"{printable(str(file))} is no file of less than {_LARGEST:,} bytes.")
        return scanners.read(file.read_bytes())
    except OSError as error:
        raise SourceError(f"{printable(str(file))} cannot be read: {error.strerror}.") from error
    except scanners.NotSarifError as error:
        why = printable(str(error))
        raise SourceError(
            f"{printable(str(file))} is no SARIF 2.1.0 ({why}). Have the other scanner write SARIF."
        ) from error


def _is_test(path: str) -> bool:
    return classifier([path])(path) is Role.TEST


def _texts(root: Path) -> scanners.Lines:
    """The lines of a file below the root, read when first asked for. A link that leads out of the tree is no file."""
    top = root.resolve()

    @cache
    def lines(path: str) -> Sequence[str] | None:
        real = (top / path).resolve()
        if not real.is_relative_to(top) or not real.is_file():
            return None
        data = read(top, Entry(path, path, real.stat().st_size))
        text = data if isinstance(data, Gap) else decode(path, data)
        return None if isinstance(text, Gap) else text.split("\n")

    return lines


def _texts_of(root: Path, oid: str, paths: set[str]) -> Mapping[str, Sequence[str]]:
    """The lines of files as they were in a commit; without those that were not there or were no text."""
    blobs = [(path, blob) for blob in git.blobs(root, oid) if (path := git.path_of(blob)) in paths]
    contents = git.contents(root, [blob.oid for _, blob in blobs])
    texts = ((path, decode(path, data)) for (path, _), data in zip(blobs, contents, strict=True))
    return {path: text.split("\n") for path, text in texts if not isinstance(text, Gap)}
