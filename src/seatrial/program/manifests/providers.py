"""Which distribution provides a module, and whether a name is one that the world knows."""

from collections.abc import Iterable, Iterator

from packaging.utils import NormalizedName, canonicalize_name

from seatrial.libraries.distributions import distributions
from seatrial.model.source import Installed
from seatrial.program.manifests.nouns import Requirements

_AFFIXES = (
    "python-",
    "python3-",
    "py-",
    "py",
    "-python",
    "-python3",
    "-py",
    "-py3",
    "py3",
    "-binary",
    "-cffi",
    "2",
    "3",
)
"""What a distribution's name has beside its module's: `python-slugify`, `ffmpeg-python`, `pyusb`."""


def provides(distribution: NormalizedName, module: str, installed: Iterable[Installed] = ()) -> bool:
    """Whether a distribution provides a (dotted) module.

    What is installed says so itself; then the shipped table; then the names themselves, in the ways they usually agree.
    """
    for one in installed:
        if canonicalize_name(one.name) == distribution and one.imports:
            return any(module == top or module.startswith(f"{top}.") for top in one.imports)
    known = providers(module)
    return distribution in known or _agree(distribution, module)


def providers(module: str) -> tuple[str, ...]:
    """The distributions known to provide a (dotted) module, most common first; empty if none is known.

    The longest entry of the table that the module begins with decides. Without one, a well-known distribution of the
    same name is meant.
    """
    data = distributions()
    names = module.split(".")
    for end in range(len(names), 0, -1):
        if found := data.providers.get(".".join(names[:end])):
            return found
    return tuple(name for name in _natural(module) if name in data.known)[:1]


def _natural(module: str) -> Iterator[str]:
    """Distribution names that a module's own name suggests, the longest first: `a.b.c` is `a-b-c`, `a-b` or `a`.

    A namespace that many distributions share is none of them.
    """
    shared = distributions().namespaces
    names = [_without_version(name) for name in module.split(".")]
    for end in range(min(len(names), 4), 0, -1):
        if ".".join(names[:end]) not in shared:
            yield canonicalize_name("-".join(names[:end]))


def _without_version(name: str) -> str:
    """Generated clients carry the version of their interface: `pubsub_v1`."""
    base, _, version = name.rpartition("_v")
    return base if base and version[:1].isdigit() else name


def _agree(distribution: str, module: str) -> bool:
    for natural in _natural(module):
        flat, other = natural.replace("-", ""), distribution.replace("-", "")
        if flat == other or any(other in (affix.strip("-") + flat, flat + affix.strip("-")) for affix in _AFFIXES):
            return True
        if "." in module and distribution.startswith(f"{natural}-") and natural.partition("-")[0] in _shared_heads():
            return True
    return False


def _shared_heads() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in distributions().namespaces)


def mapped(distribution: NormalizedName, installed: Iterable[Installed] = ()) -> bool:
    """Whether it is known what a distribution provides, so that it can be said to provide nothing else."""
    data = distributions()
    if any(canonicalize_name(one.name) == distribution for one in installed):
        return True
    return distribution in data.known or distribution in data.provided


def akin(distribution: str, module: str) -> bool:
    """Whether two names share a word (of three letters or more), so that one may well provide the other."""
    left = {word for word in distribution.split("-") if len(word) > 2}
    right = {word for word in canonicalize_name(module.replace(".", "-")).split("-") if len(word) > 2}
    head = canonicalize_name(module.partition(".")[0])
    return bool(left & right) or (len(head) > 3 and head in distribution)


def own_names(requirements: Requirements) -> set[NormalizedName]:
    """The distributions that the repository itself makes."""
    return {part.distribution for part in requirements.parts if part.distribution}
