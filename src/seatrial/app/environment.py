"""What is installed beside the code: read from virtual environments in the audited folder; nothing of them is run."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from seatrial.model.source import Installed

FOLDERS = (".venv", "venv", "env", ".env")
"""Names under which an environment is looked for at the top of the audited folder."""
LARGEST = 4_000_000
"""Bytes of a `RECORD` that are read: some distributions list tens of thousands of data files after their modules."""


def records(root: Path) -> tuple[str, ...]:
    """The `.dist-info` folders of the environments at the top of `root`, as paths from it, sorted.

    Their names hold name and version, so two equal answers mean the same distributions.
    """
    folders = [root / name for name in FOLDERS if (root / name / "pyvenv.cfg").is_file()]
    return tuple(sorted(info.relative_to(root).as_posix() for folder in folders for info in _in_environment(folder)))


def records_at(folder: Path) -> tuple[str, ...]:
    """The same for one environment, wherever it is, as absolute paths. A folder of distributions will do as well."""
    return tuple(sorted(info.absolute().as_posix() for info in (*_in_environment(folder), *_dist_infos(folder))))


def sites(root: Path, paths: Sequence[str]) -> tuple[Path, ...]:
    """The folders from which modules are imported, of the distributions at these paths."""
    return tuple(sorted({(root / path).parent for path in paths}))


def _in_environment(folder: Path) -> Iterator[Path]:
    for site in (*sorted(folder.glob("lib/python*/site-packages")), folder / "Lib/site-packages"):
        yield from _dist_infos(site)


def read(root: Path, paths: Sequence[str]) -> tuple[Installed, ...]:
    """What the distributions at these paths bring; one whose metadata cannot be read says nothing."""
    found = (_read(root / path) for path in paths)
    return tuple(one for one in found if one.name)


def _dist_infos(site: Path) -> Iterator[Path]:
    if site.is_dir():
        yield from (Path(entry) for entry in os.scandir(site) if entry.name.endswith(".dist-info"))


def _read(folder: Path) -> Installed:
    from seatrial.program.manifests import installed  # noqa: PLC0415 - brings the program, which a known result needs not

    top_level = _text(folder / "top_level.txt")
    return installed(_text(folder / "METADATA"), top_level, "" if top_level else _text(folder / "RECORD"))


def _text(path: Path) -> str:
    """What a file says; nothing if it cannot be read or is none (to open a pipe would wait for its writer)."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return file.read(LARGEST).decode("utf-8", "replace")
    except OSError:
        return ""
