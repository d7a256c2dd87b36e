"""Asks git, without letting the repository's own configuration run anything.

A repository that is audited is hostile until read: its `.git/config` can name commands (file system monitors, hooks,
ssh, pagers, filters, credential helpers) and remotes to fetch missing objects from. Only plumbing that runs none of
them is used here, with each of them switched off besides (git-config(1), git(1) "ENVIRONMENT VARIABLES").
"""

import os
import posixpath
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from seatrial.errors import SourceError
from seatrial.model.text import printable

_SAFE = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "safe.bareRepository=explicit",
    "safe.directory=*",  # who owns the checkout says nothing about us: its configuration is not obeyed anyway
)
_ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}


_SUBMODULE = b"160000"
_REMEMBERED = 32
"""Answers about commits that are remembered of each kind: a gate asks some of them five times."""
_FILE = b"100"
_LINK = b"120000"
_MOST_LINKS = 10
_ADDRESS = re.compile(r"<([^<>\s]+@[^<>\s]+)>")


class GitError(Exception):
    """Git is not there, or says no; `str` is its last line. Callers decide what that means."""


@contextmanager
def needing(commit: str) -> Iterator[None]:
    """For what cannot be done without a commit (a full object id): if git cannot read it, raises `SourceError`."""
    try:
        yield
    except GitError as error:
        raise SourceError(f"commit {commit[:12]} cannot be read ({error}). Fetch it first.") from error


@dataclass(frozen=True, slots=True)
class Listed:
    """A path below the listed folder, as git knows it. `nested`: a submodule's or another repository's folder."""

    path: bytes
    nested: bool
    link: bool


@dataclass(frozen=True, slots=True)
class Blob:
    """A file in a commit: its path as bytes below the audited folder, its object id, and its size in bytes."""

    path: bytes
    oid: str
    size: int


@dataclass(frozen=True, slots=True)
class Edit:
    """What one commit did to one file: object ids before and after, empty where there was none; who, by address."""

    commit: str
    path: str
    before: str
    after: str
    authors: frozenset[str]


def files(folder: Path) -> list[Listed]:
    """What git tracks below `folder`, and what is there, untracked and not ignored. Raises `GitError`."""
    listed = _run(folder, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", "--stage")
    return [_listed(entry) for entry in listed.split(b"\0") if entry]


def tracked(folder: Path) -> frozenset[str]:
    """The paths below `folder` that git tracks, as the operating system spells them. Raises `GitError`."""
    return frozenset(os.fsdecode(path) for path in _run(folder, "ls-files", "-z", "--cached").split(b"\0") if path)


def merge_base(folder: Path, revision: str) -> str:
    """The commit where HEAD left `revision`, as a full object id. Raises `SourceError` that says what is wrong."""
    commit = commit_of(folder, revision)
    if revision == "HEAD":
        return commit
    try:
        return _run(folder, "merge-base", commit, "HEAD").decode().split()[0]
    except GitError:
        raise SourceError(
            f"{printable(revision)} and HEAD have no common ancestor here. "
            "In a shallow clone, fetch more history (git fetch --unshallow)."
        ) from None


def commit_of(folder: Path, revision: str) -> str:
    """The commit that a revision names, as a full object id. Raises `SourceError` that says what is wrong.

    A name that a branch and a tag share is refused: git would take the tag, and whoever may push one would say what a
    change is judged by.
    """
    try:
        named = _named(folder, revision)
        if len(set(named.values())) > 1:
            places = " and ".join(sorted(named))
            raise SourceError(printable(f"{revision} names several things here: {places}. Name one of these in full."))
        found = _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except GitError:
        raise SourceError(_no_revision(folder, revision)) from None
    return found.decode().strip()


def file_at(folder: Path, commit: str, path: str) -> bytes | None:
    """The bytes of a file in a commit (a full object id) by its path from `folder` (`../` leads above it), or None.

    A link is followed, as it is on disk. Raises `GitError`, too if it leads out of the repository or in a circle.
    """
    return _file_at(folder.resolve(), commit, path)


@lru_cache(maxsize=_REMEMBERED)
def _file_at(folder: Path, commit: str, path: str) -> bytes | None:
    for _ in range(_MOST_LINKS):
        mode, _, oid = (*_run(folder, "ls-tree", commit, "--", path).split()[:3], b"", b"", b"")[:3]
        if not mode.startswith((_FILE, _LINK)):
            return None
        data = next(contents(folder, [oid.decode()]))
        if mode != _LINK:
            return data
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), os.fsdecode(data)))
    raise GitError(f"the links at {printable(path)} lead to no file")


@lru_cache(maxsize=_REMEMBERED)
def links(folder: Path, commit: str, below: str) -> tuple[str, ...]:
    """The links of a commit (a full object id) below a folder, and the folder if it is one. Raises `GitError`."""
    listed = _run(folder, "ls-tree", "-r", "-z", commit, "--", below).split(b"\0")
    return tuple(os.fsdecode(entry.partition(b"\t")[2]) for entry in listed if entry.startswith(_LINK))


