"""The reviewer's private store: sessions, answers, what was caught. One SQLite file of theirs, outside every tree.

Nothing of it is ever put into a repository, a record or a report but the one word on the vigilance window.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from seatrial.app import places
from seatrial.app.questions import REVIEWS, Asked
from seatrial.app.review.session import Session
from seatrial.app.review.vigilance import Result
from seatrial.errors import ConfigError
from seatrial.model.text import printable

_SCHEMA = """
    create table if not exists sessions (
        id text primary key, reviewer text, tree text, pack text, opened text, state text, over integer, signed text
    );
    create index if not exists by_person on sessions (reviewer, opened);
    create table if not exists asked (
        session text, reviewer text, opened text, question text, template text, answer text default ''
    );
    create index if not exists asked_by on asked (reviewer, opened);
    create table if not exists canaries (session text, reviewer text, at text, slip text, caught integer);
    create table if not exists calibrations (reviewer text, at text, rightly integer, passed integer);
    create table if not exists reviews (
        session text primary key, reviewer text, at text, lines integer, seconds real, remarks integer, approved integer
    );
"""


def folder() -> Path:
    """Where it lies: `$SEATRIAL_STATE_DIR`, or `seatrial` in the user's folder for state (XDG on Linux)."""
    return places.folder(places.STATE)


class Review(msgspec.Struct, frozen=True):
    """A review that came to a verdict, for the private mirror."""

    at: str
    lines: int
    seconds: float
    remarks: int
    approved: bool


