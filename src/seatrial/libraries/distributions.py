"""Which distribution provides which module, and which are well known: `distributions.toml`, written by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from seatrial.libraries.tables import TABLES


@dataclass(frozen=True, slots=True)
class Distributions:
    """The data of `distributions.toml`. Names of distributions are in normal form (PEP 503)."""

    providers: Mapping[str, tuple[str, ...]]
    """Dotted import name → distributions that provide it, most common first, where the names differ."""
    provided: Mapping[str, tuple[str, ...]]
    """The same, the other way round."""
    companions: Mapping[str, tuple[str, ...]]
    """Distribution → others that always come with it and that using it involves."""
    known: frozenset[str]
    """Well-known distributions. One that is not here may well exist."""
    namespaces: frozenset[str]
    """Packages that many distributions share."""
    prefixes: tuple[str, ...]
    """Beginnings of names that whole families share: `types-`."""
    suffixes: tuple[str, ...]
    """Ends of names that whole families share: `-stubs`."""
    standard: frozenset[str]
    """Modules of some Python version's standard library beside the running one's."""
    unimported: frozenset[str]
    """Distributions that serve without being imported, or that others need so often that they are only held."""
    hosts: frozenset[str]
    """Modules that the program which runs the code brings along (Blender, GDB, QGIS)."""
    apart: frozenset[str]
    """Modules that may be there though nothing declares them: of a cluster, or an installation's own settings."""


@cache
def distributions() -> Distributions:
    """The shipped data, read once."""
    data = TABLES.read("distributions.toml")
    providers = {module: tuple(names.split()) for module, names in data["imports"].items()}
    families = data["families"].split()
    return Distributions(
        providers=providers,
        provided=_reversed(providers),
        companions={name: tuple(others.split()) for name, others in data["companions"].items()},
        known=frozenset(data["known"].split()),
        namespaces=frozenset(data["namespaces"].split()),
        prefixes=tuple(name for name in families if name.endswith("-")),
        suffixes=tuple(name for name in families if name.startswith("-")),
        standard=frozenset(data["standard"].split()),
        unimported=frozenset(data["unimported"].split()),
        hosts=frozenset(data["hosts"].split()),
        apart=frozenset(data["apart"].split()),
    )


def _reversed(providers: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for module, names in providers.items():
        for name in names:
            found[name] = (*found.get(name, ()), module)
    return found
