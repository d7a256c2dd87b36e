"""What the pip of an interpreter is set to: where it looks, whom it trusts."""

import re
import subprocess
from ast import literal_eval
from pathlib import Path

_SETTING = re.compile(r"^(global|install|:env:)\.([\w-]+)=(.*)$", re.MULTILINE)
_SECTIONS = ("global", "install", ":env:")
"""Of pip's settings, each going before those to its left."""


def pip_settings(python: Path) -> dict[str, str]:
    """The settings of an interpreter's pip by their names, by the user's files and environment."""
    command = [str(python), "-m", "pip", "config", "list"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603 -- the user's own pip
    found = _SETTING.findall(told)
    return {name: str(literal_eval(value)) for one in _SECTIONS for where, name, value in found if where == one}
