"""What lies beside the program: what its developers run by hand, and nothing of the program needs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from seatrial.program.imports import When

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seatrial.program.imports import Imports
    from seatrial.program.parts import File

FOLDERS = frozenset(
    {
        ".ci", ".github", "bench", "benches", "benchmark", "benchmarks", "build_tools", "ci", "contrib", "demo",
        "demos", "deploy", "dev", "dev-docs", "dev-scripts", "dev_scripts", "dev-tools", "devtools", "doc", "docker",
        "docs", "example", "examples", "experiments", "hack", "hacking", "misc", "notebooks", "packaging", "playground",
        "profiling", "release", "samples", "scripts", "scripts-dev", "scripts_dev", "tools", "util-scripts",
    }
)  # fmt: skip
"""Names of such folders, where they lie outside of every package."""
TESTING = frozenset({"test", "testing", "tests", "fixtures"})
"""Names of folders, inside packages too, of what helps others to test with the program."""
_ALSO = re.compile(
    r"\.\w[\w-]*|(?:dummy|fake|mock|stub)[-_]?(?:server|service)s?"
    r"|(?:contrib|benchmarks?|tools?|scripts?|dev|devtools|hack|ci|maintenance|perf(?:ormance)?|load)(?:[-_]\w+)?"
)
"""Such names with a word behind them: `tools_release`; folders that are hidden, and stand-ins for others in tests."""
_BY_HAND = frozenset({"noxfile.py", "fabfile.py", "tasks.py"})
"""Files that developers start; what they import need not be the program's."""
_SCRIPTS = re.compile(r"_?scripts?(?:[-_]\w+)?", re.IGNORECASE)
"""Names of folders of what is started by hand, inside packages too."""
_EXAMPLE = re.compile(r"examples?_\w+")
"""Names of packages within packages that show how others are written."""


def aside(files: Sequence[File], imports: Imports, testing: frozenset[str] = TESTING) -> frozenset[str]:
    """The paths of files in such folders that no other file of the program imports, directly or by way of others.

    `testing` are names of folders that help to test; none where tests are judged as code.
    """
    packages = {file.folder for file in files if file.is_package}
    beside = {file for file in files if not file.is_test and _is_beside(file.folder, packages, testing)}
    return frozenset(file.path for file in beside - _needed(beside, imports)) if beside else frozenset()


def _is_beside(folder: str, packages: set[str], testing: frozenset[str]) -> bool:
    names = folder.split("/")
    if not testing.isdisjoint(names) or any(map(_SCRIPTS.fullmatch, names)):
        return True
    outside = list(_outside(names, packages))
    if any(map(_EXAMPLE.fullmatch, names[len(outside) :])):
        return True
    return any(name.strip("_") in FOLDERS or _ALSO.fullmatch(name) for name in outside)


def _outside(names: list[str], packages: set[str]) -> Iterator[str]:
    """Those of the folders that no package holds; the outermost package itself is one of them."""
    top = ""
    for name in names:
        top = f"{top}/{name}" if top else name
        yield name
        if top in packages:
            return


def _needed(beside: set[File], imports: Imports) -> set[File]:
    """Those of these files that the rest of the program imports, directly or by way of others."""
    graph: dict[File, list[File]] = {}
    for one in imports.all:
        if one.target in beside and one.when is not When.TYPES:
            graph.setdefault(one.source, []).append(one.target)
    found: set[File] = set()
    waiting = [file for file in graph if file not in beside and not file.is_test and file.path not in _BY_HAND]
    while waiting:
        new = {target for target in graph.get(waiting.pop(), ()) if target not in found}
        found |= new
        waiting.extend(new)
    return found
