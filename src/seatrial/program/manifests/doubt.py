"""How much a distribution's name speaks against itself: names that were made up tend to be near-misses or commonplace.

How strong each kind of sign is was measured on the shipped names, each judged as if it were not shipped. One letter of
difference, or a commonplace word beside a real name, is as frequent among real names, and so speaks softly.
"""

import sys
from collections.abc import Iterable, Iterator
from functools import cache

import msgspec
from packaging.utils import canonicalize_name

from seatrial.libraries.distributions import distributions

_COMMONPLACE = frozenset(
    {
        "advanced", "api", "async", "auto", "automation", "base", "basic", "builder", "checker", "cleaner",
        "client", "common", "connector", "convert", "converter", "core", "custom", "data", "detector", "easy",
        "encoder", "engine", "extended", "extension", "extensions", "extra", "extras", "extractor",
        "file", "files", "finder", "formatter", "framework", "generator", "handler", "handlers", "helper",
        "helpers", "improved", "integration", "interface", "kit", "lib", "libs", "library", "light", "lite",
        "loader", "manager", "module", "native", "new", "normalizer", "optimizer", "parser", "plugin", "plus",
        "pro", "processing", "processor", "pure", "py", "python", "python3", "reader", "sanitizer", "sdk",
        "secure", "service", "services", "simple", "smart", "suite", "support", "text", "toolbox", "toolkit",
        "tool", "tools", "transformer", "ultra", "universal", "url", "util", "utilities", "utility", "utils",
        "validator", "wrapper", "writer",
    }
)  # fmt: skip
"""Words that a made-up name adds to a real one, or is made of."""


_TELLING = 6
"""Letters from which on a slip is told from another name."""
_NO_DIGITS = str.maketrans("", "", "0123456789")
_LONG = 9
"""Letters from which on two that differ still point at the other name: shorter names lie too close to one another."""


class Doubt(msgspec.Struct, frozen=True):
    """A sign that a name was made up: what it is near to, in words for a reader, and how strong it is (0 to 1)."""

    reason: str
    strength: float
    near: str = ""
    """The known name that was meant; empty if there is none."""
    is_slip: bool = False
    """One letter or the separators differ: a slip of whoever wrote it."""


def known(name: str) -> bool:
    """Whether a distribution (normal form) is shipped as well known."""
    return name in distributions().known


def plausible(name: str) -> bool:
    """Whether a name belongs to a family of distributions that is too large to list: `types-…`, `pytest-…`."""
    data = distributions()
    return name.startswith(data.prefixes) or name.endswith(data.suffixes)


def doubt(name: str) -> Doubt | None:
    """The strongest sign that a distribution's name (normal form) was made up; None if there is none."""
    data = distributions()
    if any(name.removeprefix(family) in data.known for family in data.prefixes if name.startswith(family)):
        return None  # the family's part of a known one: `types-authlib`
    return next(iter(_doubts(name, data.known - {name})), None)


def _doubts(name: str, others: frozenset[str]) -> Iterator[Doubt]:
    modules = _modules()
    if name in modules:
        yield Doubt(f"`{name}` is a module's name; the distribution is called {modules[name]}", 0.8, modules[name])
    elif name in _undistributed():
        yield Doubt(f"`{name}` {_undistributed()[name]}", 0.8)
    letters = name.replace("-", "")
    for near in _same_letters().get(letters, ()):
        if near != name:
            yield Doubt(f"it is `{near}` written otherwise", 0.8, near, is_slip=True)
    for near in _same_words().get(_word_key(name), ()):
        if near != name:
            yield Doubt(f"it is `{near}` with its words in another order", 0.65, near)
    if near := min((one for one in _slips(name) if one in others), default=""):
        yield Doubt(f"it is `{near}` with a slip of the fingers", 0.8, near, is_slip=True)
    edits = (one for one in _edits(name) if one in others and _letters(one) != _letters(name))
    if len(name) > 5 and (near := min(edits, default="")):
        yield Doubt(f"it is one letter away from `{near}`", 0.5, near, is_slip=True)
    yield from _commonplace(name, others)
    if near := _two_letters_away(name, others):
        yield Doubt(f"it is two letters away from `{near}`", 0.4, near)


def _letters(name: str) -> str:
    """A name without its digits: another number is another version or interface, seldom a slip."""
    return name.translate(_NO_DIGITS)


