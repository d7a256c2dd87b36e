"""Starts the program: a copy of its tree, its interpreter, its database, two workers on a port of their own."""

import socket
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec

from seatrial.sandbox import needs
from seatrial.sandbox.application import Application
from seatrial.sandbox.candidates import candidates
from seatrial.sandbox.checking import check
from seatrial.sandbox.databases import Database, Sqlite
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.examples import fallbacks, kept
from seatrial.sandbox.interpreter import interpreter
from seatrial.sandbox.mending import add_driver
from seatrial.sandbox.passing import passing
from seatrial.sandbox.services import Services, services
from seatrial.sandbox.starter import Started, Starter
from seatrial.sandbox.surroundings import Surroundings
from seatrial.sandbox.upstream import upstream
from seatrial.sandbox.variables import Variables, variables
from seatrial.sandbox.workcopy import copy
from seatrial.sandbox.workers import serving

_DATABASES = (".db", ".sqlite", ".sqlite3")
_CHECKED = 12
"""Routes that are asked once before anything is tried."""
_MOST_MENDS = 4
"""How often something is installed differently for a program that ends when it serves."""
_MAGIC = b"SQLite format 3\0"


class Launch(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of how to start the program; everything has a default that is looked for."""

    root: Path
    aside: Path
    """Where environments that we make are kept."""
    target: str = ""
    """`module:name` of the application, or a Django settings module."""
    python: str = ""
    env: Mapping[str, str] = {}
    setup: tuple[tuple[str, ...], ...] = ()
    """Commands to run in the copy before the first start, each a list of words; `python` is the program's own."""
    health: str = ""
    """The path that answers with 2xx once the program is ready; empty: any answer to `/` will do."""
    day: str = ""
    """When the program was changed last, as `2021-06-30`; empty: not known."""
    workers: int = 2
    """Two by default: one would hide blocking code."""


@contextmanager
def launched(launch: Launch) -> Iterator[tuple[Application, Started]]:
    """The running program and what was found of it; everything is ended and removed afterwards.

    Raises:
        StartError: it cannot be started; the message holds the reason, the last lines and what to set.
    """
    with ExitStack() as stack:
        folder = stack.enter_context(passing())
        root = copy(launch.root, folder / "tree")
        (folder / "out").mkdir()
        (folder / "tmp").mkdir()
        python = interpreter(launch.root, root, launch.python, launch.aside, launch.day)
        add_driver(python, needs.listing(root), launch.env)
        own = services(stack, root, python, launch.env)
        listener = stack.enter_context(_listener())
        starter = Starter(_surroundings(launch, folder, python, own, listener.getsockname()[1]))
        started = _prepared(starter, launch.setup)
        service = stack.enter_context(upstream(folder / "out"))
        workers = stack.enter_context(serving(lambda: starter.serve(listener), launch.workers))
        port = listener.getsockname()[1]
        home, out = needs.home(root), folder / "out"
        application = Application(port, home, out, None, workers, starter.beside, service)
        started = _answering(application, starter, started, launch.health)
        failing = check(application, _plain(started.document)[:_CHECKED])
        application.database = database = _database(own, started, root)
        if isinstance(database, Sqlite):
            database.when_locked = application.free
        yield application, msgspec.structs.replace(started, notes=(*own.notes, *started.notes), failing=failing)


def _prepared(starter: Starter, setup: Sequence[Sequence[str]]) -> Started:
    """What was found of the program, after the user's commands were run: before it starts, if it does not without."""
    try:
        started = starter.prepare()
    except StartError:
        if not setup:
            raise
        starter.setup(setup)
        return starter.prepare()
    starter.setup(setup)
    return started


def _answering(application: Application, starter: Starter, started: Started, health: str) -> Started:
    """What was found of the program once it answers; what shows only when it serves is mended, too."""
    for left in reversed(range(_MOST_MENDS)):
        try:
            application.await_answer(health)  # many a program makes its tables while it starts to serve
        except StartError as error:
            if not left or not starter.mended(error):
                raise
            started = starter.prepare()  # in what is installed now
            application.workers.restart()
        else:
            break
    return started


def _surroundings(launch: Launch, folder: Path, python: Path, own: Services, port: int) -> Surroundings:
    root, read = folder / "tree", variables(folder / "tree")
    kinds = ("cache", "data", "config", "state")  # where it would write below the user's home
    own_folders = {f"XDG_{kind.upper()}_HOME": str(folder / "tmp" / kind) for kind in kinds}
    temporary = {"TMPDIR": str(folder / "tmp"), **own_folders}
    set_for_it = {**own.env, **temporary, **launch.env, **own.instead}
    home = needs.home(root)
    said = {*set_for_it, *kept(root, home)}
    return Surroundings(
        python=python,
        is_ours=not launch.python
        and python == Path(sys.executable)
        and not python.is_relative_to(launch.root.absolute()),
        root=root,
        home=home,
        out=folder / "out",
        found=candidates(root, launch.target),
        read=read,
        dummies={name: value for name, value in read.secrets.items() if name not in said},
        env=set_for_it,
        fallbacks=_without(fallbacks(root, home, read.names), read),
        day=launch.day,
        own=(port, *own.ports),
        services=own.led,
    )


def _without(said: Sequence[Mapping[str, str]], read: Variables) -> list[Mapping[str, str]]:
    """What examples say, but for secrets that may be left unset."""
    return [{name: value for name, value in one.items() if not read.is_open(name)} for one in said]


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    return listener


def _plain(document: Mapping[str, Any]) -> list[str]:
    """The paths of a document that answer to a GET and take nothing."""
    paths = document.get("paths", {})
    return [path for path, item in paths.items() if "{" not in path and isinstance(item, dict) and "get" in item]


def _database(own: Services, started: Started, root: Path) -> Database | None:
    """The database that the program keeps its rows in, with what lies beside it."""
    database = own.database if own.database and own.database.tables() else _sqlite(started, root)
    if database is not None:
        database.beside = own.store
    return database


def _sqlite(started: Started, root: Path) -> Database | None:
    """The SQLite file that the program opened, or that a command of its own made beside its code."""
    files = [*map(Path, started.databases), *filter(_is_sqlite, sorted(root.rglob("*.*")))]
    return next((Sqlite(file) for file in files if file.is_file()), None)


def _is_sqlite(file: Path) -> bool:
    if file.suffix not in _DATABASES or not file.is_file():
        return False
    with file.open("rb") as opened:
        return opened.read(len(_MAGIC)) == _MAGIC
