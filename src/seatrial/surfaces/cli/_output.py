"""Brings reports to where the user wants them: the terminal, a pipe, files."""

import os
import shutil
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from seatrial.app import render
from seatrial.errors import ConfigError
from seatrial.model.text import printable
from seatrial.model.verdict import Report

STANDARD_OUTPUT = "-"


def destinations(formats: Sequence[str], files: Sequence[str]) -> list[tuple[str, str]]:
    """Which format goes where, as pairs of format and file (`-`: standard output).

    As many formats as files are paired in order. Else each file has the format of its suffix and the formats that were
    asked for go to standard output; `text` if none was. Raises `ConfigError` for a suffix that tells nothing.
    """
    if formats and len(formats) == len(files):
        return list(zip(formats, files, strict=True))
    to_files = [(_format_of(file), file) for file in files]
    return [(name, STANDARD_OUTPUT) for name in formats or ["text"]] + to_files


def deliver(report: Report, wanted: Iterable[tuple[str, str]]) -> None:
    """Writes the report everywhere it is wanted, files first. Raises `ConfigError` if one cannot be written."""
    for name, file in sorted(wanted, key=lambda pair: pair[1] == STANDARD_OUTPUT):
        if file != STANDARD_OUTPUT:
            write(Path(file), render.render(report, name))
            continue
        width, color = terminal()
        emit(render.render(report, name, width, color=color))


def terminal() -> tuple[int, bool]:
    """The width of standard output in columns (0 if it is no terminal), and whether it wants colours (no-color.org)."""
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if is_terminal else 0
    return width, is_terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def emit(text: str) -> None:
    """Writes to standard output; if its reader has gone (`| head`, `>&-`), the rest is nobody's.

    Raises `ConfigError` if it cannot be written for another reason, such as a full disk.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_output()
    except OSError as error:
        _forget_output()
        raise ConfigError(f"standard output cannot be written: {error.strerror}") from error


def _forget_output() -> None:
    """Sends what is still in the buffer nowhere: Python would fail on it once more at the end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _format_of(file: str) -> str:
    known = render.suffixes()
    suffix = next((suffix for suffix in sorted(known, key=len, reverse=True) if file.endswith(suffix)), "")
    if not suffix:
        endings = ", ".join(sorted(known))
        raise ConfigError(f"{printable(file)}: its name does not tell the format (there are {endings}); add --format")
    return known[suffix]


def write(file: Path, text: str) -> None:
    """Writes a report's file, with its folders. Raises `ConfigError` if it cannot be written."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise ConfigError(f"{printable(str(file))} cannot be written: {error.strerror}") from error
