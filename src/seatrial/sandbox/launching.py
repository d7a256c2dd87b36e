"""Starts the program: a copy of its tree, its interpreter, its database, two workers on a port of their own."""

import json
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec

from seatrial.sandbox import cluster, connections, needs, redis_server, redis_variables
from seatrial.sandbox.advice import advice
from seatrial.sandbox.application import Application
from seatrial.sandbox.candidates import Candidates, candidates
from seatrial.sandbox.databases import Database, Postgres, Sqlite
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.interpreter import installed, interpreter
from seatrial.sandbox.process import Child, spawn
from seatrial.sandbox.pythons import unmet
from seatrial.sandbox.redis_server import Redis
from seatrial.sandbox.upstream import upstream
from seatrial.sandbox.variables import DUMMY, secrets
from seatrial.sandbox.workcopy import copy
from seatrial.sandbox.workers import serving

_INSIDE = Path(__file__).with_name("inside")
_PREPARED_WITHIN = 120.0
_ALL = 1_000
"""Lines of what was printed that advice is drawn from."""
_MEMORY = 8_000_000_000
"""Bytes of address space a worker may use: virtual, so far above what it holds."""
_CPU = 3_600


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
    workers: int = 2
    """Two by default: one would hide blocking code."""


class Started(msgspec.Struct, frozen=True):
    """The program as it was found: what `inside` says of it when it is prepared."""

    app: str
    framework: str
    is_async: bool
    schema: str
    document: dict[str, Any]
    """An OpenAPI document, or as much of one as the routes tell."""
    dummies: dict[str, str] = {}
    """Settings that were missing, and what they were set to."""
    databases: tuple[str, ...] = ()
    """SQLite files that it opened."""
    refused: tuple[str, ...] = ()
    """Addresses outside this machine that it tried to reach."""
    supplied: tuple[str, ...] = ()
    """Files of settings that were missing in the tree, and were made in the copy."""
    confined: bool = True
    """The kernel keeps it from writing outside of its copy."""


