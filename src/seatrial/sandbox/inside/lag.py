"""How late the event loop comes: a task that sleeps sees how much later it wakes, and keeps the worst in a file."""

import asyncio
import mmap
import os
import struct
import time

from . import recording

_PERIOD = 0.05
_FORM = struct.Struct("d")
_begun = []


def begin():
    """Begins once in each process, in its event loop. Twenty times a second: nothing beside a request."""
    if not _begun:
        _begun.append(asyncio.ensure_future(_watch(recording.file("{}.lag".format(os.getpid())))))


async def _watch(path):
    with open(path, "w+b") as file:  # noqa: ASYNC230 -- once, before any request
        file.write(_FORM.pack(0.0))
        file.flush()
        with mmap.mmap(file.fileno(), _FORM.size) as worst:
            while True:
                slept = time.perf_counter()
                await asyncio.sleep(_PERIOD)
                late = time.perf_counter() - slept - _PERIOD
                if late > _FORM.unpack(worst[:])[0]:
                    worst[:] = _FORM.pack(late)
