"""Lay the tree of a commit out in a directory, from a local git directory; equal blobs share one inode.

Nothing is downloaded. A blob the git directory lacks is left out and reported, never guessed.

    python benchmarks/accuracy/layouts.py fix --labels FILE --mirrors DIR --out DIR
    python benchmarks/accuracy/layouts.py one --repo GITDIR --commit ID --out DIR
"""

import argparse
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

READ_BY_AN_AUDIT = re.compile(r"\.(py|pyi|html|jinja2?|j2|toml|cfg|ini|txt|ya?ml|lock|sql)$")


@dataclass(frozen=True)
class Blob:
    """One file of a commit: its content's object id and its path from the root."""

    oid: str
    path: str


def git_directory(mirrors: Path, repository: str) -> Path:
    """Where `owner/name` lies under `mirrors`; raises FileNotFoundError when it does not."""
    owner_and_name = repository.replace("/", "+")
    for candidate in (f"{owner_and_name}/repo/.git", f"{owner_and_name}/repo", owner_and_name):
        if (mirrors / candidate / "objects").is_dir():
            return mirrors / candidate
    raise FileNotFoundError(f"no git directory of {repository} under {mirrors}")


def blobs_of(git_dir: Path, commit: str, wanted: re.Pattern[str]) -> list[Blob]:
    """The regular files of `commit` whose path matches `wanted`; links and submodules are left out."""
    listing = subprocess.run(
        ["git", f"--git-dir={git_dir}", "ls-tree", "-r", "-z", commit], capture_output=True, check=True
    ).stdout.decode("utf-8", "surrogateescape")
    return [blob for entry in listing.split("\0") if (blob := _blob(entry)) and wanted.search(blob.path)]


def _blob(entry: str) -> Blob | None:
    if not entry.startswith("100"):
        return None
    head, path = entry.split("\t", 1)
    return Blob(oid=head.split()[2], path=path)


def contents(git_dir: Path, blobs: list[Blob]) -> Iterator[tuple[Blob, bytes | None]]:
    """Each blob with its bytes, or with None when the git directory lacks it."""
    command = ["git", f"--git-dir={git_dir}", "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as reader:
        if reader.stdin is None or reader.stdout is None:
            raise OSError("git cat-file gave no pipes")
        for blob in blobs:
            reader.stdin.write(f"{blob.oid}\n".encode())
            reader.stdin.flush()
            header = reader.stdout.readline().split()
            if header[-1] == b"missing":
                yield blob, None
                continue
            yield blob, reader.stdout.read(int(header[2]))
            reader.stdout.read(1)
        reader.stdin.close()


def lay_out(git_dir: Path, commit: str, out: Path, pool: Path, wanted: re.Pattern[str] = READ_BY_AN_AUDIT) -> list[str]:
    """Write `commit` below `out`, each content once in `pool` and hard-linked from there; returns the missing paths."""
    blobs = blobs_of(git_dir, commit, wanted)
    pool.mkdir(parents=True, exist_ok=True)
    fresh = [blob for blob in blobs if not (pool / blob.oid).exists()]
    missing = [blob.oid for blob, data in contents(git_dir, fresh) if not _pooled(pool / blob.oid, data)]
    for blob in blobs:
        if blob.oid not in missing:
            _link(pool / blob.oid, out / blob.path)
    return [blob.path for blob in blobs if blob.oid in missing]


def _pooled(place: Path, data: bytes | None) -> bool:
    if data is None:
        return False
    place.write_bytes(data)
    place.chmod(0o444)  # an audit that wrote into one tree would write into every other
    return True


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        os.link(source, target)


def lay_out_fixes(labels: Path, mirrors: Path, out: Path) -> None:
    """Both trees of every labelled fix, `out/tree/before/ID` and `out/tree/after/ID`, and `out/cases.jsonl`."""
    rows = [json.loads(line) for line in labels.read_text().splitlines()]
    cases: list[dict[str, object]] = []
    for row in rows:
        for side, commit in (("before", row["parent"]), ("after", row["fix"])):
            root = out / "tree" / side / row["id"]
            git_dir = git_directory(mirrors, row["repo"])
            for path in lay_out(git_dir, commit, root, out / "pool"):
                print(f"gap: {row['id']} {side}: {path} is not in the git directory")
            cases += _case(row, side)
    (out / "cases.jsonl").write_text("".join(json.dumps(case) + "\n" for case in cases))
    print(f"{len(rows)} labels, {len(cases)} cases")


def _case(row: dict[str, object], side: str) -> list[dict[str, object]]:
    prefix = "" if side == "before" else "fix_"
    if row.get(prefix + "start") is None:
        return []  # the fix removed the place: nothing is left to flag
    same = {key: row[key] for key in ("category", "locality", "confidence")}
    place = {"path": f"{side}/{row['id']}/{row['file']}", "start": row[prefix + "start"], "end": row[prefix + "end"]}
    return [{"set": "fix", "id": f"{row['id']}-{side}", "pair": row["id"], "label": side == "before", **place, **same}]


def main() -> None:
    """Read the command line and lay out what it names."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["fix", "one"])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--mirrors", type=Path)
    parser.add_argument("--repo", type=Path)
    parser.add_argument("--commit", default="HEAD")
    given = parser.parse_args()
    if given.what == "fix":
        lay_out_fixes(given.labels, given.mirrors, given.out)
        return
    missing = lay_out(given.repo, given.commit, given.out, given.out.parent / ".pool", re.compile(""))
    print(f"{given.out}: {len(missing)} files are not in the git directory", *missing[:5], sep="\n  ")


if __name__ == "__main__":
    main()
