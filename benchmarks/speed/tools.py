"""The tools that are measured: how each is started on a tree with everything on that it has, without the network."""

import os
from dataclasses import dataclass
from pathlib import Path

from cost import Command

HERE = Path(__file__).resolve().parent
LOOPBACK_ONLY = {"http_proxy": "http://127.0.0.1:9", "https_proxy": "http://127.0.0.1:9"}
RULES = str(HERE / "semgrep_rules.yml")
SEMGREP = ("scan", "--config", RULES, "--metrics=off", "--disable-version-check", "--no-git-ignore", "-j", "1")


@dataclass(frozen=True)
class Tool:
    """A tool: the arguments after its name (`{tree}`, `{out}` are filled in), and how many runs it gets."""

    name: str
    arguments: tuple[str, ...]
    what: str
    runs: int = 3
    good_exits: frozenset[int] = frozenset({0, 1})


SEATRIAL = Tool(
    "seatrial",
    ("audit", "{tree}", "--format", "json", "-o", "{out}/report.json"),
    "all rules",
    good_exits=frozenset({0}),
)
PEERS = (
    Tool("bandit", ("-r", "{tree}", "-f", "json", "-o", "{out}/bandit.json", "-q"), "all tests"),
    Tool("cytoscnpy", ("-s", "-d", "-q", "--json", "{tree}"), "dead code, secrets, taint, quality; no clones"),
    Tool("pyscn", ("analyze", "--json", "--no-open", "-o", "{out}/pyscn.json", "{tree}"), "all analyses"),
    Tool(
        "semgrep",
        (*SEMGREP, "--json", "--output", "{out}/semgrep.json", "{tree}"),
        "the 11 local rules of semgrep_rules.yml",
        runs=1,
    ),
    Tool(
        "skylos",
        ("{tree}", "--danger", "--secrets", "--quality", "--json", "--no-upload", "--no-provenance"),
        "dead code, danger, secrets, quality",
        runs=1,
    ),
)


def command(tool: Tool, program: Path, tree: Path, out: Path) -> Command:
    """The tool's command for a tree; its caches and reports go below `out`, which has to exist."""
    arguments = [part.replace("{tree}", str(tree)).replace("{out}", str(out)) for part in tool.arguments]
    places = {"HOME": str(out), "XDG_CACHE_HOME": str(out / "cache"), "TMPDIR": str(out)}
    environment = {**os.environ, **LOOPBACK_ONLY, **places, "NO_COLOR": "1"}
    return Command([str(program), *arguments], out, environment, tool.good_exits)


def program_of(tool: Tool, folders: list[Path]) -> Path | None:
    """Where the tool is installed among the virtual environments given; None if it is in none."""
    places = (folder / "bin" / tool.name for folder in folders)
    return next((place for place in places if place.exists()), None)
