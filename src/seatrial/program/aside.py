"""Which files lie beside the program: what its developers run by hand, and nothing of the program needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seatrial.program.imports import When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seatrial.program.imports import Imports
    from seatrial.program.parts import File

FOLDERS = frozenset(
    {
        ".ci", ".github", "bench", "benches", "benchmark", "benchmarks", "build_tools", "ci", "contrib", "demo",
        "demos", "deploy", "dev", "dev-docs", "dev-scripts", "dev_scripts", "dev-tools", "devtools", "doc", "docker",
        "docs", "example", "examples", "experiments", "hack", "hacking", "notebooks", "packaging", "playground",
        "profiling", "release", "samples", "scripts", "scripts-dev", "scripts_dev", "tools", "util-scripts",
    }
)  # fmt: skip
"""Names of such folders, where they lie outside of every package."""
TESTING = frozenset({"test", "testing", "tests", "fixtures"})
"""Names of folders, inside packages too, of what helps others to test with the program."""


def aside(files: Sequence[File], imports: Imports, testing: frozenset[str] = TESTING) -> frozenset[File]:
    """The files in such folders that no other file of the program imports, directly or by way of others.

    `testing` are names of folders that help to test; none where tests are judged as code.
    """
    packages = {file.folder for file in files if file.is_package}
    beside = {
        file
        for file in files
        if not file.is_test and (_is_beside(file.folder, packages) or not testing.isdisjoint(file.folder.split("/")))
    }
    if not beside:
        return frozenset()
    graph: dict[File, list[File]] = {}
    for one in imports.all:
        if one.target in beside and one.when is not When.TYPES:
            graph.setdefault(one.source, []).append(one.target)
    waiting = [file for file in graph if file not in beside and not file.is_test]
    while waiting:
        for target in graph.get(waiting.pop(), ()):
            if target in beside:
                beside.remove(target)
                waiting.append(target)
    return frozenset(beside)


def _is_beside(folder: str, packages: set[str]) -> bool:
    top = ""
    for name in folder.split("/"):
        top = f"{top}/{name}" if top else name
        if name in FOLDERS:
            return True
        if top in packages:
            return False
    return False
