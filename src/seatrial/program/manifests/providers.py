"""Which distribution provides a module, and whether a name is one that the world knows."""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from packaging.utils import NormalizedName, canonicalize_name

from seatrial.libraries.distributions import distributions
from seatrial.model.source import Installed
from seatrial.program.manifests.nouns import Requirements

_BEFORE = ("python", "python3", "py", "py3", "django", "apache")
_AFTER = (
    "python",
    "python3",
    "py",
    "py3",
    "2",
    "3",
    "binary",
    "cffi",
    "slim",
    "client",
    "sdk",
    "api",
    "lib",
    "core",
    "cpu",
    "gpu",
)
"""What a distribution's name has beside its module's: `python-slugify`, `pyusb`, `ffmpeg-python`, `django-axes`."""
_AFFIXES = (("", ""), *((before, "") for before in _BEFORE), *(("", after) for after in _AFTER))


def provides(distribution: NormalizedName, module: str, installed: Iterable[Installed] = ()) -> bool:
    """Whether a distribution provides a (dotted) module.

    What is installed says so itself; then the shipped table; then the names themselves, in the ways they usually agree.
    """
    for one in installed:
        if canonicalize_name(one.name) == distribution and one.imports:
            return any(module == top or module.startswith(f"{top}.") for top in one.imports)
    known = providers(module)
    return distribution in known or _agree(distribution, module) or _is_fork(distribution, known)


def _is_fork(distribution: str, known: Iterable[str]) -> bool:
    """Somebody's own edition says whose: `acme-python3-saml`."""
    is_stub = distribution.startswith("types-")
    return not is_stub and any("-" in name and distribution.endswith(f"-{name}") for name in known)


@lru_cache(maxsize=8192)
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
    names, families = _agreeing(module)
    return distribution.replace("-", "") in names or distribution.startswith(families)


@lru_cache(maxsize=8192)
def _agreeing(module: str) -> tuple[frozenset[str], tuple[str, ...]]:
    """What a distribution's name (without hyphens) may be for a module, and how it may begin in a shared namespace."""
    natural = tuple(_natural(module))
    flats = [name.replace("-", "") for name in natural]
    names = {f"{before}{flat}{after}" for flat in flats for before, after in _AFFIXES}
    shared = [f"{name}-" for name in natural if "." in module and name.partition("-")[0] in _shared_heads()]
    return frozenset(names), tuple(shared)


@cache
def _shared_heads() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in distributions().namespaces)


def mapped(distribution: NormalizedName, installed: Iterable[Installed] = ()) -> bool:
    """Whether it is known what a distribution provides, so that it can be said to provide nothing else."""
    data = distributions()
    if any(canonicalize_name(one.name) == distribution for one in installed):
        return True
    return distribution in data.known or distribution in data.provided


def akin(distribution: str, module: str, *, words: int = 1) -> bool:
    """Whether two names share so many words (of three letters or more) that one may well provide the other."""
    left = {word for word in distribution.split("-") if len(word) > 2}
    right = {word for word in canonicalize_name(module.replace(".", "-")).split("-") if len(word) > 2}
    head = canonicalize_name(module.partition(".")[0])
    return len(left & right) >= words or (words == 1 and len(head) > 3 and head in distribution)


def own_names(requirements: Requirements) -> set[NormalizedName]:
    """The distributions that the repository itself makes."""
    return {part.distribution for part in requirements.parts if part.distribution}