class Store:
    """What is remembered of one person's reviews on this machine. Times are ISO 8601 in UTC."""

    def __init__(self, root: Path, place: Path | None = None) -> None:
        """Opens it. Raises `ConfigError` if it would lie inside the reviewed tree, or cannot be written."""
        place = (place or folder()).resolve()
        self._tree = str(root.resolve())
        if place.is_relative_to(root.resolve()):
            raise ConfigError(
                f"{printable(str(place))} lies in the reviewed tree: private scores stay out of it. "
                "Set SEATRIAL_STATE_DIR to a folder of yours elsewhere."
            )
        try:
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = place / "reviews-1.sqlite"
            with self._open() as database:
                database.executescript(_SCHEMA)
            self._file.chmod(0o600)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(f"{printable(str(place))} cannot hold your reviews: {error}") from error

    def save(self, session: Session) -> None:
        """Keeps the session as it stands; a new one with the questions that it asks."""
        state = msgspec.json.encode(session).decode()
        opened, over = _iso(session.opened), bool(session.disclosed and (session.signed or session.not_understood))
        with self._open() as database:
            is_new = not database.execute("select 1 from sessions where id = ?", (session.id,)).fetchone()
            database.execute(
                "insert or replace into sessions values (?, ?, ?, ?, ?, ?, ?, ?)",
                (session.id, session.reviewer, self._tree, session.pack.id, opened, state, over, session.signed),
            )
            if is_new:
                rows = [(session.id, session.reviewer, opened, q.text, q.template) for q in session.questions]
                database.executemany(
                    "insert into asked (session, reviewer, opened, question, template) values (?, ?, ?, ?, ?)", rows
                )
            for question, given in zip(session.questions, session.predictions, strict=False):
                database.execute(
                    "update asked set answer = ? where session = ? and question = ?",
                    (given.text, session.id, question.text),
                )

    def session(self, session_id: str) -> Session | None:
        """A session of this tree by its id."""
        with self._open() as database:
            found = database.execute(
                "select state from sessions where id = ? and tree = ?", (session_id, self._tree)
            ).fetchone()
        return msgspec.json.decode(found[0], type=Session) if found else None

    def under_way(self, reviewer: str) -> dict[str, str]:
        """The ids of this person's sessions of this tree that are not over, by the ids of their packs."""
        query = "select pack, id from sessions where reviewer = ? and tree = ? and not over order by opened"
        with self._open() as database:
            return dict(database.execute(query, (reviewer, self._tree)).fetchall())

    def signed(self, reviewer: str) -> dict[str, str]:
        """The records that this person signed for packs of this tree, by the ids of the packs."""
        query = "select pack, signed from sessions where reviewer = ? and tree = ? and signed != ''"
        with self._open() as database:
            return dict(database.execute(query, (reviewer, self._tree)).fetchall())

    def not_understood(self) -> dict[str, str]:
        """What was not understood in this tree, by the ids of the packs."""
        query = "select pack, state from sessions where tree = ? and over order by opened"
        with self._open() as database:
            rows = database.execute(query, (self._tree,)).fetchall()
        ended = {pack: msgspec.json.decode(state, type=Session).not_understood for pack, state in rows}
        return {pack: text for pack, text in ended.items() if text}

    def asked(self, reviewer: str) -> list[Asked]:
        """What the person was asked in their last reviews, counted back from the one that would come now."""
        query = "select id from sessions where reviewer = ? order by opened desc, rowid desc limit ?"
        with self._open() as database:
            last = [row[0] for row in database.execute(query, (reviewer, 3 * REVIEWS))]
            rows = database.execute(
                "select session, question, template from asked where reviewer = ?", (reviewer,)
            ).fetchall()
        ages = {session: age for age, session in enumerate(last, 1)}
        return [Asked(text, template, ages[session]) for session, text, template in rows if session in ages]

    def answers(self, reviewer: str, but: str = "") -> list[str]:
        """The person's earlier answers, the last first; without those of one session."""
        query = "select answer from asked where reviewer = ? and session != ? and answer != '' order by opened desc"
        with self._open() as database:
            return [row[0] for row in database.execute(query + " limit 500", (reviewer, but))]

    def keep_canaries(self, session: Session, found: Iterable[tuple[str, bool]]) -> None:
        """What became of a session's canaries, once."""
        at = _iso(session.disclosed or session.opened)
        with self._open() as database:
            if not database.execute("select 1 from canaries where session = ?", (session.id,)).fetchone():
                rows = [(session.id, session.reviewer, at, slip, was_caught) for slip, was_caught in found]
                database.executemany("insert into canaries values (?, ?, ?, ?, ?)", rows)

    def keep_review(self, session: Session, *, approved: bool) -> None:
        """A review that was signed, for the mirror."""
        row = (session.id, session.reviewer, _iso(session.disclosed or session.opened), session.pack.size)
        with self._open() as database:
            database.execute(
                "insert or replace into reviews values (?, ?, ?, ?, ?, ?, ?)",
                (*row, session.seconds, len(session.remarks), approved),
            )

    def keep_calibration(self, reviewer: str, rightly: int, *, passed: bool) -> None:
        """A calibration round that came to its end."""
        with self._open() as database:
            row = (reviewer, _iso(datetime.now(UTC)), rightly, passed)
            database.execute("insert into calibrations values (?, ?, ?, ?)", row)

    def results(self, reviewer: str) -> list[Result]:
        """What became of the person's canaries, the oldest first."""
        with self._open() as database:
            rows = database.execute("select at, caught from canaries where reviewer = ? order by at", (reviewer,))
            return [Result(at, bool(was_caught)) for at, was_caught in rows]

    def calibrated(self, reviewer: str) -> str:
        """When the person last passed a calibration round; empty if never."""
        query = "select coalesce(max(at), '') from calibrations where reviewer = ? and passed"
        with self._open() as database:
            return str(database.execute(query, (reviewer,)).fetchone()[0])

    def reviews(self, reviewer: str) -> list[Review]:
        """The person's signed reviews, the oldest first."""
        query = "select at, lines, seconds, remarks, approved from reviews where reviewer = ? order by at"
        with self._open() as database:
            return [
                Review(at, lines, took, count, bool(done))
                for at, lines, took, count, done in database.execute(query, (reviewer,))
            ]

    def lines_today(self, reviewer: str, now: datetime) -> int:
        """Changed lines of the reviews that the person signed within the last 24 hours."""
        since = _iso(now - timedelta(days=1))
        return sum(review.lines for review in self.reviews(reviewer) if review.at >= since)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        """One connection for one transaction: several threads of a server use the store."""
        database = sqlite3.connect(self._file, timeout=10)
        try:
            with database:
                yield database
        finally:
            database.close()


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")
