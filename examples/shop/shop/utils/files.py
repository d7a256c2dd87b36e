"""File helpers shared by exports and invoices."""

from pathlib import Path

from shop.core.errors import NotFound


def read_bytes(path: Path) -> bytes:
    """Read a whole file, or raise NotFound."""
    if not path.is_file():
        raise NotFound(f"No such file: {path.name}")
    return path.read_bytes()


def safe_child(folder: Path, name: str) -> Path:
    """Return the path of a file that is certain to lie inside the folder."""
    root = folder.resolve()
    candidate = (root / name).resolve()
    if not candidate.is_relative_to(root):
        raise NotFound("No such file")
    return candidate
