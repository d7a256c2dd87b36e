"""Front matter as plain values with the line of each, within limits: the file may be a stranger's.

Nothing but plain values is ever made (`yaml.SafeLoader`). Aliases are refused, since a few hundred bytes of them
stand for gigabytes, and so is a key that is given twice, of which a reader would see one and the loader the other.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import yaml

LONGEST = 64_000
"""Characters of front matter."""
DEEPEST = 12
_MOST = 5_000
_WORD = "tag:yaml.org,2002:str"
_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C, where PyYAML was built with it: ten times as fast."""


class DamagedError(Exception):
    """It cannot be read; `line` counts from the first line of the YAML, from 0."""

    def __init__(self, line: int, what: str) -> None:
        super().__init__(what)
        self.line = line


class Front(NamedTuple):
    """The values, and the line (from 0) of each key and item by its path: `("rules", 0, "kind")`."""

    values: dict[str, Any]
    lines: dict[tuple[str | int, ...], int]


def load(text: str) -> Front:
    """The mapping that the YAML holds. Raises `DamagedError`."""
    if len(text) > LONGEST:
        raise DamagedError(0, f"is longer than {LONGEST:,} characters")
    try:
        _check(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Front({}, {})
        if not isinstance(node, yaml.MappingNode):
            raise DamagedError(0, "is no mapping of keys to values")
        lines = dict(_lines(node, ()))
        return Front(loader.construct_document(node), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DamagedError(mark.line if mark else 0, f"is no YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # a date such as 2026-99-99 is a ValueError
        raise DamagedError(0, str(error).splitlines()[0]) from error


def _check(text: str) -> None:
    """Walks the events, which costs no more than the text is long, before anything is built of them."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_Loader)):
        line = event.start_mark.line if event.start_mark else 0
        if what := _refused(event):
            raise DamagedError(line, f"uses {what}: write the value out, or put it in quotes")
        if count > _MOST:
            raise DamagedError(line, f"holds more than {_MOST:,} values")
        if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            depth += 1
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise DamagedError(line, f"is nested more than {DEEPEST} deep")


def _refused(event: yaml.Event) -> str:
    """What of YAML the event uses that a record needs not, and that lets it stand for more than it shows."""
    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        return "an anchor or alias of YAML (`&`, `*`)"
    return "a tag of YAML (`!`)" if getattr(event, "tag", None) else ""


def _lines(node: yaml.Node, above: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.tag != _WORD:
                raise DamagedError(key.start_mark.line, "has a key that is no word")
            if key.value in seen:
                raise DamagedError(key.start_mark.line, f"gives `{key.value}` twice")
            seen.add(key.value)
            at = (*above, str(key.value))
            yield at, key.start_mark.line
            yield from _lines(value, at)
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield (*above, number), item.start_mark.line
            yield from _lines(item, (*above, number))
