"""The analysis of what a change started from: worked out once for a commit's folder, not anew for each change of it."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from seatrial import registry
from seatrial.app import git
from seatrial.app.analyse import analyse, digest, known
from seatrial.app.analysis import Analysis, Means
from seatrial.app.settings import Loaded
from seatrial.app.workspace import Tree


def earlier(now: Tree, commit: str, loaded: Loaded, means: Means, read: Callable[[], Tree]) -> Analysis:
    """The analysis of the folder that `now` was read from, as it was in a commit (a full object id).

    A folder's object id stands for all that git keeps below it. So what was found there by the same build, with the
    same settings and the same distributions installed, is found again without `read`, which reads the commit.
    """
    sign = _sign(now, commit, loaded)
    found = known(means.store.get([sign]).get(sign, b""), means) if sign else None
    if found is None:
        tree = read()
        found = analyse(tree, loaded.settings, loaded.options, means)
        means.store.put({sign: digest(tree, loaded.options)} if sign else {})
    return found


def _sign(now: Tree, commit: str, loaded: Loaded) -> bytes:
    """A digest of all that the commit's tree depends on; empty if the folder is not in the commit."""
    try:
        folder = git.folder_in(now.root, commit)
    except git.GitError:
        return b""
    options = sorted(msgspec.json.encode(item) for item in loaded.options.items())
    return sha256(b"earlier\0" + msgspec.msgpack.encode((registry.build(), folder, now.installed, options))).digest()
