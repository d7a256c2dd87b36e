"""Which table a word speaks of: `order` of `orders`, `book_item` of `book_items`, `comment` of `commentaries`."""

import re
from collections.abc import Sequence

from seatrial.sandbox import Table

ID = re.compile(r"^(?P<stem>\w*?)_?(id|Id|ID|pk|uuid|slug)$")
"""A name that speaks of a row by its key, and what else it says."""
_VERSION = re.compile(r"v\d+(\.\d+)*$")
_SHORT, _ENDING = 4, 3
"""Letters of a word that may begin others with quite another meaning, and of an ending that leaves its meaning."""


def is_id(name: str) -> bool:
    """Whether a name speaks of a row by its key."""
    return ID.match(name) is not None


def spoken_of(word: str, tables: Sequence[Table]) -> Table | None:
    """The table whose name is the word in some form; else one whose name ends with it, or begins so."""
    wanted = _singular(word)
    if not wanted:
        return None
    names = [(_singular(table.name), table) for table in tables]
    named = [table for name, table in names if name == wanted]
    ended = [table for name, table in names if name.endswith("_" + wanted)]
    begun = [table for name, table in names if _begins(wanted, name)]
    return next(iter((*named, *ended, *begun)), None)


def is_form(word: str, table: str) -> bool:
    """Whether a word speaks of the rows of the table: `items` of those of `inventory_items`."""
    return bool(word) and f"_{_singular(table)}".endswith(f"_{_singular(word)}")


def _begins(word: str, longer: str) -> bool:
    """Whether the two are forms of one word: `comment`, `commentary`."""
    rest = longer.removeprefix(word)
    return len(word) > _SHORT and rest != longer and len(rest) <= _ENDING and "_" not in rest


def _singular(word: str) -> str:
    word = word.lower().replace("-", "_")
    for end, instead in (("ies", "y"), ("sses", "ss"), ("ses", "se"), ("s", "")):
        if word.endswith(end) and len(word) > len(end) + 1:
            return word[: -len(end)] + instead
    return word


def column_of(table: Table, name: str) -> str:
    """The column of the table that a name means, `title` of `book_title`; empty if none."""
    names = [column.name for column in table.columns]
    if name in names and not any(foreign.column == name for foreign in table.foreigns):
        return name
    parts = name.split("_")
    ends = ["_".join(parts[number:]) for number in range(1, len(parts))]
    told = next((end for end in ends if end in apart(table)), "")
    return told or (table.key if ID.match(name) else ends[0] if ends and ends[0] in names else "")


def apart(table: Table) -> Sequence[str]:
    """The columns by which rows of the table are told apart."""
    return [*filter(None, (table.key,)), *(names[0] for names in table.uniques if len(names) == 1)]


def segment(path: str, name: str) -> str:
    """The part of a path before the place of this name: `orders` of `/orders/{id}`."""
    parts = path.split("/")
    place = next((number for number, part in enumerate(parts) if "{" + name + "}" in part), 0)
    return next((part for part in reversed(parts[:place]) if part and "{" not in part and not _VERSION.match(part)), "")
