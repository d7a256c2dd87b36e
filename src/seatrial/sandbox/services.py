"""The services that the program gets of its own, and those of the user's that it is kept from."""

import re
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

import msgspec

from seatrial.sandbox import cluster, connections, redis_server, redis_variables
from seatrial.sandbox.databases import Postgres
from seatrial.sandbox.interpreter import installed
from seatrial.sandbox.redis_server import Redis

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
    led: Mapping[int, int]
    """Usual ports, and those that the program is led to instead; 0: to none. Such as the user named are not here."""

    @property
    def ports(self) -> tuple[int, ...]:
        """Those of our own."""
        return tuple(port for port in self.led.values() if port)


def services(stack: ExitStack, root: Path, python: Path, said: Mapping[str, str]) -> Services:
    """Starts what the program at `root` speaks of and its environment has clients for. `said` is what the user set."""
    named = {port for port, word in _USUAL.items() if _is_named(word, port, said)}
    has = installed(python, (*connections.DRIVERS, *redis_variables.CLIENTS, "sqlalchemy"))
    env: dict[str, str] = {}
    database: Postgres | None = None
    wished = connections.wish(root, has) if 5432 not in named and cluster.available() else None
    if wished is not None:
        port = stack.enter_context(cluster.cluster())
        database = Postgres(f"postgresql://{connections.USER}@127.0.0.1:{port}/{connections.USER}")
        env.update(connections.variables(wished, port, connections.USER))
    store: Redis | None = None
    command = redis_server.server()
    if command and 6379 not in named and redis_variables.is_spoken_of(root, has & {*redis_variables.CLIENTS}):
        store = stack.enter_context(redis_server.redis(command))
        env.update(redis_variables.variables(root, store.port))
    own = {5432: database.port if database else 0, 6379: store.port if store else 0}
    led = {port: own.get(port, 0) for port in _USUAL if port not in named}
    return Services(database=database, store=store, env=env, led=led)


def _is_named(word: str, port: int, said: Mapping[str, str]) -> bool:
    """Whether the user said of a service where it is: then that one is meant, also at the usual port."""
    spoken = re.compile(rf"{word}|\b{port}\b", re.IGNORECASE)
    return any(spoken.search(f"{name}={value}") for name, value in said.items() if value)