def _commonplace(name: str, others: frozenset[str]) -> Iterator[Doubt]:
    words = name.split("-")
    special = [word for word in words if word not in _COMMONPLACE]
    added = [word for word in words if word in _COMMONPLACE]
    if not added or len(words) < 2:
        return
    rest = "-".join(special)
    if not special:
        yield Doubt("it is made of commonplace words alone", 0.75)
    elif rest in sys.stdlib_module_names:
        yield Doubt(f"it is the standard module `{rest}` with commonplace words added", 0.75)
    elif rest in others:
        yield Doubt(f"it is `{rest}` with commonplace words added", 0.55, rest)


@cache
def _modules() -> dict[str, str]:
    """Modules whose distributions are called otherwise, by the name someone would guess."""
    data = distributions()
    guesses = ((canonicalize_name(module), names) for module, names in data.providers.items() if "." not in module)
    return {guess: names[0] for guess, names in guesses if guess not in names and guess not in data.known}


@cache
def _undistributed() -> dict[str, str]:
    """Modules that no distribution of their name provides, and where they come from instead."""
    data = distributions()
    told = {
        "is a namespace; the distributions that share it have names of their own": data.namespaces,
        "was a module of another Python's standard library": data.standard,
        "is a module that the program which runs the code brings along": data.hosts,
    }
    found = ((canonicalize_name(name), why) for why, names in told.items() for name in names if "." not in name)
    return {name: why for name, why in found if name not in data.known}


@cache
def _same_letters() -> dict[str, tuple[str, ...]]:
    return _grouped((name.replace("-", ""), name) for name in sorted(distributions().known))


@cache
def _same_words() -> dict[str, tuple[str, ...]]:
    return _grouped((_word_key(name), name) for name in sorted(distributions().known) if "-" in name)


def _word_key(name: str) -> str:
    return " ".join(sorted(name.split("-")))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for key, name in pairs:
        found[key] = (*found.get(key, ()), name)
    return found


def _two_letters_away(name: str, others: frozenset[str]) -> str:
    """A known name at distance two with the same first letter, if the name is long enough for that to say anything."""
    if len(name) < _LONG:
        return ""
    near = (one for one in others if one[0] == name[0] and abs(len(one) - len(name)) < 3 and len(one) >= _LONG)
    letters = set(name)  # each letter that only one of two names has costs an edit at least
    near = (one for one in near if len(letters.difference(one)) < 3 and len(set(one) - letters) < 3)
    return min((one for one in near if distance(one, name) == 2), default="")


def distance(left: str, right: str) -> int:
    """How many letters must be put in, left out, replaced or swapped with their neighbour.

    Damerau, "A technique for computer detection and correction of spelling errors", 1964 (optimal string alignment).
    """
    before: list[int] = []
    row = list(range(len(right) + 1))
    for at, letter in enumerate(left, 1):
        before, above, row = row, before, [at]
        for to, other in enumerate(right, 1):
            cost = min(before[to] + 1, row[to - 1] + 1, before[to - 1] + (letter != other))
            if at > 1 < to and letter == right[to - 2] and left[at - 2] == other:
                cost = min(cost, above[to - 2] + 1)
            row.append(cost)
    return row[-1]


def _slips(name: str) -> Iterator[str]:
    """What was meant if neighbours were swapped, a letter was typed twice or once for twice, or one inside left out.

    Of 5,628 shipped names, none is a swap away from another one, 3 a doubling, and 9 lack one letter of another.
    """
    if len(name) < _TELLING:
        return
    for at in range(len(name)):
        head, letter, tail = name[:at], name[at], name[at + 1 :]
        if tail and tail[0] != letter:
            yield head + tail[0] + letter + tail[1:]
        yield head + letter + letter + tail
        if tail[:1] == letter:
            yield head + tail
        if len(name) > _TELLING and at:
            yield from (head + other + letter + tail for other in "abcdefghijklmnopqrstuvwxyz")


def _edits(name: str) -> Iterator[str]:
    """Every name one edit away: a letter left out, put in, replaced, or two neighbours swapped."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-"
    for at in range(len(name) + 1):
        head, tail = name[:at], name[at:]
        yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for letter in letters:
            yield head + letter + tail
            yield head + letter + tail[1:]
