"""Gather the scores that `run.py` wrote into one table: sets against tools.

python benchmarks/accuracy/summary.py --out OUT [--page docs/benchmarks.md]
"""

import argparse
import json
from pathlib import Path

import pages
from scores import Row, ratio

HEAD = ("set", "tool", "found", "TPR", "false alarms", "FPR", "pairs", "Youden", "mean Youden", "precision", "F1")


def rows_of(path: Path) -> list[Row]:
    """All rows of one result file."""
    return [Row(**row) for row in json.loads(path.read_text())["rows"]]


def mean_youden(rows: list[Row]) -> float | None:
    """The mean over the categories that have true and false cases; their rows have names of one word."""
    known = [row.youden for row in rows if row.name != "all" and " " not in row.name and row.youden is not None]
    return sum(known) / len(known) if known else None


def table(results: list[Path]) -> str:
    """One line a set and tool, as the files' names `SET-TOOL.json` say."""
    lines = [list(HEAD), ["---"] * 2 + ["---:"] * (len(HEAD) - 2)]
    for path in results:
        name, tool = path.stem.rsplit("-", 1)
        rows = rows_of(path)
        total = next(row for row in rows if row.name == "all")
        more = [ratio(value) for value in (mean_youden(rows), total.precision, total.f1)]
        lines.append([name, f"**{tool}**" if tool == "seatrial" else tool, *total.cells()[1:], *more])
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def versions(results: list[Path]) -> str:
    """What was measured on which sets: the commit and the digest of the code, and the date."""
    sets: dict[str, list[str]] = {}
    for path in results:
        name, tool = path.stem.rsplit("-", 1)
        version = version_of(path)  # most tools begin with their own name
        sets.setdefault(version if version.startswith(tool) else f"{tool} {version}", []).append(name)
    return "\n".join(f"- {version}: {', '.join(names)}" for version, names in sorted(sets.items())) + "\n"


def version_of(path: Path) -> str:
    """As the head of a result file has it: `commit …, code …, date`, or what another tool says of itself."""
    said: str = json.loads(path.read_text())["head"]
    version, _, rest = said.partition("(")[2].partition("), ")
    return f"{version}, {rest.partition(',')[0]}"


def main() -> None:
    """Print the table, and put it into the page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    results = sorted(given.out.glob("*-*.json"))
    text = f"{table(results)}\n{versions(results)}"
    if given.page:
        pages.put(given.page, "accuracy summary", text)
    print(text)


if __name__ == "__main__":
    main()
