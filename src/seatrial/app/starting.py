"""How a program is started: by the settings, and what the user says beyond them."""

from pathlib import Path
from shlex import quote

import msgspec

from seatrial.app import cache
from seatrial.app.settings import AppSettings
from seatrial.sandbox import Launch


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What the user says of how to start the program; what is empty is looked for."""

    target: str = ""
    """`module:name` of the application, or a Django settings module."""
    python: str = ""
    """The interpreter that has what the program needs."""


def launch(root: Path, settings: AppSettings, start: Start) -> Launch:
    """What the sandbox is told. What is empty is looked for."""
    return Launch(
        root=root,
        aside=cache.folder() / "environments",
        target=start.target or settings.target,
        python=start.python or settings.python,
        env=settings.env,
        setup=settings.setup,
    )


def again(root: Path, start: Start) -> str:
    """The command that shows one piece of evidence again, with `{fingerprint}` in it."""
    words = ["seatrial", "repeat", "{fingerprint}", quote(str(root)).replace("{", "{{").replace("}", "}}")]
    words += [f"--{name} {quote(value)}" for name, value in msgspec.structs.asdict(start).items() if value]
    return " ".join(words)
