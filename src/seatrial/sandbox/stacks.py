"""The line of the program at which its workers stand, for a request that is never answered."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_SIGNAL = 10
"""As `inside.stacks` has it."""
_THREAD = re.compile(r"^(?:Current thread|Thread) .*\n", re.MULTILINE)
_FRAME = re.compile(r'^  File "(?P<path>[^"]+)", line (?P<line>\d+) in (?P<function>.+)$', re.MULTILINE)
_INSTALLED = ("site-packages", f"{os.sep}sandbox{os.sep}inside{os.sep}")
"""What serves a program; a thread of the program's own begins in neither."""
_WITHIN, _POLL = 1.0, 0.02


def stands(pids: Sequence[int], out: Path) -> str:
    """`path:line function` of the program where a worker is at work for a request; empty if none is, or none tells."""
    return next((line for pid in pids for line in _told(pid, out / f"{pid}.stacks")), "")


def _told(pid: int, file: Path) -> Iterator[str]:
    if not file.exists() or not hasattr(signal, "SIGRTMIN"):
        return
    before = file.stat().st_size
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, signal.SIGRTMIN + _SIGNAL)
    until, size = time.monotonic() + _WITHIN, before
    while time.monotonic() < until and (size == before or size != file.stat().st_size):
        size = file.stat().st_size
        time.sleep(_POLL)
    text = file.read_text(errors="replace")
    root = text.partition("\n")[0]
    for thread in _THREAD.split(text[before:])[1:]:
        yield from _line(thread, root)


def _line(thread: str, root: str) -> Iterator[str]:
    """The innermost line of the program in a thread that something installed, or what serves, leads to."""
    frames = list(_FRAME.finditer(thread))
    own = [at for at, one in enumerate(frames) if one["path"].startswith(root) and _INSTALLED[0] not in one["path"]]
    if own and any(part in one["path"] for one in frames[own[0] :] for part in _INSTALLED):
        found = frames[own[0]]
        yield f"{found['path'].removeprefix(root)}:{found['line']} {found['function']}"
