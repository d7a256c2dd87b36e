"""Source: the files of the tree that is audited, and what could not be read of it."""

import re
from enum import StrEnum

import msgspec

TEXT = "text"
"""The language of what is no code: settings, data, documents."""

SIZE_LIMIT = 2_000_000
"""Bytes. The longest modules that people wrote stay well under 1 MB; what is larger is data, or generated."""


class Role(StrEnum):
    """What a file is for. Rules look at `CODE` (and honesty rules at `TEST`); the rest is linked but not judged."""

    CODE = "code"
    TEST = "test"
    MIGRATION = "migration"
    GENERATED = "generated"
    EXAMPLE = "example"


class Stage(StrEnum):
    """Where in the river something was lost."""

    DISCOVERY = "discovery"
    READING = "reading"
    FACTS = "facts"
    PROGRAM = "program"
    RULES = "rules"
    TRIAL = "trial"
    DECISIONS = "decisions"
    HISTORY = "history"


class Gap(msgspec.Struct, frozen=True, order=True):
    """Something that was not looked at: it travels to the verdict like a finding.

    `path` is relative to the audited root with `/` (may be empty), `line` 1-based or 0 for the whole file.
    """

    path: str
    line: int
    stage: Stage
    reason: str


class LeftOut(msgspec.Struct, frozen=True, order=True):
    """A tree or file that is left out on purpose, and why (vendored, generated, ignored by settings): told, no gap."""

    path: str
    reason: str
    files: int


class SourceFile(msgspec.Struct, frozen=True):
    """A file of a language that some front end reads. `path` is relative to the root, with `/`. `text` is decoded."""

    path: str
    language: str
    role: Role
    digest: str
    """SHA-256 of the bytes as they are on disk, in hex."""

    @property
    def content(self) -> str:
        """What its facts follow from, whatever it is called: language and bytes. Empty if there is no digest."""
        return f"{self.language}:{self.digest}" if self.digest else ""


class Manifest(msgspec.Struct, frozen=True):
    """A file that is no code and that rules read: declared dependencies, settings, a template.

    `text` is decoded; what is not UTF-8 is replaced.
    """

    path: str
    text: str


_TEMPLATE = re.compile(r"(?:^|.*/)(?:templates|jinja2)/(?P<name>.+\.(?:html|jinja2?|j2))\Z")


def template_name(path: str) -> str:
    """The name that a program knows a template by: its path below a folder of templates; empty if it is none."""
    found = _TEMPLATE.match(path)
    return found["name"] if found else ""


class Installed(msgspec.Struct, frozen=True, order=True):
    """A distribution that lies in a virtual environment of the tree. `imports` are its importable top-level names."""

    name: str
    version: str
    imports: tuple[str, ...]
