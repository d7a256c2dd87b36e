"""Gathers what the gate must know of the decision records: of a change, or of the whole tree."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from seatrial import registry
from seatrial.app import commands, git, settings
from seatrial.app.decide import records
from seatrial.app.edits import Edits, edits, everything
from seatrial.app.manifests import is_manifest
from seatrial.app.why import speaks
from seatrial.decisions.records import parse
from seatrial.decisions.records.citations import in_files, in_messages
from seatrial.decisions.records.doubts import doubts
from seatrial.decisions.records.reading import is_record
from seatrial.decisions.records.sightings import Needed, Tree, brought_in, sightings
from seatrial.gate.decisions import in_force
from seatrial.model.decided import Decided, Doubt
from seatrial.model.record import Record
from seatrial.model.source import SIZE_LIMIT, Gap, Manifest
from seatrial.model.text import printable

_OWN = re.compile(r"\.seatrial/.*\.(?:json|toml)\Z")


class Asked(NamedTuple):
    """What is asked of a tree. `commit` is where its change started from (a full object id; empty: all is judged)."""

    root: Path
    commit: str
    today: date
    exclude: tuple[str, ...] = ()
    """Patterns of files to leave out, where there is no commit whose own settings say so."""
    signed: tuple[str, ...] = ()
    """What people have signed that they accept, as `id@bodyHash`."""
    mandate: bool = False
    message: str = ""
    """The message of a commit in the making: what it cites counts too."""
    run_commands: bool = False
    """Whether rules may run their commands: the tree is then trusted."""


def gather(asked: Asked) -> tuple[Decided, tuple[Gap, ...]]:
    """What the gate judges by, and what could not be found out. Next to nothing is read where there are no records.

    Raises:
        DecisionError: a record cannot be understood.
        SourceError: the commit cannot be read.
    """
    now = records(asked.root)
    before, exclude = _records_at(asked.root, asked.commit) if asked.commit else (None, asked.exclude)
    if all(record.plain for record in (*now, *(before or ()))):
        return Decided(now=now, before=before), ()
    known = Decided(now=now, before=before, signed=asked.signed, mandate=asked.mandate)
    found = edits(asked.root, asked.commit, exclude) if asked.commit else everything(asked.root, exclude)
    folder = settings.decisions_folder(asked.root)
    held = list(in_force(known).values())
    if not asked.commit:
        held = [replace(record, rejected=()) for record in held]  # what was there before is no change
    after, earlier = _tree(found.after, folder), _tree(found.before, folder)
    ran, gaps = commands.run(asked.root, held, allowed=asked.run_commands)
    fresh = brought_in(sightings(held, after), sightings(held, earlier))
    messages = git.messages(asked.root, asked.commit) if asked.commit else []
    cited = [*in_files(after.files), *in_messages([*messages, ("now", asked.message)])]
    doubted = tuple(_doubts(asked, now, found))
    decided = replace(known, sightings=tuple(sorted([*fresh, *ran])), citations=tuple(cited), doubts=doubted)
    return decided, gaps


def elsewhere(root: Path) -> Iterator[str]:
    """What to tell of records above `root` in its repository, by which nothing is judged here. Raises as `gather`."""
    above = root.resolve().parents[: git.prefix(root).count("/")]
    for folder in above if not records(root) else ():
        if any(not record.plain for record in records(folder)):
            yield printable(f"the decisions of {folder} are not heard here: name that folder, and they are")
            return


def _doubts(asked: Asked, records: tuple[Record, ...], found: Edits) -> Iterator[Doubt]:
    """What speaks against the records; a change hears advice only about those that speak of what it touches."""
    near = {one.id for one in records if any(speaks(one, path, "") for path in found.after)}
    for one in doubts(records, found.paths, _reader(asked.root, found), asked.today):
        if not (asked.commit and one.kind.is_advice) or one.record in near:
            yield one


def _records_at(root: Path, commit: str) -> tuple[tuple[Record, ...], tuple[str, ...]]:
    """The records as they were in a commit, in the folder that its own settings name, and what those leave out."""
    with git.needing(commit):
        loaded = settings.of_commit(root, lambda path: git.file_at(root, commit, path), registry.rule_ids())
        folder = loaded.settings.decisions.strip("/")
        blobs = {git.path_of(blob): blob for blob in git.blobs(root, commit, folder or ".")}
        paths = [path for path in sorted(blobs) if _lies_in(path, folder) and blobs[path].size <= SIZE_LIMIT]
        contents = git.contents(root, [blobs[path].oid for path in paths])
        records_then = tuple(parse(path, data) for path, data in zip(paths, contents, strict=True))
    return records_then, loaded.settings.exclude


def _lies_in(path: str, folder: str) -> bool:
    above, _, name = path.rpartition("/")
    return above == folder and is_record(name)


def _tree(files: Mapping[str, bytes], folder: str) -> Tree:
    """The files as text, without records (they name what they reject) and what is no text, and what they require."""
    texts = {
        path: data.decode("utf-8", "replace")
        for path, data in files.items()
        if not (_lies_in(path, folder) or _OWN.match(path) or b"\0" in data[:1000])
    }
    manifests = tuple(Manifest(path, text) for path, text in texts.items() if is_manifest(path))
    return Tree(texts, _needed(manifests))


def _needed(manifests: tuple[Manifest, ...]) -> Sequence[Needed]:
    if not manifests:
        return ()
    from seatrial.program.manifests import parse as requirements  # noqa: PLC0415 - heavy, and few changes touch one

    parts = requirements(manifests).parts
    return sorted({Needed(one.name, one.path, one.line) for part in parts for one in part.requirements})


def _reader(root: Path, found: Edits) -> Callable[[str], bytes | None]:
    def read(path: str) -> bytes | None:
        if path not in found.paths:
            return None
        try:
            return found.after[path] if path in found.after else (root / path).read_bytes()
        except OSError:
            return None  # a gap of the audit; for a record, the code is gone

    return read
