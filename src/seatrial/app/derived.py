"""Keeps derived facts (see `program.derived`) beside the facts that they follow from."""

import sys
from collections.abc import Iterable
from hashlib import sha256

from seatrial import registry
from seatrial.facts import Store
from seatrial.model.source import SourceFile
from seatrial.program.kept import Kept


def recall(files: Iterable[SourceFile], store: Store) -> Kept:
    """What is known of the files' contents."""
    keys = {_key(content): content for content in {file.content: None for file in files}}
    return Kept({keys[key]: data for key, data in store.get(list(keys)).items()})


def keep(kept: Kept, store: Store) -> None:
    """Keeps what was worked out since."""
    store.put({_key(content): data for content, data in kept.fresh().items()})


def _key(content: str) -> bytes:
    """Answers hold for the code that gave them, and hashes of numbers for machines with words of one size."""
    return sha256("\0".join(("derived", registry.build(), str(sys.hash_info.width), content)).encode()).digest()
