"""A front end that fails when a text asks for it, in a module of its own so that other processes find it."""

import os

from seatrial.frontends.contract import Frontend
from seatrial.model.facts import FileFacts


def words(text: str) -> FileFacts:
    """Facts that tell the text, or the failure that it asks for."""
    if text.startswith("raise"):
        raise RecursionError(text)
    if text.startswith("die"):
        os._exit(7)
    return FileFacts("words", text.count("\n"), (), (), (), (), (text[:100],), generated=False, damage=())


WORDS = Frontend("words", (".txt",), "1", "none", words)
