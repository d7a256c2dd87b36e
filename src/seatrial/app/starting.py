"""How a program is started: by the settings, and what the user says beyond them."""

from pathlib import Path

from seatrial.app import cache
from seatrial.app.settings import AppSettings
from seatrial.sandbox import Launch


def launch(root: Path, settings: AppSettings, target: str, python: str) -> Launch:
    """What the sandbox is told. What is empty is looked for."""
    return Launch(
        root=root,
        aside=cache.folder() / "environments",
        target=target or settings.target,
        python=python or settings.python,
        env=settings.env,
        setup=settings.setup,
    )
