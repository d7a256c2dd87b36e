"""What is known from outside the audited tree: what the user gave or asked for, and what is installed."""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from seatrial.model.facts import FileFacts
from seatrial.model.source import Installed


class Range(msgspec.Struct, frozen=True, array_like=True):
    """Versions (PEP 440) from `introduced` on, before `fixed` or up to and with `last`; empty: no such end."""

    introduced: str
    fixed: str = ""
    last: str = ""


class Advisory(msgspec.Struct, frozen=True, array_like=True):
    """A known vulnerability of one distribution. Format: https://ossf.github.io/osv-schema/."""

    id: str
    package: str
    """The distribution's name in normal form."""
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    """Affected versions that are listed one by one."""
    aliases: tuple[str, ...] = ()
    summary: str = ""
    severity: str = ""
    """As the database says it: `CRITICAL`, `HIGH`, `MODERATE`, `LOW`; empty if it does not say."""


@dataclass(frozen=True, slots=True)
class NameList:
    """All names (normal form) that a package index held on `date`; `count` of them."""

    names: Container[str]
    date: str
    count: int
    digest: bytes = b""
    """Of the file that it was read from, so that results which rest on it are told apart."""


@dataclass(frozen=True, slots=True)
class Module:
    """A module of an installed library, as its text says. `inner` are the modules of a package, by their last names."""

    name: str
    is_package: bool
    facts: FileFacts
    inner: frozenset[str] = frozenset()


class Library(Protocol):
    """The libraries that are installed beside the program: read as text, never imported."""

    def module(self, name: str) -> Module | None:
        """The module of this dotted name; None if it is not there, or is not written in Python."""

    def owner(self, name: str) -> Installed | None:
        """The distribution that a top-level module belongs to; None if nothing says."""


@dataclass(frozen=True, slots=True)
class Outside:
    """Everything from outside; the default knows nothing."""

    advisories: tuple[Advisory, ...] = ()
    names: NameList | None = None
    """A whole index, if the user has a list of one."""
    answers: Mapping[str, bool] = field(default_factory=dict)
    """Names (normal form) that an index was asked for, and whether it has them."""
    installed: tuple[Installed, ...] = ()
    """The distributions in the environment, if one was found."""
    library: Library | None = None
    """Their modules."""
