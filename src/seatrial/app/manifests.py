"""Which files that are no code rules read: declared dependencies, settings, deployment, templates, allowlists."""

import re

from seatrial.model.source import template_name

_NAMES = frozenset(
    {
        "pyproject.toml",
        "seatrial.toml",
        "setup.cfg",
        "setup.py",
        "tox.ini",
        "Pipfile",
        "Pipfile.lock",
        "poetry.lock",
        "pdm.lock",
        "uv.lock",
        "pylock.toml",
        "environment.yml",
        "environment.yaml",
        ".gitleaks.toml",
        ".secrets.baseline",
    }
)
_REQUIREMENTS = re.compile(r"(?:.*[-_.])?(?:requirements|constraints)(?:[-_.].*)?\.(?:txt|in)\Z", re.IGNORECASE)


_DEPLOYED = re.compile(
    r"(?:.*\.)?(?:Dockerfile|Containerfile|Procfile)(?:\..*)?|(?:docker-)?compose.*\.ya?ml|.*\.sh|alembic\.ini"
)
"""Files that say how the program is installed and started."""


def is_manifest(path: str) -> bool:
    """Whether rules get the text of this file. Text is all that is taken of a `setup.py`: it is never run."""
    folder, _, name = path.rpartition("/")
    if name in _NAMES or _REQUIREMENTS.match(name) or _DEPLOYED.fullmatch(name) or template_name(path):
        return True
    return name.endswith((".txt", ".in")) and not {"requirements", "constraints"}.isdisjoint(folder.split("/"))
