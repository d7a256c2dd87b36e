"""The list of decision records: each with how it stands and why it may be in doubt."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from seatrial.app.decide import records
from seatrial.app.edits import everything
from seatrial.decisions.records.doubts import doubts
from seatrial.model.decided import Doubt
from seatrial.model.record import Record


class Listed(msgspec.Struct, frozen=True):
    """A record and what speaks against it as it stands."""

    record: Record
    doubts: tuple[Doubt, ...]


def listed(root: Path) -> tuple[Listed, ...]:
    """Every record with its doubts, by file name. Reads the whole tree only if some record may be in doubt.

    Raises:
        DecisionError: a record cannot be understood.
    """
    found = records(root)
    if all(record.plain for record in found):
        return tuple(Listed(record, ()) for record in found)
    tree = everything(root)
    against = doubts(found, tree.paths, tree.after.get, datetime.now(UTC).date())
    return tuple(Listed(one, tuple(doubt for doubt in against if doubt.record == one.id)) for one in found)
