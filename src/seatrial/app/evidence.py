"""Evidence between runs: what a trial showed stays known while the code is what it was.

It lies in the user's own folder, outside every audited tree: a change cannot bring along what opens the gate for it.
One file a tree, one entry a line, sorted by place. What speaks for the code lapses with any change of the program,
since a trial runs more code than a finding rests on; what speaks against it, with the code of the finding.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

import msgspec

from seatrial.app import cache
from seatrial.app.analysis import Analysis
from seatrial.app.workspace import Tree
from seatrial.model.evidence import Evidence, Outcome
from seatrial.model.finding import Finding
from seatrial.model.source import TEXT, Role

_ASIDE = frozenset({Role.TEST, Role.EXAMPLE})
_LARGEST = 50_000_000


class Kept(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the file. `path`, `line` and `rule` are for its readers."""

    path: str
    line: int
    rule: str
    evidence: Evidence
    program: str
    """The digest of the program that ran."""
    found: Finding | None = None
    """The finding itself, if only the trial made it."""


def digest(tree: Tree) -> str:
    """What the program's behaviour follows from: all its code, and what its manifests say; not its tests."""
    code = [
        (source.file.path, source.file.digest)
        for source in tree.sources
        if source.file.language != TEXT and source.file.role not in _ASIDE
    ]
    manifests = [(manifest.path, manifest.text) for manifest in tree.manifests]
    return sha256(msgspec.msgpack.encode((code, manifests))).hexdigest()


def file(root: Path) -> Path:
    """Where the evidence about the tree at `root` is kept."""
    resolved = root.resolve()
    name = f"{resolved.name or 'root'}-{sha256(bytes(resolved)).hexdigest()[:12]}.jsonl"
    return cache.folder() / "evidence" / name


def read(path: Path) -> Sequence[Kept]:
    """The entries of a file; none if there is none. Lines that cannot be read prove and clear nothing: left out."""
    return [one for one in _entries(path) if one is not None]


def _entries(path: Path) -> Iterator[Kept | None]:
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return
    for line in path.read_bytes().splitlines():
        try:
            yield msgspec.json.decode(line, type=Kept)
        except msgspec.DecodeError:
            yield None


def write(path: Path, kept: Iterable[Kept]) -> None:
    """Writes the entries, whole or not at all. Raises `OSError`."""
    ordered = sorted(kept, key=lambda one: (one.path, one.line, one.rule, one.evidence))
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in ordered))
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def recalled(
    kept: Iterable[Kept], analysis: Analysis, program: str
) -> tuple[tuple[Evidence, ...], tuple[Finding, ...]]:
    """What still holds of the entries for this program, and the findings that only trials made."""
    there = {finding.fingerprint for finding in analysis.findings}
    evidence, found = list[Evidence](), dict[str, Finding]()
    for one in kept:
        is_same = one.program == program
        if one.evidence.fingerprint in there:
            evidence.append(one.evidence if is_same else _older(one.evidence))
        elif one.found is not None and is_same:
            found[one.found.fingerprint] = one.found
            evidence.append(one.evidence)
    return tuple(evidence), tuple(found.values())


def _older(one: Evidence) -> Evidence:
    """What is left of evidence about a program that has changed since."""
    if one.outcome is Outcome.PROVEN:
        return one  # until its own code changes: the gate sees to that
    reason = f"the program has changed since the trial ({one.outcome.value} then: {one.reason})"
    return msgspec.structs.replace(one, outcome=Outcome.NOT_TRIED, reason=reason, reproduce="")


def applied(analysis: Analysis, evidence: Iterable[Evidence], found: Iterable[Finding]) -> Analysis:
    """The analysis with the findings of trials, and with certainty where something is proven."""
    proven = {(one.fingerprint, one.digest) for one in evidence if one.outcome is Outcome.PROVEN}
    findings = tuple(
        msgspec.structs.replace(finding, confidence=1.0) if (finding.fingerprint, finding.digest) in proven else finding
        for finding in sorted((*analysis.findings, *found))
    )
    return msgspec.structs.replace(analysis, findings=findings)


def renewed(
    old: Iterable[Kept],
    evidence: Iterable[Evidence],
    findings: Iterable[Finding],
    found: Iterable[Finding],
    program: str,
    begun: Collection[str],
) -> Iterator[Kept]:
    """What to keep now: what the trials `begun` showed, and of the others what was known.

    `findings` are those of the audit, `found` those that only the trials made.
    """
    made = {finding.fingerprint: finding for finding in found}
    known = {finding.fingerprint: finding for finding in findings} | made
    for one in old:
        if one.evidence.trial not in begun and (one.evidence.fingerprint in known or one.program == program):
            yield one
    for piece in evidence:
        if piece.trial in begun and piece.outcome is not Outcome.NOT_TRIED:
            finding = known[piece.fingerprint]
            place = finding.place
            yield Kept(place.path, place.line, finding.rule, piece, program, made.get(piece.fingerprint))
