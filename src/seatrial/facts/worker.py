"""The process that extracts facts for another: one text in, one answer out, until its input ends.

A frame is the length of what follows (four bytes, big-endian) and a MessagePack value. In: module and name of a front
end's `Frontend`, text. Out: the facts as bytes, or in words why there are none.
"""

import gc
import sys
from importlib import import_module
from typing import IO

import msgspec

from seatrial.facts.attempt import attempt

HEAD = 4
"""Bytes of a frame's length."""


def main() -> None:
    """Answers on standard output what comes on standard input."""
    gc.disable()  # `attempt` frees what each text leaves behind
    receive, send = sys.stdin.buffer, sys.stdout.buffer
    while question := read_frame(receive):
        module, name, text = msgspec.msgpack.decode(question, type=tuple[str, str, str])
        found = attempt(getattr(import_module(module), name), text)
        write_frame(send, msgspec.msgpack.encode(found if isinstance(found, str) else found[1]))


def read_frame(stream: IO[bytes]) -> bytes:
    """The next frame's content; empty when the other side is gone."""
    head = stream.read(HEAD)
    size = int.from_bytes(head, "big")
    data = stream.read(size) if len(head) == HEAD else b""
    return data if len(data) == size else b""


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Sends a frame at once."""
    stream.write(len(data).to_bytes(HEAD, "big") + data)
    stream.flush()
