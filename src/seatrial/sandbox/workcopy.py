"""A copy of the tree to run in, so that the program can spoil nothing of the user's."""

import os
import shutil
from pathlib import Path

_LEFT = frozenset(
    {
        ".git",
        ".hg",
        ".venv",
        "venv",
        "node_modules",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".tox",
    }
)


def copy(root: Path, to: Path) -> Path:
    """Copies the tree at `root` to the new folder `to`, without environments, histories, and links that lead out."""
    top = root.resolve()

    def left_out(folder: str, names: list[str]) -> set[str]:
        return {name for name in names if name in _LEFT or _leads_out(Path(folder, name), top)}

    shutil.copytree(top, to, symlinks=True, ignore=left_out)
    return to


def _leads_out(path: Path, top: Path) -> bool:
    return path.is_symlink() and not Path(os.path.realpath(path)).is_relative_to(top)