@contextmanager
def launched(launch: Launch) -> Iterator[tuple[Application, Started]]:
    """The running program and what was found of it; everything is ended and removed afterwards.

    Raises:
        StartError: it cannot be started; the message holds the reason, the last lines and what to set.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="seatrial-", ignore_cleanup_errors=True)))
        root = copy(launch.root, folder / "tree")
        home = needs.home(root)
        out, temporary = folder / "out", folder / "tmp"
        out.mkdir()
        temporary.mkdir()
        python = interpreter(launch.root, launch.python, launch.aside)
        found = candidates(root, launch.target)
        server, told = _postgres(stack, root, python)
        store, led = _redis(stack, root, python, launch.env)
        services = {} if redis_variables.is_named(launch.env) else {redis_variables.PORT: store.port if store else 0}
        made_up = secrets(root)
        aside = {"TMPDIR": str(temporary), "XDG_CACHE_HOME": str(temporary / "cache")}
        launch = msgspec.structs.replace(launch, env={**made_up, **told, **led, **aside, **launch.env})
        listener = stack.enter_context(_listener())
        own = [listener.getsockname()[1], *([server.port] if server else []), *([store.port] if store else [])]
        starter = _Starter(python, root, home, out, found, launch, own, services)
        started = starter.prepare()
        started = msgspec.structs.replace(started, dummies={**made_up, **started.dummies})
        starter.setup()
        beside = partial(starter.beside, dict(started.dummies))
        service = stack.enter_context(upstream(out))
        workers = stack.enter_context(serving(lambda: starter.serve(listener, dict(started.dummies)), launch.workers))
        database = server if server and server.tables() else _sqlite(started)
        if database is not None:
            database.beside = store
        application = Application(listener.getsockname()[1], home, out, database, workers, beside, service)
        application.await_answer()
        if isinstance(database, Sqlite):
            database.when_locked = application.free
        yield application, started


class _Starter:
    """Runs `inside` with one configuration after another."""

    def __init__(
        self,
        python: Path,
        root: Path,
        home: Path,
        out: Path,
        found: Candidates,
        launch: Launch,
        own: Sequence[int],
        services: Mapping[int, int],
    ) -> None:
        """`own` are the ports that the program may reach whatever happens; `services` those it is led to instead."""
        self._python, self._root, self._home, self._out = python, root, home, out
        self._found, self._launch, self._own, self._services = found, launch, own, services
        self._temporary = out.with_name("tmp")

    def prepare(self) -> Started:
        """Looks at the program and makes its tables."""
        child = self._run("prepare", {}, -1)
        try:
            code = child.wait(_PREPARED_WITHIN)
        finally:
            child.end()
        said = self._out / "prepared.json"
        if code != 0 or not said.exists():
            raise StartError(self._why_not(child, code))
        return msgspec.json.decode(said.read_bytes(), type=Started)

    def setup(self) -> None:
        """Runs the user's own commands in the copy."""
        for number, (command, *arguments) in enumerate(self._launch.setup):
            program = str(self._python) if command == "python" else command
            child = spawn([program, *arguments], self._home, self._launch.env, self._out / f"setup-{number}.log")
            try:
                if child.wait(_PREPARED_WITHIN) != 0:
                    told = " ".join((command, *arguments))
                    raise StartError(f"the setup command `{told}` failed:\n{child.last_lines()}")
            finally:
                child.end()

    def beside(self, dummies: Mapping[str, str], task: str, more: Mapping[str, Any]) -> bytes:
        """What a task of `inside` says that runs in a process of its own, beside the workers."""
        child = self._run(task, dummies, -1, more)
        try:
            code = child.wait(_PREPARED_WITHIN)
        finally:
            child.end()
        if code != 0:
            raise StartError(self._why_not(child, code))
        return (self._out / f"{task}.json").read_bytes()

    def serve(self, listener: socket.socket, dummies: Mapping[str, str]) -> Child:
        """Starts one worker on the socket."""
        return self._run("serve", dummies, listener.fileno())

    def _run(
        self, task: str, dummies: Mapping[str, str], listener: int, more: Mapping[str, Any] | None = None
    ) -> Child:
        config = {
            "task": task,
            "root": str(self._root),
            "home": str(self._home),
            "out": str(self._out),
            "paths": self._found.paths,
            "candidates": self._found.names,
            "settings": self._found.settings,
            "more_settings": list(self._found.more_settings),
            "listener": listener,
            "temporary": str(self._temporary),
            "writable": [str(self._root), str(self._out), str(self._temporary)],
            "own": list(self._own),
            "services": dict(self._services),
            "memory": _MEMORY,
            "seconds": _CPU,
            "dummies": dict(dummies),
            "more": more,
        }
        path = self._out / f"{task}.config.json"
        path.write_text(json.dumps(config))
        command = [str(self._python), "-B", str(_INSIDE), str(path)]
        fds = [listener] if listener >= 0 else []
        return spawn(command, self._home, {**dummies, **self._launch.env}, self._out / f"{task}.log", fds)

    def _why_not(self, child: Child, code: int | None) -> str:
        said = self._out / "failed.json"
        error = json.loads(said.read_bytes())["error"] if said.exists() else ""
        reason = error or ("it did not end within two minutes" if code is None else f"it ended with {code}")
        lines = (
            f"the program cannot be started: {reason}",
            child.last_lines(),
            self._unmet(),
            advice(error, child.last_lines(_ALL), self._made_up),
        )
        return "\n".join(line for line in lines if line)

    @property
    def _made_up(self) -> list[str]:
        return [name for name, value in self._launch.env.items() if value == DUMMY]

    def _unmet(self) -> str:
        return unmet(needs.python(self._home), self._python)


def _listener() -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", 0))
    listener.listen(1024)
    return listener


def _postgres(stack: ExitStack, root: Path, python: Path) -> tuple[Postgres | None, Mapping[str, str]]:
    """A database for the program and the variables that tell it of it; None if it does not speak of one."""
    wished = connections.wish(root, installed(python, (*connections.DRIVERS, "sqlalchemy")))
    if wished is None or not wished.names or not cluster.available():
        return None, {}
    port = stack.enter_context(cluster.cluster())
    url = f"postgresql://{connections.USER}@127.0.0.1:{port}/{connections.USER}"
    return Postgres(url), connections.variables(wished, port, connections.USER)


def _redis(
    stack: ExitStack, root: Path, python: Path, said: Mapping[str, str]
) -> tuple[Redis | None, Mapping[str, str]]:
    """A Redis for the program and the variables that tell it of it; None if it speaks of none, or the user named one.

    `said` is what the user set.
    """
    command = redis_server.server()
    clients = installed(python, redis_variables.CLIENTS)
    if not command or redis_variables.is_named(said) or not redis_variables.is_spoken_of(root, clients):
        return None, {}
    store = stack.enter_context(redis_server.redis(command))
    return store, redis_variables.variables(root, store.port)


def _sqlite(started: Started) -> Database | None:
    files = [Path(name) for name in started.databases]
    return next((Sqlite(file) for file in files if file.is_file()), None)
