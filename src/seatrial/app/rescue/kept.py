"""The plan that a team works by, kept in the tree, and how its cards stand since."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from seatrial.app.progress import Progress as Telling
from seatrial.app.rescue import gauges
from seatrial.app.rescue.checks import run
from seatrial.app.rescue.survey import Survey, survey
from seatrial.errors import SourceError
from seatrial.model.rescue import Card, Plan, Progress, Ran, Shift

NAME = ".seatrial/rescue.json"


def encode(plan: Plan) -> str:
    """The plan as JSON, indented for people who compare two of them."""
    return _indented(plan)


def encode_progress(progress: Sequence[Progress]) -> str:
    """The same of what was measured; `done` is told beside its checks."""
    return _indented([msgspec.to_builtins(one) | {"done": one.done} for one in progress])


def _indented(value: object) -> str:
    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode() + "\n"


def save(root: Path, plan: Plan) -> str:
    """Keeps the plan in the tree; gives the file's name. Raises `SourceError` if it cannot be written."""
    file = root / NAME
    try:
        file.parent.mkdir(exist_ok=True)
        file.write_text(encode(plan), "utf-8")
    except OSError as error:
        raise SourceError(f"{NAME} cannot be written: {error.strerror}.") from error
    return NAME


def is_there(root: Path) -> bool:
    """Whether a plan is kept in the tree."""
    return (root / NAME).is_file()


def read(root: Path) -> Plan:
    """The kept plan. Raises `SourceError` if there is none, or it is damaged."""
    try:
        return msgspec.json.decode((root / NAME).read_bytes(), type=Plan)
    except FileNotFoundError:
        raise SourceError(f"there is no {NAME} here: `seatrial rescue --save` keeps today's plan.") from None
    except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(f"{NAME} cannot be read ({error}). Restore it, or keep a new plan with --save.") from error


def measure(root: Path, progress: Telling | None = None) -> tuple[Progress, ...]:
    """How every card of the kept plan stands now. Raises `SourceError` if there is none; raises else as `plan`."""
    plan = read(root)
    now = survey(root, progress or Telling())
    return tuple(Progress(card, _ran(card, now), tuple(_shifts(card, now))) for card in plan.cards)


def check(root: Path, name: str, progress: Telling | None = None) -> tuple[Ran, ...]:
    """Runs a check, or all of a card of the kept plan, by its id. Raises `SourceError` if there is none of that id."""
    now = survey(root, progress or Telling())
    if ":" in name:
        return (run(name, now),)
    for card in read(root).cards:
        if card.id == name:
            return _ran(card, now)
    raise SourceError(f"{name} is no card of {NAME}; `seatrial rescue --measure` lists them.")


def only(plan: Plan, card_id: str) -> Plan:
    """The plan with that card alone: the brief of whoever does the work. Raises `SourceError` if it has none such."""
    found = tuple(card for card in plan.cards if card.id == card_id)
    if not found:
        raise SourceError(f"{card_id} is no card of the plan. It has {', '.join(card.id for card in plan.cards)}.")
    return msgspec.structs.replace(plan, cards=found, left=())


def _ran(card: Card, now: Survey) -> tuple[Ran, ...]:
    return tuple(run(name, now) for name in card.done_when)


def _shifts(card: Card, now: Survey) -> Iterator[Shift]:
    for fact in card.evidence:
        value = gauges.of_card(fact.name, now, card)
        if value is not None:
            yield Shift(fact.name, fact.value, value)
