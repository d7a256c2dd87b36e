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


def main() -> None:
    """Print the table, and put it into the page if one is named."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    text = table(sorted(given.out.glob("*-*.json")))
    if given.page:
        pages.put(given.page, "accuracy summary", text)
    print(text)


if __name__ == "__main__":
    main()