def tree_of(folder: Path, commit: str) -> str:
    """The tree of a commit (a full object id), as a full object id. Raises `GitError`."""
    return _run(folder, "rev-parse", "--verify", "--end-of-options", f"{commit}^{{tree}}").decode().strip()


def folder_in(folder: Path, commit: str) -> str:
    """The object id of `folder` in a commit, itself a full object id. Raises `GitError` if the folder is not there."""
    return _run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{commit}:./").decode().strip()


def appearances(folder: Path, commit: str, below: str) -> dict[str, int]:
    """When each file below a folder first came to the line of commits that ends in `commit`: seconds since 1970.

    Only first parents are followed: what a branch brought came when that branch was merged. Raises `GitError`.
    """
    commits = _run(folder, "rev-list", "--first-parent", commit, "--", below)
    shown = ("--stdin", "--root", "--relative", "-r", "-z", "-m", "--first-parent", "--diff-filter=A", "--no-renames")
    told = _run(folder, "diff-tree", *shown, "--name-only", "--format=%x00%ct", "--", below, stdin=commits)
    found: dict[str, int] = {}
    time = 0
    for field in told.split(b"\0"):
        if field.isdigit():
            time = int(field)
        elif field.strip():
            found[os.fsdecode(field.strip())] = time  # the newest comes first, so the first appearance is what stays
    return found


def edits(folder: Path, since: str) -> list[Edit]:
    """What the commits that HEAD has and `since` has not did to files below the folder; merges left out.

    Raises `GitError`.
    """
    commits = _run(folder, "rev-list", "--no-merges", f"{since}..HEAD")
    shown = ("--stdin", "--root", "--relative", "-r", "-z", "--raw", "--no-abbrev", "--no-renames", "--no-ext-diff")
    people = "%x00%H%x00%ae%x00<%(trailers:key=Co-authored-by,valueonly,separator=%x20)>"
    return list(_edits(_run(folder, "diff-tree", *shown, f"--format={people}", stdin=commits)))


def people(folder: Path, commits: Sequence[str]) -> frozenset[str]:
    """The addresses of those who wrote some commits (full object ids), alone or together. Raises `GitError`."""
    form = "--format=%ae <%(trailers:key=Co-authored-by,valueonly,separator=%x20)>"
    told = _run(folder, "log", "--no-walk=unsorted", "--stdin", form, stdin="\n".join(commits).encode())
    lines = told.decode("utf-8", "replace").splitlines()
    alone = {line.partition(" ")[0] for line in lines}
    return frozenset({*alone, *(who for line in lines for who in _ADDRESS.findall(line.partition(" ")[2]))})


def blobs(folder: Path, commit: str, below: str = ".") -> tuple[Blob, ...]:
    """The regular files of a commit (a full object id) below `folder`; links and submodules are left out.

    Raises `GitError`.
    """
    return _blobs(folder.resolve(), commit, below)


@lru_cache(maxsize=_REMEMBERED)
def _blobs(folder: Path, commit: str, below: str) -> tuple[Blob, ...]:
    listed = _run(folder, "ls-tree", "-r", "-z", "-l", commit, "--", below)
    return tuple(blob for entry in listed.split(b"\0") if entry for blob in _blob(entry))


def contents(folder: Path, oids: Sequence[str]) -> Iterator[bytes]:
    """The bytes of each object, in order, by one git process. Raises `GitError` when one is missing."""
    if not oids:
        return
    data = _run(folder, "cat-file", "--batch", stdin="".join(f"{oid}\n" for oid in oids).encode())
    at = 0
    for oid in oids:
        end = data.index(b"\n", at)
        head = data[at:end].split()
        if len(head) != 3:
            raise GitError(f"object {oid} is missing")
        start = end + 1
        at = start + int(head[2]) + 1
        yield data[start : at - 1]


def head(folder: Path) -> tuple[str, int]:
    """The commit that is checked out, and when it was made. Raises `GitError` outside git and before a first commit."""
    time, commit = _run(folder, "rev-list", "--max-count=1", "--timestamp", "HEAD").decode().split()
    return commit, int(time)


