"""How the program is put into service: container files and process files, and what they install by name.

Format: https://docs.docker.com/reference/dockerfile/.
"""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator

import msgspec
from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as Pep508
from packaging.utils import canonicalize_name

from seatrial.model.source import Manifest

_CONTAINER = re.compile(r"(?:.*\.)?(?:Dockerfile|Containerfile)(?:\..*)?")
_PROCESSES = re.compile(r"Procfile(?:\..*)?")
_INSTALLERS = frozenset({"pip", "pip3", "pip3.11", "pip3.12", "pip3.13"})
_BOUND = frozenset({"-c", "--constraint", "--require-hashes"})
"""Options that say the versions elsewhere."""
_FLAGS = re.compile(
    r"-[UqIv]+|--(?:no-.+|upgrade|quiet|user|pre|system|compile|compile-bytecode|break-system-packages|force-reinstall"
    r"|ignore-installed|prefer-binary|disable-pip-version-check|verbose|exact|reinstall|.+=.*)"
)
"""Options without a value; the word after any other one is its value."""
_INSTALLING = frozenset(
    {
        "build",
        "hatch",
        "maturin",
        "nodeenv",
        "nox",
        "pdm",
        "pip",
        "pip-tools",
        "pipenv",
        "pipx",
        "poetry",
        "setuptools",
        "tox",
        "twine",
        "uv",
        "virtualenv",
        "wheel",
    }
)
"""Tools that build and install the rest: they are not part of what runs."""
_FOR_DEVELOPERS = re.compile(
    r"(?:^|[/._-])(?:github|dev|devel|development|test|tests|ci|contrib|docs?|examples?|samples?|demos?|local|devcontainer|scripts|tools)(?:[/._-]|$)"
)


class Installed(msgspec.Struct, frozen=True):
    """A command of a container file that installs distributions by name; `free` of them without any version bound."""

    path: str
    line: int
    free: tuple[str, ...]


def for_developers(path: str) -> bool:
    """Whether a path speaks of what only developers or readers use."""
    return bool(_FOR_DEVELOPERS.search(path.lower()))


def deployed(manifests: Iterable[Manifest]) -> frozenset[str]:
    """The folders that hold a container or process file which is not for developers alone."""
    return frozenset(
        posixpath.dirname(one.path)
        for one in manifests
        if _is_deployment(posixpath.basename(one.path)) and not for_developers(one.path)
    )


def commands(manifests: Iterable[Manifest]) -> Iterator[Installed]:
    """The commands of container files, not those for developers alone, that install distributions without bounds."""
    for manifest in manifests:
        if _CONTAINER.fullmatch(posixpath.basename(manifest.path)) and not for_developers(manifest.path):
            for line, text in _instructions(manifest.text):
                if free := tuple(_free(text)):
                    yield Installed(manifest.path, line, free)


def _is_deployment(name: str) -> bool:
    return bool(_CONTAINER.fullmatch(name) or _PROCESSES.fullmatch(name))


def _instructions(text: str) -> Iterator[tuple[int, str]]:
    """The `RUN` instructions, continued lines joined, each with the line that it begins on."""
    start, joined = 0, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if line.lstrip().startswith("#"):
            continue
        start = start or number
        joined += line.rstrip().removesuffix("\\") + " "
        if not line.rstrip().endswith("\\"):
            if joined.lstrip().upper().startswith("RUN "):
                yield start, joined.strip()[4:]
            start, joined = 0, ""


_COMPUTED = re.compile(r"\$\([^()]*\)|`[^`]*`")
"""What another command says: `$(ls -1)`."""


def _free(instruction: str) -> Iterator[str]:
    """The distributions that an instruction installs by bare name."""
    for command in re.split(r"&&|\|\||;|\n", _COMPUTED.sub(" ", instruction)):
        words = _split(command)
        at = next((at for at in range(1, len(words)) if words[at] == "install" and _is_pip(words[:at])), 0)
        if at and not _BOUND & set(words[at:]):
            yield from _names(words[at + 1 :])


def _split(command: str) -> list[str]:
    try:
        return shlex.split(command, comments=True)
    except ValueError:  # an open quotation mark: nothing that a shell would run
        return []


def _is_pip(words: list[str]) -> bool:
    return posixpath.basename(words[-1]) in _INSTALLERS


def _names(words: list[str]) -> Iterator[str]:
    waiting = iter(words)
    for word in waiting:
        if word.startswith("-"):
            if not _FLAGS.fullmatch(word):
                next(waiting, None)
        elif name := _bare(word):
            yield name


def _bare(word: str) -> str:
    """The distribution, if the word asks for one without saying which version; empty otherwise."""
    if any(sign in word for sign in "/$\\") or word.endswith((".whl", ".gz", ".zip")) or word == ".":
        return ""
    try:
        need = Pep508(word)
    except InvalidRequirement:
        return ""
    is_tool = canonicalize_name(need.name).partition("-plugin-")[0] in _INSTALLING  # `poetry-plugin-export`
    return "" if need.specifier or need.url or is_tool else need.name
