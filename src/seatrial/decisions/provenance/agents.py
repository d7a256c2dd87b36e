"""The table of tools: which identities and texts are marks of which tool. Data in `agents.toml`."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from seatrial.model.provenance import Origin

_NO_REPLY = re.compile(r"(?:(?P<account>\d+)\+)?(?P<login>[^@+]+)@users\.noreply\.github\.com\Z", re.IGNORECASE)


class Tool(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the table; `agents.toml` says what its keys mean."""

    tool: str
    addresses: tuple[str, ...] = ()
    accounts: tuple[int, ...] = ()
    logins: tuple[str, ...] = ()
    footers: tuple[str, ...] = ()
    keys: dict[str, tuple[str, ...]] = {}
    subjects: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()


class _Authorship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keys: frozenset[str]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: str
    workplaces: tuple[str, ...]
    trailers: dict[str, Origin]
    authorship: _Authorship
    agents: tuple[Tool, ...]
    bots: tuple[Tool, ...]


class Known(NamedTuple):
    """Who an identity is: the tool, and whether it is a model's or a plain program."""

    tool: str
    origin: Origin


class Agents:
    """The table, indexed. `version` is stamped into results; `trailers` and `names_authors` are as in the table."""

    def __init__(self, table: _Table) -> None:
        self.version = table.version
        self.workplaces = table.workplaces
        self.trailers: Mapping[str, Origin] = table.trailers
        self.names_authors = table.authorship.keys
        self.tools = table.agents
        kinds = [(one, Origin.AI) for one in table.agents] + [(one, Origin.BOT) for one in table.bots]
        self._known = {key: Known(tool.tool, origin) for tool, origin in kinds for key in _identities(tool)}
        self._aliases = {alias: tool.tool for tool in table.agents for alias in tool.aliases}
        self.keys = {key: (tool.tool, frozenset(values)) for tool in table.agents for key, values in tool.keys.items()}
        self.footers = tuple((text, tool.tool) for tool in table.agents for text in tool.footers)
        self.subjects = tuple((text, tool.tool) for tool in table.agents for text in tool.subjects)
        self.suffixes = tuple((text, tool.tool) for tool in table.agents for text in tool.suffixes)

    def name(self, tool: str) -> str:
        """The tool's name in the table, if it is there under one that others use; else as it is."""
        return self._aliases.get(tool.lower(), tool.lower())

    def known(self, address: str) -> Known | None:
        """Who has this address, if it is a tool's; None for people and strangers."""
        return next(filter(None, map(self._known.get, _keys(address.strip().lower()))), None)


@cache
def agents() -> Agents:
    """The table that is shipped."""
    raw = tomllib.loads(Path(__file__).with_name("agents.toml").read_text(encoding="utf-8"))
    return Agents(msgspec.convert(raw, _Table))


def _identities(tool: Tool) -> Iterator[str]:
    yield from (address.lower() for address in tool.addresses)
    yield from (f"account {number}" for number in tool.accounts)
    yield from (f"login {login.lower()}" for login in tool.logins)


def _keys(address: str) -> Iterator[str]:
    """What an address is looked up by. A login counts only with `[bot]`, which GitHub gives to no person.

    It comes before the number: tools that run as actions write their own login beside the number of all actions.
    """
    yield address
    if found := _NO_REPLY.match(address):
        if found["login"].endswith("[bot]"):
            yield f"login {found['login']}"
        if found["account"]:
            yield f"account {found['account']}"
