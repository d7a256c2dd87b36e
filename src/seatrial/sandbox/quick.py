"""Installs by uv what pip would be asked for, many times faster; where that fails, pip is to be asked as ever."""

import os
import re
import signal
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from seatrial.sandbox.dated import certified, uv_at
from seatrial.sandbox.heavy import left_out
from seatrial.sandbox.installing import NOT_BUILT, Put, limited, pip, tools_of_old
from seatrial.sandbox.pip_settings import pip_settings
from seatrial.sandbox.process import is_secret

_PATIENCE, _TO_BUILD = 200, 140
"""Seconds after which uv is no longer waited for, that downloads alone, or builds too."""
_LIKE_PIP = (
    "--no-progress",
    "--no-sources",  # those of a tree are for its developers
    *("--index-strategy", "unsafe-best-match"),  # the best of all indexes, not of the first that has any
    *("--link-mode", "copy"),  # what a program does to its libraries must not reach those that uv keeps
    "--compile-bytecode",  # nothing that is started writes it
)
_SAID = {
    "index-url": "--default-index",
    "extra-index-url": "--index",
    "find-links": "--find-links",
    "trusted-host": "--allow-insecure-host",
    "constraint": "--constraint",
}
"""Settings of pip, and what uv calls them; each may hold several values."""
_NO_INDEX = "no-index"
_NO_BUILD = "--no-build"
_NO_MATTER = (
    "break-system-packages",
    "cache-dir",
    "cert",
    "config-file",
    "default-timeout",
    "disable-pip-version-check",
    "log",
    "no-cache-dir",
    "no-color",
    "no-input",
    "no-warn-script-location",
    "prefer-binary",
    "progress-bar",
    "quiet",
    "require-virtualenv",
    "retries",
    "root-user-action",
    "timeout",
    "verbose",
)
"""Settings of pip that do not say what is installed, or from where."""


UNASKED = "uv cannot be asked, or finds no end"
LATE = "it did not end in time"
_PLAIN = re.compile(
    r"was not found in the package registry|there (?:is|are) no versions? of|Git operation failed|[Bb]ecause only "
)
"""What uv says of something that pip would not have either."""
_SPENT = {-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU, 128 + signal.SIGKILL}
"""How a search for versions ends that takes too much of the processor."""
_EARLY = re.compile(r"pre-?release", re.IGNORECASE)
"""What pip takes where there is nothing else, and uv does not."""


def swift(aside: Path) -> Put:
    """A way to install: by uv, and by pip what uv cannot have, unless that tells what nobody can have.

    What cannot be built is built with tools of old, which pip would do no better.
    """

    def put(python: Path, arguments: Sequence[str]) -> str:
        told = _told(python, arguments, aside)
        if told and NOT_BUILT.search(told):
            told = _told(python, ["--build-constraints", str(tools_of_old(python)), *arguments], aside)
        return pip(python, arguments) if told is None or (told and not is_sure(told)) else told

    return put


def hasty(aside: Path) -> Put:
    """A way to install by uv alone what is built already; it fails where uv cannot be asked.

    What would have to be built is mostly older than the Python that is used, and takes its time to fail.
    """

    def put(python: Path, arguments: Sequence[str]) -> str:
        told = _told(python, [_NO_BUILD, *arguments], aside)
        return UNASKED if told is None else told

    return put


def is_sure(output: str) -> bool:
    """Whether uv says that something cannot be had which pip would not have either, or took its time as pip would."""
    is_plain = output == LATE or NOT_BUILT.search(output) or _PLAIN.search(output)
    return bool(is_plain) and _EARLY.search(output) is None


def quickly(python: Path, arguments: Sequence[str], aside: Path) -> bool:
    """Whether uv installed what pip would be asked for by these arguments, from where pip is set to look.

    False where it failed, does not end, cannot be had, or does not know what pip is set to. The interpreter is that of
    an environment of ours. Unlike pip it takes a newer version that must be built before an older one that is built
    already. uv is that of the user, else one that is kept below `aside`.
    """
    return _told(python, arguments, aside) == ""


def _told(python: Path, arguments: Sequence[str], aside: Path) -> str | None:
    """What uv printed when it failed; empty if it did not, and None if it was not asked, or found no end."""
    settings = pip_settings(python)
    if not settings.keys() <= {*_SAID, _NO_INDEX, *_NO_MATTER} or not (uv := uv_at(aside)):
        return None
    options = ("--directory", str(aside), "--python", str(python), *_LIKE_PIP, *_options(settings), *left_out(aside))
    seconds = _PATIENCE if _NO_BUILD in arguments else _TO_BUILD
    done = limited([uv, "pip", "install", *options, *arguments], _environment(), seconds)
    if done is None:
        return LATE
    if done.returncode in _SPENT:
        return None
    return f"{done.stdout}\n{done.stderr}".strip() or "it failed, and did not say why" if done.returncode else ""


def _options(settings: Mapping[str, str]) -> Iterator[str]:
    """The settings as uv has them."""
    if settings.get(_NO_INDEX, "").lower() in {"y", "yes", "t", "true", "on", "1"}:
        yield "--no-index"
    for name in _SAID.keys() & settings.keys():
        for value in settings[name].split():
            yield from (_SAID[name], value)


def _environment() -> dict[str, str]:
    """What uv, and what it builds, may see of ours: no secrets but those that are meant for uv."""
    kept = certified(os.environ).items()
    return {name: value for name, value in kept if name.startswith("UV_") or not is_secret(name)}
