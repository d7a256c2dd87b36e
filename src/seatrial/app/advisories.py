"""Reads advisories that the user has: a JSON file, a folder of them, or a ZIP archive as the database publishes."""

import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from seatrial.errors import SourceError
from seatrial.model.outside import Advisory
from seatrial.model.source import Gap, Stage
from seatrial.program.manifests import osv

LARGEST = 64_000_000
"""Bytes of one text; a larger one is a gap."""


def read(path: Path, packages: frozenset[str]) -> tuple[tuple[Advisory, ...], list[Gap]]:
    """The advisories on these packages (names in normal form), and what could not be read.

    Raises `SourceError` if there is nothing at the path, or it is no such file.
    """
    try:
        return decode(_texts(path), packages)
    except (OSError, zipfile.BadZipFile) as error:
        raise SourceError(f"the advisories in {path} cannot be read: {error}") from error


def decode(texts: Iterable[tuple[str, bytes]], packages: frozenset[str]) -> tuple[tuple[Advisory, ...], list[Gap]]:
    """The advisories on these packages in named texts, sorted, and a gap for each text that is none."""
    found: list[Advisory] = []
    gaps: list[Gap] = []
    for name, data in texts:
        try:
            found += (one for one in _small(data) if one.package in packages)
        except ValueError as error:
            gaps.append(Gap(name, 0, Stage.READING, f"no advisory that can be read: {error}"))
    return tuple(sorted(found, key=lambda one: (one.package, one.id))), gaps


def _small(data: bytes) -> tuple[Advisory, ...]:
    if len(data) > LARGEST:
        raise ValueError(f"larger than {LARGEST / 1e6:g} MB")
    return osv.read(data)


def _texts(path: Path) -> Iterator[tuple[str, bytes]]:
    if path.is_dir():
        for file in sorted(path.rglob("*.json")):
            with file.open("rb") as opened:
                yield str(file), opened.read(LARGEST + 1)
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(one for one in archive.namelist() if one.endswith(".json")):
                with archive.open(name) as entry:
                    yield f"{path}/{name}", entry.read(LARGEST + 1)
    else:
        with path.open("rb") as opened:
            yield str(path), opened.read(LARGEST + 1)
