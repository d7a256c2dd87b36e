"""Reads `CODEOWNERS`, as the forges have it."""

from pathlib import Path

_FILES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
_LARGEST = 1_000_000


def rules(root: Path) -> list[list[str]]:
    """The lines of the first `CODEOWNERS`: a pattern and whom it names; sections of GitLab's are passed over."""
    found = next((root / name for name in _FILES if (root / name).is_file() and not (root / name).is_symlink()), None)
    if found is None or found.stat().st_size > _LARGEST:
        return []
    lines = (line.partition("#")[0].split() for line in found.read_text("utf-8", "replace").splitlines())
    return [words for words in lines if words and not words[0].startswith(("[", "^["))]
