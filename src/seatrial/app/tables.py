"""Keeps the data files of `libraries` as they were parsed, from one audit to the next."""

from hashlib import sha256

from seatrial import registry
from seatrial.facts import Store
from seatrial.libraries import TABLES


def recall(store: Store) -> None:
    """Takes the files as an earlier audit of the same build left them."""
    data = store.get([_key()]).get(_key())
    if data is not None:
        TABLES.recall(data)


def keep(store: Store) -> None:
    """Keeps what was parsed since."""
    if TABLES.is_fresh:
        store.put({_key(): TABLES.encoded()})


def _key() -> bytes:
    return sha256(f"tables\0{registry.build()}".encode()).digest()
