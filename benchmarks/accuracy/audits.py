"""Run one tool over one program root, SARIF out, remembered until the tool or the root changes."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]

RUFF = ("check", "--isolated", "--preview", "--select=S,PERF,B,ASYNC,SIM115", "--exit-zero", "--quiet")


@dataclass(frozen=True)
class Tool:
    """A tool that writes SARIF. `command` runs in the root's folder; `{out}` is where the SARIF has to go."""

    name: str
    command: tuple[str, ...]
    version: str


@dataclass(frozen=True)
class Audit:
    """What came of one run: a SARIF file, or the reason why there is none. `prefix` is the root's path in the tree."""

    prefix: str
    sarif: Path | None
    seconds: float
    trouble: str = ""


def tool_named(name: str) -> Tool:
    """The tool as it is installed beside this Python or on the path; raises ValueError for a name without a command."""
    commands = {
        "seatrial": ("audit", ".", "--format", "sarif", "--output", "{out}", "--confidence", "0", "--jobs", "1"),
        "ruff": (*RUFF, "--output-format=sarif", "--output-file={out}", "."),
        "bandit": ("-r", ".", "-f", "sarif", "-o", "{out}", "-q", "--exit-zero"),
    }
    if name not in commands:
        raise ValueError(f"no command is known for {name}; known: {', '.join(sorted(commands))}")
    beside = Path(sys.executable).parent / name
    program = str(beside) if beside.exists() else shutil.which(name) or name
    return Tool(name, (program, *commands[name]), _version(name, program))


def _version(name: str, program: str) -> str:
    if name == "seatrial":
        return f"commit {_said('git', '-C', str(REPOSITORY), 'rev-parse', '--short', 'HEAD')}, code {_digest():.8}"
    return _said(program, "--version")


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\n")[0]


def _digest() -> str:
    source = REPOSITORY / "src" / "seatrial"
    digest = hashlib.sha256()
    for path in sorted(p for p in source.rglob("*") if p.suffix in {".py", ".toml"}):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def audit_all(tool: Tool, tree: Path, prefixes: Iterable[str], cache: Path, jobs: int) -> Iterator[Audit]:
    """Audit each root below `tree`, `jobs` at a time, in order; a root that fails gives an `Audit` that says why."""
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda prefix: audit(tool, tree, prefix, cache), prefixes)


def place_of(tool: Tool, tree: Path, prefix: str, cache: Path) -> Path:
    """Where the result of a root is kept. A commit that leaves the tool's code as it is changes nothing here."""
    code = tool.version.split(",")[-1]
    key = hashlib.sha256(f"{tree}\0{prefix}\0{code}\0{tool.command}".encode()).hexdigest()[:16]
    return cache / tool.name / f"{key}.sarif"


def audit(tool: Tool, tree: Path, prefix: str, cache: Path, limit_seconds: int = 900) -> Audit:
    """One root, from the cache when this version of the tool has audited it before."""
    kept = place_of(tool, tree, prefix, cache)
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        unfinished = kept.with_suffix(".part.sarif")
        trouble, seconds = _run(tool, tree / prefix, unfinished, limit_seconds)
        if trouble:
            return Audit(prefix, None, seconds, trouble)
        unfinished.replace(kept)
        kept.with_suffix(".seconds").write_text(str(seconds))
    return Audit(prefix, kept, float(kept.with_suffix(".seconds").read_text()))


def _run(tool: Tool, root: Path, out: Path, limit_seconds: int) -> tuple[str, float]:
    out.unlink(missing_ok=True)
    started = time.monotonic()
    command = [part.replace("{out}", str(out)) for part in tool.command]
    try:
        done = subprocess.run(
            command, cwd=root, capture_output=True, text=True, timeout=limit_seconds, check=False, env=_environment()
        )
    except subprocess.TimeoutExpired:
        return f"not done in {limit_seconds} s", time.monotonic() - started
    seconds = time.monotonic() - started
    if not out.exists():
        return f"exit {done.returncode}: {done.stderr.strip()[-2000:] or done.stdout.strip()[-2000:]}", seconds
    return "", seconds


def _environment() -> dict[str, str]:
    return {**os.environ, "NO_COLOR": "1", "PYTHONHASHSEED": "0"}
