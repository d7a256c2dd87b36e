"""Signing without a review, in a terminal."""

from msgspec.structs import replace

from seatrial.app.review import outright
from seatrial.app.review.opening import Opened
from seatrial.app.review.packs import Pack
from seatrial.errors import SeatrialError
from seatrial.model.mandate import ARCHITECT_APPROVED
from seatrial.model.text import counted
from seatrial.surfaces.cli._terminal import Terminal


def declare(opened: Opened, terminal: Terminal, pack: Pack) -> None:
    """Asks which, of what and why, and signs; tells why not, where it may not be."""
    if opened.signature is None:
        terminal.say(["Nobody can sign here: `--key` names the key to sign with."])
        return
    names = [unit.name for unit in pack.units]
    terminal.say(f"{number:3}  {name}" for number, name in enumerate(names, 1))
    kind = terminal.read(f"{', '.join(outright.KINDS)}?").strip()
    if kind not in outright.KINDS:
        terminal.say([f"That is none of {', '.join(outright.KINDS)}: nothing is signed."])
        return
    chosen = terminal.read("Of which units? (numbers, or all)").strip()
    units = names if chosen == "all" else [names[at] for at in _numbers(chosen) if at < len(names)]
    criterion = terminal.read("What does it violate?").strip() if kind == "violation" else ""
    why = terminal.read("Why?").strip()
    if (
        terminal.read(
            f"Sign {kind} of {counted(len(units), 'unit')} as {opened.signature.principal}? Type yes:"
        ).strip()
        != "yes"
    ):
        return
    said = outright.Said(kind, tuple(units), why, criterion or ARCHITECT_APPROVED)
    try:
        path = outright.declare(opened.room, pack.id, said, replace(opened.signature, where=None))
    except SeatrialError as error:
        terminal.say([str(error)])
    else:
        terminal.say([f"Signed: {path.relative_to(opened.room.material.wanted.root)}. Commit it with the code.", ""])


def _numbers(text: str) -> list[int]:
    return [int(word) - 1 for word in text.replace(",", " ").split() if word.isdigit() and int(word)]
