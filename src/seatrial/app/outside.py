"""Brings what is known outside of the tree, as far as the user asks for it: advisories, and which names exist."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from seatrial.app import advisories, online
from seatrial.app.settings import Settings
from seatrial.errors import ConfigError
from seatrial.libraries import name_filter
from seatrial.model.outside import Advisory, NameList, Outside
from seatrial.model.source import Gap, Manifest
from seatrial.program.manifests import Requirements, parse
from seatrial.program.manifests.existing import Existing
from seatrial.program.manifests.vulnerable import chosen

ONLINE = "online"
"""What `--advisories` takes instead of a path."""


class Wanted(NamedTuple):
    """What the user asks for. `advisories` is a path or `online`; empty for none."""

    advisories: str = ""
    ask_index: bool = False
    """Ask the package index for required names that nothing here knows."""


def bring(wanted: Wanted, settings: Settings, base: Path, manifests: Sequence[Manifest]) -> tuple[Outside, list[Gap]]:
    """What rules may know beside the tree, and what of it could not be read. `base` is what settings' paths start from.

    Opens a connection only if `wanted` says so.

    Raises:
        ConfigError: the list of names cannot be used, or an address is missing.
        SourceError: advisories cannot be read, or a service does not answer.
    """
    names = _names(settings.package_names, base)
    if not wanted.advisories and not wanted.ask_index:
        return Outside(names=names), []
    requirements = parse(tuple(manifests))
    found, gaps = _advisories(wanted.advisories, requirements)
    answers = online.published(_unknown(requirements, Outside(names=names))) if wanted.ask_index else {}
    return Outside(found, names, answers), gaps


def _names(name: str, base: Path) -> NameList | None:
    if not name:
        return None
    file = base / name
    if not file.is_file():  # to open a pipe would wait for its writer
        raise ConfigError(f"`package-names` cannot be used: there is no file {file}")
    try:
        return name_filter.read(file.read_bytes())
    except (OSError, ValueError) as error:
        raise ConfigError(f"`package-names` cannot be used: {error}") from error


def _advisories(where: str, requirements: Requirements) -> tuple[tuple[Advisory, ...], list[Gap]]:
    if not where:
        return (), []
    versions = [(one.name, str(one.version)) for one in chosen(requirements)]
    packages = frozenset(name for name, _ in versions)
    if where == ONLINE:
        return advisories.decode(((ONLINE, data) for data in online.advisories(versions)), packages)
    return advisories.read(Path(where), packages)


def _unknown(requirements: Requirements, outside: Outside) -> list[str]:
    """Required names that nothing here knows: all that an index is told of a program."""
    existing = Existing(outside)
    needs = (need for part in requirements.parts for need in part.requirements)
    return sorted({need.name for need in needs if need.name and not need.direct and not existing.has(need.name)})
