"""What a change is judged by as it is where the change goes: settings and baseline. None of it can loosen itself."""

from collections import Counter
from pathlib import Path

from msgspec.structs import replace

from seatrial import registry
from seatrial.app import git, settings
from seatrial.app.settings import Loaded
from seatrial.decisions import baseline
from seatrial.model.decision import Decision
from seatrial.model.text import printable


def settings_at(root: Path, revision: str) -> Loaded:
    """The settings of a revision; paths in them mean folders of the checkout. Raises `ConfigError`, `SourceError`."""
    commit = git.commit_of(root, revision)
    with git.needing(commit):
        found = settings.of_commit(root, lambda path: git.file_at(root, commit, path), registry.rule_ids())
    return replace(found, file=str(root.resolve() / found.file)) if found.file else found


def notices(root: Path, revision: str) -> tuple[str, ...]:
    """What to tell of a change that brings other settings than it is judged by. Raises as `settings_at`."""
    own = settings.load(root, registry.rule_ids()).options
    told = f"judged by the settings of {revision}: those of this change count once they are there"
    return (printable(told),) if own != settings_at(root, revision).options else ()


def baseline_at(root: Path, revision: str) -> tuple[Decision, ...]:
    """The entries of the tree's baseline that the revision's has too: a change may take some away and add none.

    Raises `DecisionError`, `SourceError`.
    """
    here = baseline.read(root)
    if not here:
        return ()
    commit = git.commit_of(root, revision)
    with git.needing(commit):
        there = baseline.decode(git.file_at(root, commit, baseline.NAME) or b"")
    left = Counter(there)
    kept: list[Decision] = []
    for one in here:
        left[one] -= 1
        kept += [one] if left[one] >= 0 else []
    return tuple(kept)
