"""Which files of test code speak of a module: by its name, by something public in it, by a way into it."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from posixpath import basename, commonpath, splitext

WORD = re.compile(r"[A-Za-z_]\w{3,}")
"""Shorter names are in every test."""
_FRAME = re.compile(r"^test_|_tests?$")


class Mentions:
    """The files of test code and the words in each, indexed both ways."""

    def __init__(self, words: Mapping[str, frozenset[str]]) -> None:
        self._words = words
        self._named: dict[str, list[str]] = defaultdict(list)
        for path in words:
            self._named[_FRAME.sub("", _stem(path))].append(path)
        self._holding: dict[str, set[str]] = {}

    def look_for(self, names: Collection[str]) -> None:
        """Makes `naming` quick for these words."""
        sought = frozenset(names)
        self._holding = defaultdict(set)
        for path, words in self._words.items():
            for word in words & sought:
                self._holding[word].add(path)

    def named_after(self, path: str) -> Iterator[str]:
        """Those called like a module or its package: `test_orders.py`."""
        parts = splitext(path)[0].split("/")
        for stem in {part for part in parts[-2:] if not part.startswith("__")}:
            yield from (test for test in self._named.get(stem, ()) if _is_near(test, path))

    def naming(self, path: str, names: Iterable[str]) -> Iterator[str]:
        """Those near a module that hold one of its names."""
        for name in names:
            yield from (test for test in self._holding.get(name, ()) if _is_near(test, path))

    def asking(self, way: str) -> Iterator[str]:
        """Those that hold every word of the path of a route."""
        words = WORD.findall(way)
        if words:
            yield from set.intersection(*(self._holding.get(word, set()) for word in words))


def closeness(test: str, path: str) -> int:
    """How much a test has in common with a module by its path and name."""
    return 2 * len(commonpath((test, path)).split("/")) + (_stem(path) in _stem(test))


def _is_near(test: str, path: str) -> bool:
    """In one project: a monorepo's parts have tests of their own."""
    top = test.partition("/")[0]
    return top in {"test", "tests", test} or top == path.partition("/")[0]


def _stem(path: str) -> str:
    return splitext(basename(path))[0]
