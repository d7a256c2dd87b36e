"""From a tree to its findings: facts, program, rules. What was worked out once for the same input is not again."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from seatrial import registry
from seatrial.app.analysis import Analysis, Means
from seatrial.app.settings import Settings
from seatrial.app.workspace import Tree
from seatrial.model.outside import Outside


def analyse(tree: Tree, settings: Settings, options: Mapping[str, Any], means: Means) -> Analysis:
    """The findings of every rule that is on, with all that a report needs beside them.

    `options` is the settings' table as written, for rules that read their own keys. The result is the same whatever
    the store knows.
    """
    key = digest(tree, options)
    found = known(key, means)
    if found is not None:
        return found
    from seatrial.app.examine import examine  # noqa: PLC0415 - brings program and rules, which a known result needs not

    result, failures = examine(tree, settings, options, means)
    if not failures:  # those may pass: a process that the system killed
        means.store.put({key: msgspec.msgpack.encode(result)})
    return result


def known(key: bytes, means: Means) -> Analysis | None:
    """What an earlier run worked out of a tree with this `digest`; None if the store does not know it."""
    data = means.store.get([key]).get(key) if key else None
    if data is None:
        return None
    means.progress.note("nothing has changed since the last audit: its findings are taken")
    return msgspec.msgpack.decode(data, type=Analysis)


def digest(tree: Tree, options: Mapping[str, Any]) -> bytes:
    """A digest of all that an analysis depends on."""
    parts = (
        registry.build(),
        [(source.file.path, source.file.language, source.file.role, source.file.digest) for source in tree.sources],
        [(manifest.path, manifest.text) for manifest in tree.manifests],
        tree.gaps,
        tree.left_out,
        tree.installed,
        _outside(tree.outside),
        sorted(msgspec.json.encode(item) for item in options.items()),
    )
    return sha256(b"analysis\0" + msgspec.msgpack.encode(parts)).digest()


def _outside(outside: Outside) -> tuple[object, ...]:
    return outside.advisories, outside.names and outside.names.digest, sorted(outside.answers.items())
