"""Looks up what is known of each file and extracts the rest."""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from seatrial.facts.attempt import attempt
from seatrial.frontends.contract import Frontend
from seatrial.model.facts import FileFacts, decode
from seatrial.model.source import Gap, SourceFile, Stage

if TYPE_CHECKING:
    from seatrial.facts.pool import Question

WORTH_A_PROCESS = 4_000_000
"""Characters of unknown text for each process: what one extracts in a little over a second, ten times what its start
costs in processor time."""


class Source(NamedTuple):
    """A file and its decoded text."""

    file: SourceFile
    text: str


class Extracted(NamedTuple):
    """The facts of each file, in the order of the sources, and a gap for each file that a front end failed on."""

    files: list[tuple[SourceFile, FileFacts]]
    gaps: list[Gap]
    fresh: int
    """How many files the store did not know."""


class Language(NamedTuple):
    """A front end, and where it lies (module and name of its `Frontend`), so that another process finds it."""

    frontend: Frontend
    module: str
    name: str


class Store(Protocol):
    """Keeps bytes by key. It may forget anything at any time, but gives back nothing that was not put in."""

    def get(self, keys: Sequence[bytes]) -> Mapping[bytes, bytes]:
        """What is known of the keys; those that are not known are left out."""

    def put(self, entries: Mapping[bytes, bytes]) -> None:
        """Keeps the entries."""


def extract(
    sources: Sequence[Source],
    languages: Mapping[str, Language],
    store: Store,
    jobs: int = 1,
    tell: Callable[[int], object] = id,
) -> Extracted:
    """The facts of all sources. `languages` goes by name; `jobs` is the most processes to use.

    `tell` hears how many more files are done. The result is the same whatever the store knows and however many
    processes there are.
    """
    keys = [_key(source.file, languages[source.file.language].frontend) for source in sources]
    known = {key: facts for key, data in store.get(keys).items() if (facts := _decoded(data))}
    unknown = {key: source for key, source in zip(keys, sources, strict=True) if key not in known}
    tell(len(sources) - len(unknown))
    failed: dict[bytes, str] = {}
    fresh: dict[bytes, bytes] = {}
    for key, answer in zip(unknown, _answers(list(unknown.values()), languages, jobs), strict=True):
        if isinstance(answer, str):
            failed[key] = answer
        else:
            known[key], fresh[key] = answer
        tell(1)
    store.put(fresh)
    files = [(source.file, known[key]) for key, source in zip(keys, sources, strict=True) if key in known]
    gaps = [
        Gap(source.file.path, 0, Stage.FACTS, failed[key])
        for key, source in zip(keys, sources, strict=True)
        if key in failed
    ]
    return Extracted(files, gaps, len(unknown))


def _answers(
    sources: Sequence[Source], languages: Mapping[str, Language], jobs: int
) -> Iterator[tuple[FileFacts, bytes] | str]:
    processes = min(jobs, sum(len(source.text) for source in sources) // WORTH_A_PROCESS)
    if processes < 2:
        gc.freeze()
        gc.unfreeze()  # known facts go to the oldest generation: the young one is collected after each text
        yield from (attempt(languages[source.file.language].frontend, source.text) for source in sources)
        return
    from seatrial.facts.pool import extract_in_parallel  # noqa: PLC0415 - what is known needs no other process

    for answer in extract_in_parallel([_question(source, languages) for source in sources], processes):
        yield answer if isinstance(answer, str) else (decode(answer), answer)


def _question(source: Source, languages: Mapping[str, Language]) -> "Question":
    language = languages[source.file.language]
    return language.module, language.name, source.text


def _key(file: SourceFile, frontend: Frontend) -> bytes:
    parts = ("facts", frontend.language, frontend.version, frontend.grammar, file.digest)
    return sha256("\0".join(parts).encode()).digest()


def _decoded(data: bytes) -> FileFacts | None:
    try:
        return decode(data)
    except msgspec.MsgspecError:
        return None  # written by another build of the same version: extracted again
