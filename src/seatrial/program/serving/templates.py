"""Templates: what Django and Jinja templates read of each element of the collections that they loop over.

Names are resolved to the context: in `{% for order in orders %}{{ order.customer.name }}` what is read is
`("orders", "[]", "customer", "name")`, whichever template that is included or extended says it.
https://docs.djangoproject.com/en/5.2/ref/templates/language/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seatrial.model.source import template_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from seatrial.model.source import Manifest

EACH = "[]"
"""Stands in a path for "each element"."""
DEPTH = 6
"""How many templates may include or extend each other."""

_TOKEN = re.compile(r"\{%-?\+?\s*(?P<tag>.*?)\s*-?%\}|\{\{-?\s*(?P<shown>.*?)\s*-?\}\}|\{#.*?#\}", re.DOTALL)
_TEXT = re.compile(r'"[^"]*"|\'[^\']*\'')
_ASIDE = re.compile(r"\|\s*\w+|\b\w+=(?!=)")
"""Names of filters and of arguments, which are no variables."""
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?:\.\w+)*")
_SILENT = frozenset(
    {"load", "endif", "else", "endblock", "extends", "csrf_token", "static", "empty", "comment", "import"}
)

Path = tuple[str, ...]
Names = dict[str, Path]


@dataclass(frozen=True, slots=True)
class Reading:
    """A path of names that is read from the context, at a line of a template. `shown`: it is put out as text."""

    names: Path
    template: str
    line: int
    shown: bool


@dataclass(slots=True)
class _Scope:
    """What the names mean at a point of a template, innermost last; `replaced`: the blocks that a child has filled."""

    names: list[Names]
    replaced: frozenset[str] = frozenset()
    depth: int = 0
    blocks: set[str] = field(default_factory=set)

    def resolve(self, dotted: str) -> Path:
        """The path in the context that a name in the template means."""
        first, *rest = dotted.split(".")
        known = next((names[first] for names in reversed(self.names) if first in names), (first,))
        return (*known, *rest)

    def flat(self) -> Names:
        """All names that are set here."""
        return {name: path for names in self.names for name, path in names.items()}


class Templates:
    """Reads templates, on demand; remembers."""

    def __init__(self, manifests: Sequence[Manifest]) -> None:
        self._by_name: dict[str, Manifest] = {}
        self._memo: dict[tuple[str, tuple[tuple[str, Path], ...], frozenset[str]], tuple[Reading, ...]] = {}
        for manifest in manifests:
            name = template_name(manifest.path)
            if name:
                self._by_name.setdefault(name, manifest)

    @property
    def known(self) -> bool:
        """There are templates at all."""
        return bool(self._by_name)

    def has(self, name: str) -> bool:
        """There is a template of this name."""
        return name in self._by_name

    def readings(self, name: str) -> tuple[Reading, ...]:
        """What a template reads of elements of collections; nothing if there is no such template."""
        return self._with(name, _Scope([{}]))

    def _with(self, name: str, scope: _Scope) -> tuple[Reading, ...]:
        """What a template reads where names mean what they do in a scope."""
        key = (name, tuple(sorted(scope.names[0].items())), scope.replaced)
        if key not in self._memo:
            self._memo[key] = ()  # a circle of templates
            self._memo[key] = tuple(self._of(name, scope))
        return self._memo[key]

    def _of(self, name: str, scope: _Scope) -> Iterator[Reading]:
        manifest = self._by_name.get(name)
        if manifest is None or scope.depth > DEPTH:
            return
        text, skipping, at, line = manifest.text, 0, 0, 1
        parent = ""
        for token in _TOKEN.finditer(text):
            line += text.count("\n", at, token.start())
            at = token.start()
            tag = token["tag"] or ""
            word, _, rest = tag.partition(" ")
            skipping = _skip(word, rest, skipping, scope)
            if skipping:
                continue
            if word == "extends":
                parent = rest.strip("\"' ")
            yield from self._token(manifest.path, line, token["shown"] or "", word, rest, scope)
        if parent:
            replaced = scope.replaced | scope.blocks
            yield from self._with(parent, _Scope([scope.names[0]], frozenset(replaced), scope.depth + 1))

    def _token(self, path: str, line: int, shown: str, word: str, rest: str, scope: _Scope) -> Iterator[Reading]:
        if shown:
            yield from _read(shown, scope, path, line, shown=True)
        elif word == "include":
            yield from self._included(rest, scope)
        elif word in {"for", "with", "set", "endfor", "endwith"}:
            yield from _read(rest.partition(" in ")[2] if word == "for" else rest, scope, path, line)
            _bind(word, rest, scope)
        elif word == "block":
            scope.blocks.add(rest.split(" ", maxsplit=1)[0])
        elif word not in _SILENT:
            yield from _read(rest, scope, path, line)

    def _included(self, rest: str, scope: _Scope) -> Iterator[Reading]:
        named = _TEXT.match(rest)
        if named:
            names = scope.flat()
            names.update(_assigned(rest[named.end() :].replace(" with ", " "), scope))
            yield from self._with(named[0].strip("\"'"), _Scope([names], depth=scope.depth + 1))


def _skip(word: str, rest: str, skipping: int, scope: _Scope) -> int:
    """How many blocks deep we are inside of what is not shown: a block that a child replaces, or a comment."""
    if skipping:
        opens, closes = word in {"block", "comment"}, word in {"endblock", "endcomment"}
        return skipping + opens - closes
    return int(word == "comment" or (word == "block" and rest.split(" ", maxsplit=1)[0] in scope.replaced))


def _read(expression: str, scope: _Scope, path: str, line: int, *, shown: bool = False) -> Iterator[Reading]:
    text = _ASIDE.sub("", _TEXT.sub("", expression))
    for match in _NAME.finditer(text):
        names = scope.resolve(match[0])
        if EACH in names:
            yield Reading(names, path, line, shown)


def _bind(word: str, rest: str, scope: _Scope) -> None:
    """What a tag calls by a new name, or forgets."""
    if word in {"endfor", "endwith"}:
        if len(scope.names) > 1:
            scope.names.pop()
    elif word == "set":
        scope.names[-1].update(_assigned(rest, scope))
    elif word == "with":
        value, _, name = rest.partition(" as ")
        scope.names.append({name.strip(): scope.resolve(value.strip())} if name else dict(_assigned(rest, scope)))
    else:
        target, _, over = rest.partition(" in ")
        found = _NAME.search(_TEXT.sub("", over))
        element = (*scope.resolve(found[0]), EACH) if found else ("",)
        names = [name.strip() for name in target.split(",")]
        scope.names.append({names[0]: element} if len(names) == 1 else dict.fromkeys(names, ("",)))


def _assigned(text: str, scope: _Scope) -> Mapping[str, Path]:
    """`a=b.c d=e` as names and what they mean."""
    found = re.finditer(r"(\w+)\s*=\s*([A-Za-z_][\w.]*)", text)
    return {match[1]: scope.resolve(match[2]) for match in found}
