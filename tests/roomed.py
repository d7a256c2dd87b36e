"""A review room on a repository with real keys, and a browser's side of its server without a browser."""

import http.client
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import msgspec

from office import ADA, BOB, Office
from seatrial.app.review import people
from seatrial.app.review.material import Material, Wanted, gather
from seatrial.app.review.packs import Pack
from seatrial.app.review.room import Given, Room
from seatrial.app.review.session import Session
from seatrial.app.review.store import Store
from seatrial.app.signing import Session as Where
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.guard import Keys
from seatrial.surfaces.web.serving import LOOPBACK, listen, server

PAY = """\
import requests

from shop.orders import total


def charge(order, gateway, limit):
    if order.paid:
        raise ValueError("paid already")
    amount = total(order)
    if amount > limit:
        raise ValueError("too much for this card")
    for line in order.lines:
        requests.post(gateway, json={"sku": line.sku, "amount": amount})
    return amount
"""
LONG = 10_000.0
"""Seconds past every floor."""


class Always(Random):
    """Chance that always plants, and takes the first of what there is."""

    def random(self) -> float:
        return 0.0

    def choice(self, seq: Sequence[object]) -> object:  # type: ignore[override]  # as the tests need it
        return seq[0]


def office(folder: Path) -> Office:
    """A repository that asks for sign-offs, with a new file on a branch."""
    return Office(folder).open().branch().write({"shop/pay.py": PAY})


def changes(made: Office) -> Material:
    """What a room for the branch rests on."""
    return gather(Wanted(root=made.root, changed_since="main"))


def room(made: Office, folder: Path, material: Material | None = None, *, canaries: bool = False) -> Room:
    """Ada's room for what the branch changes; with `canaries` one is planted in every session."""
    material = material or changes(made)
    found = Room(msgspec.structs.replace(material, canaries=canaries), Store(made.root, folder / "state"), ADA)
    found.chance = Always()
    return found


def desk(made: Office, found: Room) -> Desk:
    signature = people.signature(made.root, made.keys[ADA], made.root, Where("room"))
    return Desk(found, "shop", signature, lambda: changes(made))


def charged(found: Room) -> Pack:
    """The pack that holds `charge`."""
    return next(pack for pack in found.packs if any(unit.symbol.name == "charge" for unit in pack.units))


def predicted(found: Room, session: Session, line: int = 8) -> Session:
    return found.predict(
        session.id, [Given(f"answer {n} to {q.text}", f"pay.py:{line}") for n, q in enumerate(session.questions)]
    )


def passed_time(found: Room, session_id: str) -> None:
    """Lets the floor be reached: nobody waits in a test."""
    session = found.session(session_id)
    found.store.save(msgspec.structs.replace(session, seconds=LONG))


def judged(found: Room, session: Session, mark: str = "pass") -> Session:
    for criterion in session.criteria:
        owed = (BOB, "2099-12-31") if mark == "conditional" else ()
        found.judge(session.id, criterion, mark, "read and tried", *owed)
    found.rate(session.id, "high", "medium")
    passed_time(found, session.id)
    return found.session(session.id)


@dataclass
class Answer:
    status: int
    headers: Mapping[str, str]
    text: str


@dataclass
class Browser:
    """One browser: keeps its cookie, follows nothing by itself."""

    keys: Keys
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        return f"{LOOPBACK}:{self.port}"

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=20)
        sent = {"Host": self.host, "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body or None, {k: v for k, v in sent.items() if v})
        answer = connection.getresponse()
        found = Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode())
        connection.close()
        if cookie := re.match(r"([^=]+)=([^;]+)", found.headers.get("set-cookie", "")):
            self.cookies[cookie[1]] = cookie[2]
        return found

    def enter(self) -> "Browser":
        entry = self.keys.entry(self.host)
        assert self.ask("GET", entry.removeprefix(f"http://{self.host}")).status == 303
        return self

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, path: str, fields: Sequence[tuple[str, str]] = (), **headers: str) -> Answer:
        """A form of our own page."""
        return self.ask("POST", path, urlencode([("csrf", self.keys.csrf), *fields]), **headers)


@contextmanager
def served(at: Desk) -> Iterator[Browser]:
    """The room's server on loopback, and a browser that has not entered yet."""
    with listen() as sock:
        port = sock.getsockname()[1]
        keys = Keys(port)
        running = server(at, keys)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [sock]}, daemon=True)
        thread.start()
        try:
            yield Browser(keys, port)
        finally:
            running.should_exit = True
            thread.join(10)
