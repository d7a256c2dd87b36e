"""What a browser does not show as a page, though it is sent to one: answers to scripts, and text that it wrote itself."""

import re

from seatrial.model import facts as f
from seatrial.program import Flow, Function, Sinking
from seatrial.program.taint import Spot

_SCRIPT = re.compile(r"(?i)x[-_]requested[-_]with|^XMLHttpRequest$")
_ASKED = frozenset({"is_ajax", "is_xhr"})
_QUERY = frozenset({"query_string", "QUERY_STRING"})
_DECODES = re.compile(r"(?i)unquote|parse_qs|decode_?uri|unescape")
_DEPTH = 4


def is_for_script(sink: Sinking) -> bool:
    """It is sent only where the request says that a script made it: a link or a form cannot set that header."""
    return any(_asks(sink.function, condition, 0) is outcome for condition, outcome in sink.function.guards(sink.call))


def _asks(function: Function, condition: int, depth: int) -> bool | None:
    """Whether a test that holds says that a script asks; None where it speaks of something else."""
    step = function.values[function.origin(condition)]
    if depth > _DEPTH:
        return None
    if isinstance(step, f.Unary) and step.op == "not":
        asked = _asks(function, step.value, depth + 1)
        return None if asked is None else not asked
    if isinstance(step, f.Call) and step.callee.rpartition(".")[2] in _ASKED:
        return True
    if not isinstance(step, f.Compare) or step.op not in {"==", "!="}:
        return None
    sides = (function.values[function.origin(side)] for side in (step.left, step.right))
    is_asked = any(isinstance(side, f.Const) and _SCRIPT.search(str(side.value)) for side in sides)
    return (step.op == "==") if is_asked else None


def is_encoded(flow: Flow) -> bool:
    """The query as it was sent: browsers write no quote and no bracket into it as they are, and nothing decodes it here."""
    if not _QUERY & {flow.origin.name, flow.origin.what.rpartition(".")[2]}:
        return False
    steps = (spot.function.values[spot.value] for spot in flow.spots if spot.value >= 0)
    return not any(isinstance(step, f.Call) and _DECODES.search(step.callee) for step in steps)


def is_whole_dict(spot: Spot) -> bool:
    """A dictionary that is sent becomes JSON; one of its entries is what it was."""
    step = spot.function.values[spot.value]
    is_dict = isinstance(step, f.Call) and step.callee == "!dict"
    return (is_dict or (isinstance(step, f.Collection) and step.kind == "dict")) and not spot.pick
