"""Measure seatrial and its peers on the same tree, in one run: CPU seconds, peak memory, lines per CPU second.

    python benchmarks/speed/run.py --tree DIR [--peers VENV...] [--curve 50000,100000 --more DIR...]

The tree's Python files that are not tests are copied to a scratch folder first: every tool reads the same lines.
seatrial is run cold (no cache), a second time unchanged, and with one file edited. Figures are medians of three runs;
semgrep and skylos get one. A tool that is not installed, fails or is cut off is a Gap line, not a silence.
"""

import argparse
import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from assemble import edit_one, fresh, of_size, without_tests
from cost import CUT, Command, Cost, measure, median
from tools import PEERS, SEATRIAL, Tool, command, program_of

sys.path.append(str(Path(__file__).resolve().parents[1] / "accuracy"))
import pages

HEAD = ["run", "what", "lines", "CPU s", "wall s", "peak MB", "lines per CPU s"]


@dataclass(frozen=True)
class Line:
    """A line of the result."""

    run: str
    what: str
    lines: int
    cost: Cost

    def cells(self) -> list[str]:
        """The line as it stands in the table."""
        start = [self.run, self.what, f"{self.lines:,}"]
        if self.cost.trouble and self.cost.trouble != CUT:
            return [*start, "**Gap**", self.cost.trouble, "-", "-"]
        memory = f"{self.cost.megabytes:.0f}"
        if self.cost.trouble:
            return [*start, f"> {self.cost.cpu:.0f}", f"{self.cost.wall:.0f} ({CUT})", memory, "-"]
        return [*start, f"{self.cost.cpu:.2f}", f"{self.cost.wall:.1f}", memory, f"{self.lines / self.cost.cpu:,.0f}"]


@dataclass(frozen=True)
class Bench:
    """Where things lie, and how long a run may take."""

    scratch: Path
    environments: list[Path]
    limit: float
    lines: int

    def seatrial(self, tree: Path, runs: int) -> list[Line]:
        """Cold, unchanged and edited runs of seatrial on a tree, the last two warm from the one before."""
        program = program_of(SEATRIAL, self.environments)
        if program is None:
            return [Line("seatrial", SEATRIAL.what, self.lines, Cost(0, 0, 0, "not installed"))]
        out = self.scratch / "out" / "seatrial"
        cold = median(runs, lambda: command(SEATRIAL, program, tree, fresh(out)), self.limit)
        again = median(runs, lambda: command(SEATRIAL, program, tree, out), self.limit)
        edited = median(runs, lambda: self._edited(program, tree, out), self.limit)
        named = (("cold", cold), ("again, nothing changed", again), ("again, one file edited", edited))
        return [Line("**seatrial**", f"all rules, {how}", self.lines, cost) for how, cost in named]

    @staticmethod
    def _edited(program: Path, tree: Path, out: Path) -> Command:
        edit_one(tree)
        return command(SEATRIAL, program, tree, out)

    def peer(self, tool: Tool, tree: Path) -> Line:
        """One peer on a tree, cold."""
        program = program_of(tool, self.environments)
        if program is None:
            return Line(tool.name, tool.what, self.lines, Cost(0, 0, 0, "not installed"))
        out = self.scratch / "out" / tool.name
        cost = median(tool.runs, lambda: command(tool, program, tree, fresh(out)), self.limit)
        return Line(f"{tool.name} {_version(program)}", tool.what + _runs(tool), self.lines, cost)

    def curve(self, trees: list[Path], sizes: list[int]) -> list[Line]:
        """Cold runs of seatrial, one for each size that the trees can fill."""
        program = program_of(SEATRIAL, self.environments)
        if program is None:
            return []
        lines = []
        for size in sizes:
            part = fresh(self.scratch / "curve")
            made = of_size(trees, size, part)
            out = fresh(self.scratch / "out" / "curve")
            cost = measure(command(SEATRIAL, program, part, out), self.limit)
            lines.append(Line("**seatrial**", "all rules, cold, several trees", made, cost))
            print(_row(lines[-1].cells()), file=sys.stderr)
        return lines


def _runs(tool: Tool) -> str:
    return "" if tool.runs > 1 else " (one run)"


def _version(program: Path) -> str:
    package = subprocess.run(
        [program.parent / "python", "-c", f"import importlib.metadata as m; print(m.version('{program.name}'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    return package.stdout.strip()


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def table(lines: list[Line]) -> str:
    """The lines as a Markdown table."""
    return "\n".join([_row(HEAD), _row(["---"] * 2 + ["---:"] * 5), *(_row(line.cells()) for line in lines)]) + "\n"


def heading(given: argparse.Namespace) -> str:
    """What was measured, when, on what machine."""
    model = [
        line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().split("\n") if "model name" in line
    ]
    today = dt.datetime.now(dt.UTC).date().isoformat()
    load = f"load average at the start {os.getloadavg()[0]:.1f}"
    return f"{today}, tree `{given.tree.name}` without tests, {len(model)} cores ({model[0]}), {load}."


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--peers", type=Path, nargs="*", default=[], help="virtual environments that hold the peers")
    parser.add_argument("--only", default="", help="comma-separated tools; all when empty")
    parser.add_argument("--curve", default="", help="comma-separated line counts for the linearity curve")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="trees that fill up the curve's larger sizes")
    parser.add_argument("--runs", type=int, default=3, help="runs of seatrial to take the median of")
    parser.add_argument("--limit", type=float, default=1800, help="wall seconds after which a run is cut off")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--page", type=Path)
    return parser.parse_args()


def measured(given: argparse.Namespace, scratch: Path) -> list[Line]:
    """All that the command line asks for; each line is also told as it comes."""
    tree = fresh(scratch / given.tree.name)
    lines_read = without_tests(given.tree, tree)
    bench = Bench(scratch, [Path(sys.prefix), *given.peers], given.limit, lines_read)
    wanted = set(filter(None, given.only.split(",")))
    lines = bench.seatrial(tree, given.runs) if not wanted or "seatrial" in wanted else []
    for tool in PEERS:
        if not wanted or tool.name in wanted:
            lines.append(bench.peer(tool, tree))
            print(_row(lines[-1].cells()), file=sys.stderr)
    return lines + bench.curve([given.tree, *given.more], [int(size) for size in given.curve.split(",") if size])


def main() -> None:
    """Measure and tell."""
    given = arguments()
    given.tree = given.tree.resolve()
    head = heading(given)
    with tempfile.TemporaryDirectory(prefix="speed-") as scratch:
        lines = measured(given, Path(scratch))
    text = f"{head}\n\n{table(lines)}"
    if given.page:
        pages.put(given.page, f"speed {given.tree.name}", text)
    if given.json:
        given.json.write_text(json.dumps({"head": head, "lines": [asdict(line) for line in lines]}, indent=1))
    print(text)


if __name__ == "__main__":
    main()
