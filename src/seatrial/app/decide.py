"""Decision records: those that there are, and the life of one from a draft to being superseded."""

from pathlib import Path

from seatrial.app import settings
from seatrial.decisions.records import read
from seatrial.model.record import Record


def records(root: Path) -> tuple[Record, ...]:
    """The decision records of the tree at `root`, by file name.

    Raises:
        DecisionError: one cannot be understood; names file and line.
        ConfigError: the settings cannot be read.
    """
    return read(root, settings.decisions_folder(root))
