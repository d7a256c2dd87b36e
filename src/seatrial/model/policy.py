"""Policy: what the gate asks for; read from `seatrial.toml` or `[tool.seatrial]`."""

from typing import Annotated

import msgspec

from seatrial.model.finding import Severity


class Policy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What shuts the gate. Every field has a default, so that the first run needs no configuration."""

    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.7
    """Findings below are not reported by default (0 to 1)."""
    fail_on: Severity = Severity.WARNING
    """The least severity that shuts the gate."""
    fail_confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.85
    """Findings below are told and do not shut the gate (0 to 1); what a trial proved is certain."""
    gaps_forgiven: Annotated[int, msgspec.Meta(ge=0)] = 0
    """How many gaps the gate forgives."""
    suppressible: tuple[str, ...] = ("*",)
    """Rules that a comment in the source may silence; `*` for all."""
    require_evidence: tuple[str, ...] = ()
    """Rules whose findings only open the gate when a trial has cleared them, however they were accepted."""
