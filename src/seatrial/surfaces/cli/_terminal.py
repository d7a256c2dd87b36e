"""Where a review in a terminal is read and typed."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import click

from seatrial.model.text import printable


def _read(prompt: str) -> str:
    return str(click.prompt(prompt, default="", show_default=False, prompt_suffix=" "))


@dataclass
class Terminal:
    """Where a review is read and typed."""

    read: Callable[[str], str] = _read
    write: Callable[[str], None] = click.echo
    clock: Callable[[], float] = field(default=time.monotonic)

    def say(self, lines: Iterable[str]) -> None:
        """Writes lines, made fit to show."""
        for line in lines:
            self.write(printable(line))

    def code(self, number: int, line: str, mark: str = " ") -> None:
        """Writes a line of code with its number; what is no blank at its beginning is made fit to show."""
        plain = line.expandtabs(4)
        indent = len(plain) - len(plain.lstrip())
        self.write(f"{mark}{number:5}  {' ' * indent}{printable(plain.lstrip())}")
