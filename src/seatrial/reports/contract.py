"""What a report format is."""

from collections.abc import Callable
from dataclasses import dataclass

from seatrial.model.verdict import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report. `render` is pure: the same report gives the same text.

    It takes the report, the terminal's width in columns (0 where there is none) and whether colours are wanted; only
    the text format heeds the last two.
    """

    name: str
    suffix: str
    render: Callable[[Report, int, bool], str]
