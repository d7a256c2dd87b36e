"""What an answer holds."""

from collections.abc import Mapping
from typing import Any


def rows_of(value: Any) -> int:
    """How many rows an answer holds: the length of its longest list, however deep; 1 if it holds none."""
    if isinstance(value, list):
        return max(len(value), *(rows_of(one) for one in value[:1])) if value else 0
    if isinstance(value, Mapping):
        return max((rows_of(one) for one in value.values() if isinstance(one, list | Mapping)), default=1)
    return 1
