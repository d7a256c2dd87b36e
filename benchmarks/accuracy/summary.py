"""Gather the scores that `run.py` wrote into one table: sets against tools.

python benchmarks/accuracy/summary.py --out OUT [--page docs/benchmarks.md]
"""

import argparse
import json
from pathlib import Path

import pages
from scores import Row


def total_of(path: Path) -> Row:
    """The row over all cases of one result file."""
    rows = json.loads(path.read_text())["rows"]
    return next(Row(**row) for row in rows if row["name"] == "all")


def table(results: list[Path]) -> str:
    """One line a set and tool, as the files' names `SET-TOOL.json` say."""
    lines = [["set", "tool", "found", "TPR", "false alarms", "FPR", "pairs", "Youden"], ["---"] * 2 + ["---:"] * 6]
    for path in results:
        name, tool = path.stem.rsplit("-", 1)
        lines.append([name, f"**{tool}**" if tool == "seatrial" else tool, *total_of(path).cells()[1:]])
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
