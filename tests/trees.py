"""Small trees of files and repositories on disk, for tests of the edge."""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from seatrial.app.workspace import Selection

PYTHON = Selection({".py": "python"})


def write(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """Writes the files, with folders as needed, and gives back the root."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def git(root: Path, *arguments: str) -> str:
    """Runs git in the folder as nobody in particular, whatever the machine's configuration says."""
    who = {f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        **who,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=root, env=environment, check=True, capture_output=True, text=True).stdout


def repository(root: Path, files: Mapping[str, str | bytes]) -> Path:
    """A repository with one commit that holds the files."""
    write(root, files)
    git(root, "init", "-q")
    return commit(root)


def commit(root: Path) -> Path:
    """Commits everything."""
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "Change")
    return root
