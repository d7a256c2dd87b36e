"""Tells who wrote what in a checkout, by symbol, as far as marks tell."""

from collections.abc import Sequence
from pathlib import Path

from seatrial.model.provenance import Provenance


def provenance(root: Path, paths: Sequence[str] = ()) -> tuple[Provenance, ...]:  # noqa: ARG001 - TODO: reads no history yet
    """Who wrote each symbol below `root`, of the files or folders `paths` alone if there are any."""
    return ()
