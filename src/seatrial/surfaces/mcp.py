"""What an agent that writes code may ask, over the Model Context Protocol: it reads, and drafts decisions.

No tool signs, accepts, exempts or reviews: an import contract (`agents-cannot-sign`) holds this module apart from what
does. Source: https://modelcontextprotocol.io, by its Python SDK, version 2.
"""

from collections.abc import Callable
from datetime import date
from functools import wraps
from pathlib import Path
from threading import Lock
from typing import Any, ParamSpec

from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations

from seatrial import __version__
from seatrial.app import advice
from seatrial.errors import ConfigError, SeatrialError
from seatrial.model.record import Anchor, Draft, Match, Rejected, Scope

P = ParamSpec("P")
_Answer = dict[str, Any]


class _Alone:
    """Lets tools run one after the other, since an audit takes the whole machine; tells our errors as they are."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __call__(self, tool: Callable[P, _Answer]) -> Callable[P, _Answer]:
        @wraps(tool)
        def called(*args: P.args, **given: P.kwargs) -> _Answer:
            try:
                with self._lock:
                    return tool(*args, **given)
            except SeatrialError as error:
                raise ToolError(str(error)) from error

        return called


_INSTRUCTIONS = (
    "Ask before a person reviews your change: `findings` and `check_rejected` for what stops it, `decisions_for` and "
    "`why` before you choose an approach, `questions_for` for what the reviewer will ask. Mend what is found. A "
    "decision may be drafted with `propose_decision`; only a person accepts it."
)
_READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False)
_DRAFTS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)


def serve(root: Path) -> None:
    """Answers on standard input and output until the client goes."""
    server(root).run("stdio")


def server(root: Path) -> MCPServer:
    """The tools for the tree at `root`."""
    made = MCPServer("seatrial", instructions=_INSTRUCTIONS, version=__version__, log_level="WARNING")
    alone = _Alone()

    @made.tool(annotations=_READS)
    @alone
    def findings(diff: str = "HEAD") -> _Answer:
        """What is wrong with the change since the revision `diff` (`origin/main`; HEAD: what is not committed)."""
        return advice.findings(root, diff)

    @made.tool(annotations=_READS)
    @alone
    def why(place: str) -> _Answer:
        """Why the code at `path` or `path:Class.method` is as it is: decisions, rejected options, small whys."""
        return advice.reasons(root, place)

    @made.tool(annotations=_READS)
    @alone
    def decisions_for(diff: str = "HEAD") -> _Answer:
        """The decisions that speak of what the change since the revision `diff` touches, in short."""
        return advice.decisions_for(root, diff)

    @made.tool(annotations=_READS)
    @alone
    def check_rejected(diff: str = "HEAD") -> _Answer:
        """Whether the change since the revision `diff` brings back what was rejected, and the ways on."""
        return advice.check_rejected(root, diff)

    @made.tool(annotations=_READS)
    @alone
    def questions_for(diff: str = "HEAD") -> _Answer:
        """What a reviewer may ask about the change since the revision `diff`."""
        return advice.questions_for(root, diff)

    _let_draft(made, root, alone)
    return made


def _let_draft(made: MCPServer, root: Path, alone: _Alone) -> None:
    @made.tool(annotations=_DRAFTS)
    @alone
    def propose_decision(  # noqa: PLR0913 - a tool's arguments are its form
        *,
        title: str,
        context: str,
        outcome: str,
        rejected_option: str = "",
        because: str = "",
        imports: tuple[str, ...] = (),
        pattern: str = "",
        dependency: tuple[str, ...] = (),
        revisit_when: str = "",
        scope: tuple[str, ...] = (),
        anchors: tuple[str, ...] = (),
        review_by: date | None = None,
    ) -> _Answer:
        """Drafts a decision record with the status `proposed`. A person reads, changes and accepts it, or does not.

        `imports`, `pattern` (a regular expression) and `dependency` say how a machine sees that the rejected option is
        back; `scope` are patterns of files, `anchors` `path:Class.method` that the decision rests on.
        """
        match = Match(imports=imports, pattern=pattern, dependency=dependency)
        draft = Draft(
            title=title,
            context=context,
            outcome=outcome,
            rejected=_rejected(rejected_option, because, match, revisit_when),
            scope=Scope(paths=scope),
            anchors=tuple(map(_anchor, anchors)),
            review_by=review_by,
        )
        return advice.propose(root, draft)


def _rejected(option: str, because: str, match: Match, revisit_when: str) -> tuple[Rejected, ...]:
    if not option and not because and match == Match():
        return ()
    if not option or not because:
        raise ConfigError("a rejected option needs both `rejected_option` and `because`.")
    return (Rejected(option=option, because=because, match=match, revisit_when=revisit_when),)


def _anchor(place: str) -> Anchor:
    path, colon, symbol = place.rpartition(":")
    return Anchor(path=path, symbol=symbol) if colon else Anchor(path=place)
