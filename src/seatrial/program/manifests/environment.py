"""What an installed distribution says of itself, from the texts in its `.dist-info` folder; nothing is imported.

Format: https://packaging.python.org/en/latest/specifications/recording-installed-packages/
"""

from collections.abc import Iterator

from seatrial.libraries.distributions import distributions
from seatrial.model.source import Installed


def installed(metadata: str, top_level: str = "", record: str = "") -> Installed:
    """A distribution, from the texts of `METADATA`, `top_level.txt` and `RECORD` (the last two may be empty).

    Without `top_level.txt`, the importable names are those of the files that `RECORD` lists.
    """
    head = metadata.split("\n\n", maxsplit=1)[0]
    fields = dict(reversed([line.split(": ", 1) for line in head.splitlines() if ": " in line]))
    names = set(top_level.split()) or set(_recorded(record))
    return Installed(fields.get("Name", "").strip(), fields.get("Version", "").strip(), tuple(sorted(names)))


def _recorded(record: str) -> Iterator[str]:
    """The modules and packages in a `RECORD`; below namespaces that many distributions share, what lies in them."""
    for line in record.splitlines():
        path = line.strip('"').split(",", maxsplit=1)[0]
        *folders, file = path.split("/")
        stem = file.split(".", maxsplit=1)[0]
        if not file.endswith((".py", ".so", ".pyd")) or any(not one.isidentifier() for one in (*folders, stem)):
            continue
        names = folders if stem == "__init__" else [*folders, stem]
        if names:
            yield ".".join(names[: _depth(names)])


def _depth(names: list[str]) -> int:
    """How many names it takes to leave the shared namespaces; 1 outside of them."""
    shared = distributions().namespaces
    return next((end for end in range(1, len(names)) if ".".join(names[:end]) not in shared), len(names))
