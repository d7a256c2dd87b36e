"""How a program is started: by the settings, and what the user says beyond them."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from shlex import quote
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec.structs import replace

from seatrial.app import cache, git
from seatrial.app.settings import AppSettings
from seatrial.errors import ConfigError
from seatrial.model.caller import Caller
from seatrial.model.text import printable
from seatrial.sandbox import Application, Call, Launch, Remote, Started, launched, reached

_NOWHERE = "postgresql://localhost/seatrial"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the user says of how to start the program; what is empty is looked for."""

    target: str = ""
    """`module:name` of the application, or a Django settings module."""
    python: str = ""
    """The interpreter that has what the program needs."""
    url: str = ""
    """Where it runs already; empty: it is started."""
    openapi: str = ""
    """The file that describes it, where it runs already; empty: it is asked for `/openapi.json`."""
    database_url: str = ""
    """Its PostgreSQL database, where it runs already: rows are written to it and put back."""
    i_own_this_server: bool = False
    """It may be tried though it runs on another machine."""


def launch(root: Path, settings: AppSettings, start: Start) -> Launch:
    """What the sandbox is told. What is empty is looked for."""
    return Launch(
        root=root,
        aside=cache.folder() / "environments",
        target=start.target or settings.target,
        python=start.python or settings.python,
        env={**_led(settings.database_url_env), **settings.env},
        setup=settings.setup,
        health=settings.health,
        day=_changed(root),
    )


def _led(variable: str) -> Mapping[str, str]:
    """What leads the program to the server that it gets: an address here at which nobody answers."""
    return {variable: _NOWHERE} if variable else {}


def callers(settings: AppSettings) -> Mapping[str, Caller]:
    """Who asks, as the settings tell it, with what they take from the environment; empty if they do not.

    Raises `ConfigError` if somebody is missing, or a variable.
    """
    told: dict[str, Caller] = dict(settings.auth.items())
    if told and not {"alice", "bob"} <= {*told}:
        raise ConfigError("`auth` in `[app]` has to name both `alice` and `bob`: what is tried needs two users.")
    return {name: replace(one, headers=_read(one.headers), login=_read(one.login)) for name, one in told.items()}


def _read(said: Mapping[str, str]) -> dict[str, str]:
    return {name: _variable(value[1:]) if value.startswith("$") else value for name, value in said.items()}


def _variable(name: str) -> str:
    if name not in os.environ:
        raise ConfigError(f"`auth` in `[app]` asks for the variable {printable(name)}, which is not set.")
    return os.environ[name]


def _changed(root: Path) -> str:
    """The day of the last commit; empty outside git."""
    try:
        return datetime.fromtimestamp(git.head(root)[1], UTC).date().isoformat()
    except (git.GitError, ValueError):
        return ""


@contextmanager
def running(root: Path, settings: AppSettings, start: Start) -> Iterator[tuple[Application, Started]]:
    """The program, started by us or reached where it runs, and what was found of it.

    Raises:
        StartError: it cannot be started, or does not answer.
        ConfigError: it is on another machine and nobody said that it may be tried, or what describes it cannot be read.
    """
    if not start.url:
        with launched(launch(root, settings, start)) as found:
            yield found
        return
    for url in filter(None, (start.url, start.database_url)):
        _require_ours(url, start)
    with reached(start.url, start.database_url) as remote:
        yield remote, Started(start.url, "", is_async=False, schema="", document=_document(remote, start.openapi))


def again(root: Path, start: Start) -> str:
    """The command that shows one piece of evidence again, with `{fingerprint}` and `{trial}` in it.

    Of a program that runs already nothing is kept: what it runs cannot be told from its code.
    """
    path = [] if root == Path() else [quote(str(root)).replace("{", "{{").replace("}", "}}")]
    what = ["trial", *path, "--only", "{trial}"] if start.url else ["repeat", "{fingerprint}", *path]
    said = {name.replace("_", "-"): value for name, value in msgspec.structs.asdict(start).items() if value}
    options = [f"--{name}" if value is True else f"--{name} {quote(value)}" for name, value in said.items()]
    return " ".join(["seatrial", *what, *options])


def _require_ours(url: str, start: Start) -> None:
    """A trial writes, breaks and overloads: on this machine, or where the user says that they may."""
    host = urlsplit(url).hostname or ""
    try:
        is_here = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not (is_here or start.i_own_this_server):
        raise ConfigError(
            f"{printable(host)} is not this machine, and a trial writes and breaks. "
            "If it is yours and nobody depends on it: `--i-own-this-server`."
        )


def _document(remote: Remote, path: str) -> dict[str, Any]:
    """The OpenAPI document of the program. Raises `ConfigError` if there is none."""
    if not path:
        found = remote.call(Call(method="GET", path="/openapi.json")).json()
        if not isinstance(found, dict):
            raise ConfigError("the program has no /openapi.json: name the file that describes it, `--openapi FILE`.")
        return found
    try:
        data = Path(path).read_bytes()
        found = msgspec.json.decode(data) if path.endswith(".json") else msgspec.yaml.decode(data)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{printable(path)} cannot be read as an OpenAPI document: {error}") from error
    if not isinstance(found, dict) or not isinstance(found.get("paths"), dict):
        raise ConfigError(f"{printable(path)} is no OpenAPI document: it has no `paths`.")
    return found
