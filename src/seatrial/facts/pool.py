"""Extracts in several processes.

Not `multiprocessing`: its children start with the current folder on their import path, which is where a hostile
repository puts a module of its own; and one that dies takes the whole pool along. Here each child runs isolated
(`python -I`) on the parent's import path, and a text that kills it costs that text alone.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue

import msgspec

from seatrial.facts.worker import read_frame, write_frame

_START = "import sys; sys.path[:] = sys.argv[1:]; from seatrial.facts.worker import main; main()"

Question = tuple[str, str, str]
"""Module and name of a `Frontend`, and a text."""


def extract_in_parallel(questions: Sequence[Question], processes: int) -> Iterator[bytes | str]:
    """The facts as bytes for each question, in order; or in words why there are none."""
    pool = _Pool(processes)
    threads = ThreadPoolExecutor(processes)
    try:
        yield from threads.map(pool.ask, questions)
    finally:
        threads.shutdown(cancel_futures=True)
        pool.stop()


class _Pool:
    """Processes that wait for questions."""

    def __init__(self, processes: int) -> None:
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        for _ in range(processes):
            self._idle.put(_start())

    def ask(self, question: Question) -> bytes | str:
        """Puts the question to an idle process; one that dies of it is replaced."""
        process = self._idle.get()
        if data := _ask(process, question):
            self._idle.put(process)
            answer = msgspec.msgpack.decode(data)
            assert isinstance(answer, bytes | str)
            return answer
        status = _stop(process)
        self._idle.put(_start())
        return f"the process that extracted it died (status {status}); please report this"

    def stop(self) -> None:
        """Ends all processes."""
        while not self._idle.empty():
            _stop(self._idle.get())


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-I", "-c", _START, *filter(None, sys.path)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)  # noqa: S603 - our own interpreter


def _ask(process: subprocess.Popen[bytes], question: Question) -> bytes:
    assert process.stdin
    assert process.stdout
    try:
        write_frame(process.stdin, msgspec.msgpack.encode(question))
    except BrokenPipeError:
        return b""
    return read_frame(process.stdout)


def _stop(process: subprocess.Popen[bytes]) -> int:
    """Ends a process that waits, or has died already; gives its exit status."""
    process.communicate()  # closes its input, upon which it ends
    return process.returncode
