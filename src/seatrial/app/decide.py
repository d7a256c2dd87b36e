"""Decision records: those that there are, and the life of one from a draft to being superseded."""

from datetime import UTC, date, datetime
from difflib import get_close_matches
from pathlib import Path

import msgspec
from msgspec.structs import replace

from seatrial.app import settings
from seatrial.decisions.records import read
from seatrial.decisions.records.anchors import symbol_of
from seatrial.decisions.records.writing import create, set_keys
from seatrial.errors import DecisionError, SourceError
from seatrial.model.record import Anchor, Draft, Record, Status
from seatrial.model.text import printable


def records(root: Path) -> tuple[Record, ...]:
    """The decision records of the tree at `root`, by file name.

    Raises:
        DecisionError: one cannot be understood; names file and line.
        ConfigError: the settings cannot be read.
    """
    return read(root, settings.decisions_folder(root))


def find(root: Path, name: str) -> Record:
    """The record of this id, or whose id has these words in it alone. Raises `DecisionError` if none or several do."""
    known = {record.id: record for record in records(root)}
    if name in known:
        return known[name]
    found = [one for one in known if name in one]
    if len(found) == 1:
        return known[found[0]]
    near = found[:5] or get_close_matches(name, known, n=1)
    hint = f"did you mean {' or '.join(near)}?" if near else "`seatrial decide list` shows those that there are."
    raise DecisionError(f"{'several records are' if found else 'there is no record'} {printable(name)}; {hint}")


def draft(root: Path, wanted: Draft) -> Record:
    """Writes a proposed record and gives it back. Anchors get the digests of what they name as it stands now.

    Raises:
        DecisionError: the draft cannot be used, or is there already.
        SourceError: an anchor names nothing that is there.
    """
    anchored = replace(wanted, anchors=tuple(_fresh(root, anchor) for anchor in wanted.anchors))
    return create(root, settings.decisions_folder(root), anchored, _today())


def supersede(root: Path, name: str, title: str = "") -> Record:
    """Writes a proposed record that takes the place of another, with its keys to begin with, and gives it back.

    The old one stays in force until the new one is accepted. Raises as `draft`.
    """
    old = find(root, name)
    if old.superseded_by:
        raise DecisionError(f"{old.id} is superseded already, by {old.superseded_by}: supersede that.")
    wanted = Draft(
        title=title or f"Instead of: {old.title}",
        context=f"{old.id} decided this before. What has changed since?",
        scope=old.scope,
        rejected=old.rejected,
        rules=old.rules,
        anchors=old.anchors,
        enforcement=old.enforcement,
        supersedes=(old.id,),
        trade_offs=old.trade_offs,
    )
    return draft(root, wanted)


def reaffirm(root: Path, name: str) -> Record:
    """Says that a record still holds for the code that it rests on: its anchors get today's digests.

    Raises:
        DecisionError: there is no such record, or it has no anchors.
        SourceError: an anchor names nothing that is there.
    """
    record = find(root, name)
    if record.plain or not record.anchors:
        raise DecisionError(f"{record.id} rests on no code: give it `anchors` while it is proposed.")
    return _anchored(root, record)


def mark_accepted(root: Path, record: Record) -> Record:
    """Writes into a signed record that it is accepted, and into those that it supersedes that they are."""
    changed = set_keys(root, _anchored(root, record), {"status": "accepted", "date": _today()})
    for name in record.supersedes:
        old = find(root, name)
        by = {} if old.plain else {"superseded-by": record.id}
        set_keys(root, old, {"status": f"superseded by {record.id}", **by})
    return changed


def require_proposed(record: Record) -> None:
    """Raises `DecisionError` unless a person may accept the record now."""
    if record.plain:
        raise DecisionError(
            f"{printable(record.path)} has none of the keys that can be accepted: give it an `id: D-…`."
        )
    if record.status not in {Status.PROPOSED, Status.ACCEPTED}:
        raise DecisionError(
            f"{record.id} is {record.status or 'of no known status'}: only what is proposed is accepted."
        )


def _anchored(root: Path, record: Record) -> Record:
    if not record.anchors:
        return record
    fresh = [_fresh(root, anchor) for anchor in record.anchors]
    return set_keys(root, record, {"anchors": [msgspec.to_builtins(one) for one in fresh]})


def _fresh(root: Path, anchor: Anchor) -> Anchor:
    file = root / anchor.path
    found = symbol_of(anchor.path, anchor.symbol, file.read_bytes() if file.is_file() else None)
    if found is None:
        place = printable(f"{anchor.path}:{anchor.symbol}".rstrip(":"))
        raise SourceError(f"there is no {place} to rest on; write it as `path:Class.method`.")
    return replace(anchor, digest=found.digest)


def _today() -> date:
    return datetime.now(UTC).date()
