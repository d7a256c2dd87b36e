"""The services that the program gets of its own, and those of the user's that it is kept from."""

import re
import socket
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from seatrial.sandbox import cluster, connections, redis_server, redis_variables
from seatrial.sandbox.databases import Postgres
from seatrial.sandbox.extensions import extensions
from seatrial.sandbox.initial import scripts, set_up
from seatrial.sandbox.mending import installed
from seatrial.sandbox.redis_server import Redis

_POSTGRES = 5432
_HERE = ("localhost", "127.0.0.1", "::1")
_SOON = 2.0
"""Seconds within which a server on this machine answers."""
_USUAL = {
    5432: r"postgres|psql|\bpg|database|\bdb_",
    6379: r"redis|valkey",
    3306: r"mysql|mariadb|database|\bdb_",
    27017: r"mongo",
    5672: r"amqp|rabbit",
    11211: r"memcache",
    9200: r"elastic|opensearch",
}
"""Where services listen that nobody told otherwise, and how a variable speaks of them."""


class Services(msgspec.Struct, frozen=True, kw_only=True):
    """What runs beside the program."""

    database: Postgres | None
    store: Redis | None
    env: Mapping[str, str]
    """The variables that tell it of them."""
    instead: Mapping[str, str]
    """What the user set that leads nowhere, set to what takes its place."""
    notes: tuple[str, ...]
    """What is to be said of that, each a sentence."""
    led: Mapping[int, int]
    """Usual ports, and those that the program is led to instead; 0: to none. Such as the user named are not here."""

    @property
    def ports(self) -> tuple[int, ...]:
        """Those of our own."""
        return tuple(port for port in self.led.values() if port)


def services(stack: ExitStack, root: Path, python: Path, said: Mapping[str, str]) -> Services:
    """Starts what the program at `root` speaks of and its environment has clients for. `said` is what the user set."""
    has_server = cluster.available()
    lost = {name for name, value in said.items() if has_server and _is_lost(value)}
    named = {
        port
        for port, word in _USUAL.items()
        if _is_named(word, port, {name: value for name, value in said.items() if name not in lost})
    }
    has = installed(python, (*connections.DRIVERS, *redis_variables.CLIENTS, "sqlalchemy"))
    env: dict[str, str] = {}
    database: Postgres | None = None
    wished = _wished(root, has, [said[name] for name in sorted(lost)]) if 5432 not in named and has_server else None
    instead: dict[str, str] = {}
    told: tuple[str, ...] = ()
    if wished is not None:
        port = stack.enter_context(cluster.cluster(extensions(root)))
        database = Postgres(f"postgresql://{connections.USER}@127.0.0.1:{port}/{connections.USER}")
        env.update(connections.variables(wished, port, connections.USER))
        told = set_up(root, scripts(root), database.url)
        instead = {name: connections.address(_as_said(wished, said[name]), port, connections.USER) for name in lost}
    store: Redis | None = None
    command = redis_server.server()
    if command and 6379 not in named and redis_variables.is_spoken_of(root, has & {*redis_variables.CLIENTS}):
        store = stack.enter_context(redis_server.redis(command))
        env.update(redis_variables.variables(root, store.port))
    own = {5432: database.port if database else 0, 6379: store.port if store else 0}
    led = {port: own.get(port, 0) for port in _USUAL if port not in named}
    notes = tuple(f"nobody answers where {name} leads: a PostgreSQL of its own takes that place" for name in instead)
    return Services(database=database, store=store, env=env, instead=instead, notes=(*notes, *told), led=led)


def _wished(root: Path, has: frozenset[str], lost: Sequence[str]) -> connections.Wish | None:
    """What the program says of PostgreSQL; if nothing, what the user says who leads it to one that is not here."""
    wished = connections.wish(root, has)
    if wished is None and lost and has & {*connections.DRIVERS}:
        return connections.Wish((), connections.scheme_of(lost[0]))
    return wished


def _as_said(wished: connections.Wish, address: str) -> connections.Wish:
    """With the driver that the user named, if one was."""
    return wished._replace(scheme=connections.scheme_of(address)) if connections.driver_of(address) else wished


def _is_lost(value: str) -> bool:
    """Whether it is the address of a PostgreSQL on this machine, or of none at all, where nobody answers."""
    if not connections.scheme_of(value):
        return False
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port or _POSTGRES
    except ValueError:  # a placeholder: `host:port`
        return True
    if host not in _HERE:
        return False
    try:
        socket.create_connection((host, port), _SOON).close()
    except OSError:
        return True
    return False


def _is_named(word: str, port: int, said: Mapping[str, str]) -> bool:
    """Whether the user said of a service where it is: then that one is meant, also at the usual port."""
    spoken = re.compile(rf"{word}|\b{port}\b", re.IGNORECASE)
    return any(spoken.search(f"{name}={value}") for name, value in said.items() if value)
