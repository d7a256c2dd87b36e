"""What a change of this repository changes in findings: audit public projects with two of its commits, and compare.

    python benchmarks/blast_radius/run.py BASE HEAD --trees DIR... [--confidence 0] [--output OUT.md]

BASE and HEAD are commits; `.` is the working tree. `projects.toml` names the projects and their commits; DIR are local
folders of them. Prints, per rule, each finding that HEAD adds or removes with its code. Read every added one.
"""

import argparse
import collections
import datetime as dt
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "accuracy"))

from audits import Tool, audit  # noqa: E402 - the benchmarks are scripts in folders of their own
from case_pages import Result  # noqa: E402 - as above
from quiet import Quiet, measured, told  # noqa: E402 - as above

ENTRY = "import sys; from seatrial.surfaces.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Radius:
    """What changed on one tree."""

    tree: Path
    added: tuple[Result, ...]
    removed: tuple[Result, ...]
    trouble: str = ""


def tool_at(revision: str, repository: Path, scratch: Path, confidence: float | None) -> Tool:
    """The audit as `revision` has it. Raises CalledProcessError when git knows no such commit."""
    if revision == ".":
        source, name = repository / "src", "the working tree"
    else:
        name = _git(repository, "rev-parse", "--short", "--verify", f"{revision}^{{commit}}")
        source = scratch / name / "src"
        _git(repository, "archive", f"--output={scratch / name}.zip", name, "src")
        shutil.unpack_archive(scratch / f"{name}.zip", scratch / name)
    # -P: nothing of the audited tree, where the command runs, may be imported
    command = ("env", f"PYTHONPATH={source}", sys.executable, "-P", "-c", ENTRY, "audit", ".", "--no-cache")
    least = () if confidence is None else ("--confidence", str(confidence))
    return Tool("seatrial", (*command, "--format", "sarif", "--output", "{out}", *least), name)


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def radius(base: Tool, head: Tool, tree: Path, scratch: Path) -> Radius:
    """Audit `tree` with both; when one of them fails there is nothing to compare."""
    before, after = (_audited(tool, tree, scratch) for tool in (base, head))
    if trouble := before.trouble or after.trouble:
        return Radius(tree, (), (), trouble)
    return Radius(tree, _only_in(after, before), _only_in(before, after))


def _audited(tool: Tool, tree: Path, scratch: Path) -> Quiet:
    return measured(audit(tool, tree.parent, tree.name, scratch / tool.version), tree.parent, 0)


def _only_in(these: Quiet, others: Quiet) -> tuple[Result, ...]:
    """Findings that the others lack. The tree is the same, so rule and place tell; words and confidence may change."""
    left = collections.Counter(map(_place, others.results))
    found = []
    for result in these.results:
        if left[_place(result)]:
            left[_place(result)] -= 1
        else:
            found.append(result)
    return tuple(found)


def _place(result: Result) -> tuple[str, str, int]:
    return result.rule, result.path, result.line


def markdown(head: str, radii: list[Radius]) -> str:
    """The whole comparison: a table, then every finding by rule."""
    added = collections.Counter(result.rule for one in radii for result in one.added)
    removed = collections.Counter(result.rule for one in radii for result in one.removed)
    rules = sorted({*added, *removed})
    lines = [head, ""]
    lines += [f"**Gap: {one.tree.name}: {one.trouble}**\n" for one in radii if one.trouble]
    if not rules:
        return "\n".join([*lines, "No finding was added or removed.", ""])
    lines += ["| rule | added | removed |", "| --- | ---: | ---: |"]
    lines += [f"| {rule} | {added[rule]} | {removed[rule]} |" for rule in rules]
    lines.append(f"| all | {added.total()} | {removed.total()} |\n")
    return "\n".join([*lines, *(part for rule in rules for part in _of_rule(rule, radii))])


def _of_rule(rule: str, radii: list[Radius]) -> Iterator[str]:
    yield f"## {rule}\n"
    for title, side in (("Added", "added"), ("Removed", "removed")):
        findings = [
            told(one.tree.parent, result) for one in radii for result in getattr(one, side) if result.rule == rule
        ]
        if findings:
            yield f"{title}:\n\n~~~\n" + "\n".join(findings) + "~~~\n"


def heading(base: Tool, head: Tool, trees: list[Path], given: argparse.Namespace) -> str:
    """What was compared, when, and whether each tree is at its pinned commit."""
    pins = tomllib.loads((HERE / "projects.toml").read_text())
    sure = "the default threshold" if given.confidence is None else f"confidence {given.confidence}"
    lines = [f"# Blast radius of {head.version} over {base.version}", ""]
    lines += [f"{dt.datetime.now(dt.UTC).date().isoformat()}, {sure}.", ""]
    return "\n".join([*lines, *(f"- {tree.name}: {_pinned(tree, pins)}" for tree in trees)])


def _pinned(tree: Path, pins: dict[str, dict[str, str]]) -> str:
    if tree.name not in pins:
        return "not in projects.toml"
    pin = pins[tree.name]["commit"]
    if not (tree / ".git").exists():
        return f"taken to be {pin} (no git folder to tell)"
    commit = _git(tree, "rev-parse", "HEAD")
    return f"at {pin}" if commit.startswith(pin) else f"**at {commit}, not at {pin}**"


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", metavar="BASE")
    parser.add_argument("head", metavar="HEAD")
    parser.add_argument("--trees", type=Path, nargs="+", required=True, metavar="DIR")
    parser.add_argument("--confidence", type=float, help="show findings from here on (default: the audit's own)")
    parser.add_argument("--repository", type=Path, default=HERE.parents[1], help="where BASE and HEAD are commits")
    parser.add_argument("--output", type=Path, help="write the Markdown here too")
    given = parser.parse_args()
    if lost := [str(tree) for tree in given.trees if not tree.is_dir()]:
        parser.error(f"no such folder: {', '.join(lost)}")
    return given


def main() -> None:
    """Audit, compare, print. Exits with 0 whatever changed: people judge."""
    given = arguments()
    trees = [tree.resolve() for tree in given.trees]
    with tempfile.TemporaryDirectory() as folder:
        scratch = Path(folder)
        base, head = (
            tool_at(name, given.repository.resolve(), scratch, given.confidence) for name in (given.base, given.head)
        )
        radii = [radius(base, head, tree, scratch) for tree in trees]
    text = markdown(heading(base, head, trees, given), radii)
    if given.output:
        given.output.write_text(text)
    print(text)


if __name__ == "__main__":
    main()
