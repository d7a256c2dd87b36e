"""Makes the sign-off of a session: of the code as it is, in the tree's own numbers, without a trace of a canary."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from seatrial.app import signoffs
from seatrial.app.review import references, vigilance
from seatrial.app.review.material import Material
from seatrial.app.review.packs import Pack, Part
from seatrial.app.review.planting import tells
from seatrial.app.review.room import Room
from seatrial.app.review.session import Session
from seatrial.app.review.steps import LEVELS, ReviewError, Views
from seatrial.decisions.fingerprints import symbols
from seatrial.decisions.provenance.agents import agents
from seatrial.model.signoff import (
    Answer,
    Assist,
    Condition,
    Criterion,
    Effort,
    Mark,
    SignOff,
    Vigilance,
    WrittenBy,
    subject,
)

_WORSE = (Mark.NOT_APPLICABLE, Mark.PASS, Mark.CONDITIONAL, Mark.FAIL)


class Person(msgspec.Struct, frozen=True):
    """Who signs, and as what."""

    principal: str
    role: str


def record(sessions: Sequence[Session], room: Room, person: Person) -> SignOff:
    """The sign-off of one session, or of those of all parts of a unit; not yet signed.

    Raises:
        ReviewError: the code has changed since it was looked at, or something in it could only come from a canary.
    """
    material, pack = room.material, sessions[0].pack
    unchanged(pack, material.wanted.root)
    made = SignOff(
        subjects=tuple(subject(unit.symbol) for unit in pack.units),
        kind=sessions[0].kind,
        base=pack.units[0].base,
        reviewer=person.principal,
        role=person.role,
        criteria=merged([(one.pack.part, _criteria(one, room)) for one in sessions]),
        authors=room.authors(pack),
        operator=room.operators(pack),
        conditions=_conditions(sessions, room),
        assist=Assist(tuple(dict.fromkeys(model for one in sessions for model in one.models))),
        provenance=written_by(pack, material),
        interrogation=tuple(answer for one in sessions for answer in _interrogation(one, room.planted_views(one))),
        effort=_effort(sessions),
        vigilance=Vigilance(vigilance.POLICY, room.window()),
        decisions=decisions(pack, room),
        policy=material.standing.policy,
        commit=material.commit,
        reviewed_at=max(one.disclosed for one in sessions if one.disclosed),
    )
    planted = [one for session in sessions for one in session.planted]
    if tells(msgspec.json.encode(made).decode(), planted, material.texts):
        raise ReviewError("a note or an answer quotes a line that was planted: say it anew, of the code as it is")
    return made


def decisions(pack: Pack, room: Room) -> tuple[str, ...]:
    """The decision records that speak of a pack's files, as a sign-off names them."""
    return tuple(sorted({one.reference for path in pack.paths for one in room.known(path).records}))


def _conditions(sessions: Sequence[Session], room: Room) -> tuple[Condition, ...]:
    return tuple(
        replace(owed, text=references.real(owed.text, room.planted_views(one)))
        for one in sessions
        for said in one.judgements
        if (owed := said.condition)
    )


def merged(parts: Sequence[tuple[Part | None, Sequence[Criterion]]]) -> tuple[Criterion, ...]:
    """The verdicts on all parts as one: of each criterion the worst, with what was said of every part."""
    if len(parts) == 1:
        return tuple(parts[0][1])
    found: dict[str, list[tuple[int, Criterion]]] = {}
    for part, criteria in parts:
        for one in criteria:
            found.setdefault(one.id, []).append((part.number if part else 0, one))
    return tuple(
        Criterion(
            name,
            max((one.verdict for _, one in said), key=_WORSE.index),
            "; ".join(f"part {number}: {one.note}" for number, one in said),
            tuple(dict.fromkeys(text for _, one in said for text in one.evidence)),
        )
        for name, said in found.items()
    )


def unchanged(pack: Pack, root: Path) -> None:
    """Raises `ReviewError` unless every unit on disk is what was reviewed."""
    for path in pack.paths:
        try:
            now = {one.name: one for one in symbols(path, (root / path).read_bytes())}
        except OSError as error:
            raise ReviewError(f"{path} cannot be read any more: {error.strerror}") from error
        for unit in pack.units:
            one = now.get(unit.symbol.name)
            same = one and (one.digest, one.pragmas) == (unit.symbol.digest, unit.symbol.pragmas)
            if unit.symbol.path == path and not same:
                raise ReviewError(f"{unit.name} has changed since you looked at it: begin again from the queue")


def _criteria(session: Session, room: Room) -> tuple[Criterion, ...]:
    """The verdicts: with the grave findings that the reviewer was shown, and against the code with what they saw.

    A finding that a record names was known to whoever signed it, so it speaks no more against what they signed.
    """
    views, revealed = room.planted_views(session), room.revealed(session)
    weighty = {finding.fingerprint for finding in signoffs.grave(room.material.report.verdict)}
    shown = [one.finding.fingerprint for one in revealed.findings] if revealed else []
    known = tuple(f"finding:{fingerprint}" for fingerprint in shown if fingerprint in weighty)
    seen = tuple(_remarks(session, views))
    against = {Mark.FAIL, Mark.CONDITIONAL}
    return tuple(
        Criterion(
            one.criterion, one.mark, references.real(one.note, views), known + (seen if one.mark in against else ())
        )
        for one in session.judgements
    )


def _remarks(session: Session, views: Views) -> Iterator[str]:
    for remark in session.remarks:
        view = views[remark.line.path]
        if not any(view.catches(remark.line.number, one) for one in session.planted):
            yield f"{remark.line.path}:{view.real(remark.line.number)} {references.real(remark.text, views)}"


def _interrogation(session: Session, views: Views) -> tuple[Answer, ...]:
    assert session.revealed is not None
    return tuple(
        Answer(
            lens=question.lens.value,
            question=question.text,
            prediction=one.restated or references.real(one.text, views),
            predicted_at=session.revealed,
            revealed_at=session.revealed,
            outcome=references.real(_outcome(one.outcome, one.repeats), views),
            lines=tuple(sorted({views[line.path].real(line.number) for line in one.lines})),
        )
        for question, one in zip(session.questions, session.predictions, strict=True)
    )


def _outcome(outcome: str, repeats: str) -> str:
    return f"{outcome} (flagged: says again an earlier answer)".strip() if repeats else outcome


def _effort(sessions: Sequence[Session]) -> Effort:
    """What the sessions took together; of what people say of themselves, the least."""
    seconds, lines = round(sum(one.seconds for one in sessions)), sum(one.pack.size for one in sessions)
    return Effort(
        active_seconds=seconds,
        loc=lines,
        loc_per_hour=round(lines * 3600 / seconds) if seconds else 0,
        sessions=len(sessions),
        units_opened=len({unit for one in sessions for unit in one.opened_units}),
        units_total=len(sessions[0].pack.units),
        thoroughness=min((one.thoroughness for one in sessions), key=LEVELS.index),
        understanding=min((one.understanding for one in sessions), key=LEVELS.index),
    )


def written_by(pack: Pack, material: Material) -> WrittenBy:
    """Who wrote the pack's units, as far as marks tell."""
    names = {(unit.symbol.path, unit.symbol.name) for unit in pack.units}
    known = [one for key, one in material.origins.items() if key in names]
    lines: Counter[str] = Counter()
    for one in known:
        lines.update({origin.value: count for origin, count in one.lines.items()})
    tools, models = ({name for one in known for name in one.tools}, {name for one in known for name in one.models})
    return WrittenBy(dict(lines), tuple(sorted(tools)), tuple(sorted(models)), agents().version)
