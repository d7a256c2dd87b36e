"""What an answer holds."""

from collections.abc import Mapping
from typing import Any


def outer_rows(value: Any) -> int:
    """As `rows_of`, of the outermost list: a page of parents, however many children each has."""
    if isinstance(value, Mapping):
        return max((outer_rows(one) for one in value.values() if isinstance(one, list | Mapping)), default=1)
    return len(value) if isinstance(value, list) else 1


def rows_of(value: Any) -> int:
    """How many rows an answer holds: the length of its longest list, however deep; 1 if it holds none."""
    if isinstance(value, list):
        return max(len(value), *(rows_of(one) for one in value[:1])) if value else 0
    if isinstance(value, Mapping):
        return max((rows_of(one) for one in value.values() if isinstance(one, list | Mapping)), default=1)
    return 1