def is_shallow(folder: Path) -> bool:
    """True when the clone holds only the last part of the history. Raises `GitError`."""
    return _run(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"


def messages(folder: Path, base: str) -> list[tuple[str, str]]:
    """The commits that HEAD has and `base` (a full object id) has not: object id and message. Raises `GitError`."""
    commits = _run(folder, "rev-list", f"{base}..HEAD").decode().split()
    bodies = (data.partition(b"\n\n")[2].decode("utf-8", "replace") for data in contents(folder, commits))
    return list(zip(commits, bodies, strict=True))


def stream(folder: Path, *arguments: str, stdin: bytes = b"") -> Iterator[bytes]:
    """The lines that a command of plumbing prints, as they come: for answers too long to hold.

    What comes from the audited tree may only stand after `--`. Raises `GitError`, after what was printed until then.
    """
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
        asked.write(stdin)
        asked.seek(0)
        command = _command("--glob-pathspecs", arguments)
        try:
            process = subprocess.Popen(  # noqa: S603 - as in `_run`
                command, cwd=folder, env=_environment(), stdin=asked, stdout=subprocess.PIPE, stderr=errors
            )
        except OSError as error:
            raise GitError(f"git cannot be run: {error.strerror}") from error
        with process:
            assert process.stdout
            try:
                yield from process.stdout
            finally:
                process.stdout.close()  # a reader that has enough ends the command
        errors.seek(0)
        if process.returncode:
            raise _failure(arguments[0], errors.read())


def address(folder: Path) -> str:
    """The address under which the user commits here; empty if git knows none.

    Only here the user's own configuration is read, and nothing of it but this value.
    """
    where = [("--local", folder), ("--global", Path.home())]
    for scope, place in where:
        command = ["git", "config", scope, "--get", "user.email"]
        try:
            done = subprocess.run(command, cwd=place, capture_output=True, check=False)  # noqa: S603 - fixed command
        except OSError:
            return ""
        if found := done.stdout.decode("utf-8", "replace").strip():
            return found
    return ""


def prefix(folder: Path) -> str:
    """Where the folder lies in its repository: `backend/`; empty at the top, or if it lies in none. Asks no git."""
    resolved = folder.resolve()
    top = next((above for above in (resolved, *resolved.parents) if (above / ".git").exists()), resolved)
    return "" if top == resolved else resolved.relative_to(top).as_posix() + "/"


def path_of(entry: Listed | Blob) -> str:
    """The path as the operating system spells it."""
    return os.fsdecode(entry.path)


def _listed(entry: bytes) -> Listed:
    tag, _, rest = entry.partition(b" ")
    if tag == b"?":
        return Listed(rest.rstrip(b"/"), nested=rest.endswith(b"/"), link=False)
    head, _, path = rest.partition(b"\t")
    return Listed(path, nested=head.startswith(_SUBMODULE), link=head.startswith(_LINK))


def _blob(entry: bytes) -> Iterator[Blob]:
    head, path = entry.split(b"\t", 1)
    mode, _, oid, size = head.split()
    if not mode.startswith(_FILE):
        return
    if not size.isdigit():
        raise GitError(f"object {oid.decode()} is missing")
    yield Blob(path, oid.decode(), int(size))


def _edits(told: bytes) -> Iterator[Edit]:
    """Reads `edits`' stream: an empty field begins a commit."""
    fields = iter(told.split(b"\0")[1:])
    for commit, author, others in zip(fields, fields, fields, strict=False):
        people = frozenset({author.decode("utf-8", "replace"), *_ADDRESS.findall(others.decode("utf-8", "replace"))})
        for status in iter(lambda: next(fields, b"").strip(), b""):
            old, new, *oids = status.lstrip(b":").split()[:4]
            kept = (
                oid if mode != _SUBMODULE and oid.strip(b"0") else b""
                for mode, oid in zip((old, new), oids, strict=True)
            )
            before, after = (oid.decode() for oid in kept)
            yield Edit(commit.decode(), os.fsdecode(next(fields)), before, after, people)


def _run(folder: Path, *arguments: str, stdin: bytes = b"") -> bytes:
    command = _command("--literal-pathspecs", arguments)
    try:
        done = subprocess.run(  # noqa: S603 - fixed command; no argument is an option (--end-of-options, object ids)
            command, cwd=folder, env=_environment(), input=stdin, capture_output=True, check=False
        )
    except OSError as error:
        raise GitError(f"git cannot be run: {error.strerror}") from error
    if done.returncode:
        raise _failure(arguments[0], done.stderr)
    return done.stdout


def _command(pathspecs: str, arguments: Sequence[str]) -> list[str]:
    options = [part for setting in _SAFE for part in ("-c", setting)]
    return ["git", "--no-pager", "--no-replace-objects", pathspecs, *options, *arguments]


def _environment() -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return inherited | _ENVIRONMENT


def _failure(command: str, errors: bytes) -> GitError:
    lines = errors.decode("utf-8", "backslashreplace").strip().splitlines()
    return GitError(lines[-1] if lines else f"git {command} failed")


def _named(folder: Path, revision: str) -> dict[str, str]:
    """The refs that a short name may mean, each with the object that it leads to. Raises `GitError`."""
    full = [f"refs/{kind}{revision}" for kind in ("", "tags/", "heads/", "remotes/")]
    if revision == "HEAD" or revision.startswith("refs/"):
        return {}
    form = "--format=%(refname) %(objectname) %(*objectname)"
    told = _run(folder, "for-each-ref", form, "--", *full).decode("utf-8", "replace").splitlines()
    return {ref: oids.split()[-1] for ref, _, oids in (line.partition(" ") for line in told) if ref in full}


def _no_revision(folder: Path, revision: str) -> str:
    try:
        _run(folder, "rev-parse", "--git-dir")
    except GitError as error:
        return f"{printable(str(folder))} is not in a git repository that can be read: {printable(str(error))}"
    return f"there is no revision {printable(revision)} in this repository. Fetch it first (in CI: fetch-depth: 0)."
