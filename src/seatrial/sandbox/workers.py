"""The processes that serve the program: ended with the trial, and started again when a trial kills them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from seatrial.sandbox.process import Child


class Workers:
    """Made by `serving`."""

    def __init__(self, start: Callable[[], Child], count: int) -> None:
        self._start = start
        self._children = [start() for _ in range(count)]

    @property
    def pids(self) -> Sequence[int]:
        """The processes that run."""
        return [child.pid for child in self._children if not child.ended]

    @property
    def alive(self) -> bool:
        """Whether every worker runs."""
        return not any(child.ended for child in self._children)

    def last_lines(self, count: int = 12) -> str:
        """What they printed last."""
        return "\n".join(dict.fromkeys(child.last_lines(count) for child in self._children))

    def free(self) -> None:
        """Has each give back what nothing in it refers to any more."""
        for child in self._children:
            child.free()

    def kill(self, pid: int) -> None:
        """Ends one at once, as a power cut would."""
        for child in self._children:
            if child.pid == pid:
                child.kill()

    def revive(self) -> None:
        """Starts another for each that ended."""
        self._children = [self._start() if child.ended else child for child in self._children]

    def restart(self) -> None:
        """Ends all at once and starts as many others."""
        for child in self._children:
            child.kill()
        self.revive()

    def end(self) -> None:
        """Ends all: asked first, then killed, with whatever they started."""
        for child in self._children:
            child.end()


@contextmanager
def serving(start: Callable[[], Child], count: int) -> Iterator[Workers]:
    """So many workers, each made by `start`; they are asked to end afterwards."""
    workers = Workers(start, count)
    try:
        yield workers
    finally:
        workers.end()
