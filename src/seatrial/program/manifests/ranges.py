"""Whether version ranges leave any version, and whether two markers can hold at once.

Proof of emptiness: every clause of PEP 440 is a union of intervals whose ends are its own version, or the next release
with the same prefix (`==1.4.*`, `~=1.4.2`). Between two neighbouring ends nothing changes, so it is enough to try each
end itself and one release directly above it, and the lowest version of all. If none of these satisfies all clauses,
no release does. Pre-releases count as allowed, so a range that only a pre-release meets is not called empty.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from packaging.markers import Marker
from packaging.specifiers import Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

_PYTHONS = ("2.7", *(f"3.{minor}" for minor in range(6, 16)))
_SYSTEMS = (
    {"sys_platform": "linux", "platform_system": "Linux", "os_name": "posix"},
    {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
    {"sys_platform": "cygwin", "platform_system": "CYGWIN", "os_name": "posix"},
    {"sys_platform": "emscripten", "platform_system": "Emscripten", "os_name": "posix"},
)
_MACHINES = ("x86_64", "aarch64", "arm64", "AMD64", "ppc64le", "s390x", "armv7l", "i686", "wasm32")
_IMPLEMENTATIONS = (("cpython", "CPython"), ("pypy", "PyPy"))
_MOST_CLAUSES = 60
"""More clauses than that are not judged: the ranges count as not empty."""

_MOST_ENVIRONMENTS = 20_000
"""Markers that tell more environments apart are not judged: they count as holding together."""


def empty(ranges: Sequence[SpecifierSet]) -> bool:
    """Whether no version satisfies all of the ranges (the proof is in the module's docstring)."""
    clauses = [clause for one in ranges for clause in one]
    if not clauses or len(clauses) > _MOST_CLAUSES:
        return False
    return not any(all(c.contains(version, prereleases=True) for c in clauses) for version in _candidates(clauses))


def allows(specifier: SpecifierSet, version: Version) -> bool:
    """Whether a version lies in a range, pre-releases included."""
    return specifier.contains(version, prereleases=True)


def _candidates(clauses: Iterable[Specifier]) -> set[Version | str]:
    clauses = list(clauses)
    ends = {end for clause in clauses for end in _ends(clause)} | {Version("0")}
    width = max(len(end.release) for end in ends)
    arbitrary = {clause.version for clause in clauses if clause.operator == "==="}
    return ends | {_directly_above(end, width) for end in ends} | {Version(end.public) for end in ends} | arbitrary


def _ends(clause: Specifier) -> Iterator[Version]:
    """The ends of the intervals that a clause is made of."""
    text = clause.version.removesuffix(".*")
    try:
        end = Version(text)
    except InvalidVersion:  # `===` compares text
        return
    yield end
    yield Version(end.base_version)
    prefix = end.release[:-1] if clause.operator == "~=" else end.release
    if prefix:
        numbers = (*prefix[:-1], prefix[-1] + 1)
        yield Version(f"{end.epoch}!{'.'.join(map(str, numbers))}")


def _directly_above(end: Version, width: int) -> Version:
    """A release above `end` and its post-releases, below any other end: one place longer than all of them."""
    padded = (*end.release, *([0] * (width - len(end.release))), 1)
    return Version(f"{end.epoch}!{'.'.join(map(str, padded))}")


def together(left: Marker | None, right: Marker | None, requires_python: SpecifierSet | None = None) -> bool:
    """Whether some environment satisfies both markers. Environments tried: those that the markers can tell apart."""
    markers = [marker for marker in (left, right) if marker is not None]
    if not markers:
        return True
    text = " ".join(map(str, markers))
    for tried, environment in enumerate(_environments(text, requires_python)):
        if tried == _MOST_ENVIRONMENTS or all(marker.evaluate(environment) for marker in markers):
            return True
    return False


def _environments(text: str, requires_python: SpecifierSet | None) -> Iterator[dict[str, str]]:
    words = text.replace('"', " ").replace("'", " ").replace(",", " ").split()
    pythons = [one for one in _pythons(words) if requires_python is None or allows(requires_python, Version(one))]
    machines = _MACHINES if "platform_machine" in words else _MACHINES[:1]
    extras = sorted({word for before, word in _pairs(words) if before == "extra"} | {""}) if "extra" in words else [""]
    for python, system, machine, (short, long), extra in product(pythons, _SYSTEMS, machines, _IMPLEMENTATIONS, extras):
        yield {
            **system,
            "python_version": ".".join(python.split(".")[:2]),
            "python_full_version": python if python.count(".") == 2 else f"{python}.0",
            "platform_machine": machine,
            "implementation_name": short,
            "platform_python_implementation": long,
            "implementation_version": f"{python}.0",
            "platform_release": "",
            "platform_version": "",
            "extra": extra,
        }


def _pythons(words: list[str]) -> list[str]:
    """Known Python versions, and those that the markers speak of."""
    named = [word for word in words if word[:1].isdigit() and word.replace(".", "").isdigit() and "." in word]
    return sorted({*_PYTHONS, *(word for word in named if word.count(".") <= 2)})


def _pairs(words: list[str]) -> Iterator[tuple[str, str]]:
    """Each variable of the markers with the value two words on: `extra == name`."""
    yield from zip(words, words[2:], strict=False)
