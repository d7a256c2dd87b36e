"""Errors that quote what was sent: what they say is as foreign as that, wherever it is put into a page.

`int("<b>")` says `invalid literal for int() with base 10: '<b>'`; the errors of a Django form name a choice that there is none of, and
`as_json` leaves them unescaped unless it is told otherwise (Django, "The forms API").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from seatrial.model import facts as f
from seatrial.program import Flow, Function, Program, Sinking, written
from seatrial.program.risks import literal
from seatrial.program.taint import sinks
from seatrial.rules.contract import Match
from seatrial.rules.security._answers import answers
from seatrial.rules.security._flows import match
from seatrial.rules.security._pages import says_other
from seatrial.rules.security._pieces import is_piece

_QUOTING = frozenset({"!int", "!float"})
_KINDS = frozenset({"ValueError", "Exception", "BaseException"})
_DEPTH = 6
_ERRORS = 0.75
"""How likely errors of a form are a fault as a page: only fields of some kinds quote what was sent."""


def quoted(program: Program) -> Iterator[Match]:
    """Pages that hold what an error says, of a conversion of what was sent or of a form."""
    for sink in (*answers(program), *(one for one in sinks(program, "html") if not _is_other(program, one))):
        line = sink.function.values[sink.call].line
        flow = _conversion(program, sink)
        if flow is not None:
            likely = flow.confidence(remote=0.8, parameter=_parameter(program, flow))
            found = match(flow, likely, "is quoted by an error that becomes part of the page")
            yield replace(found, line=line, end_line=sink.function.place(sink.call).end_line)
        elif _is_form(program, sink):
            message = "the errors of a form quote what was sent, and become a page unescaped"
            yield Match(message, sink.function, line, key="errors of a form", confidence=_ERRORS)


def _is_other(program: Program, sink: Sinking) -> bool:
    return says_other(program, sink.function, sink.call)


def _parameter(program: Program, flow: Flow) -> float:
    """A parameter of a handler that answers, of which nobody knows how it is reached."""
    return 0.72 if is_piece(program, flow.sink.function) else 0.4


def _conversion(program: Program, sink: Sinking) -> Flow | None:
    """The flow into a conversion that failed, if the sink tells what the error says."""
    caught = _caught(sink.function, sink.value, 0)
    if caught is None or not _quotes(sink.function, caught):
        return None
    for call in _attempted(sink.function, caught):
        step = sink.function.values[call]
        if isinstance(step, f.Call) and step.callee in _QUOTING and len(step.args) == 1:
            flow = program.taint.into(Sinking(sink.function, call, step.args[0], "html", step.callee.lstrip("!")))
            if flow is not None:
                return flow
    return None


def _caught(function: Function, value: int, depth: int) -> int | None:
    """The error whose text is put in: `str(error)`, `error.message`, `f"{error}"`."""
    at = function.origin(value) if value >= 0 else -1
    step = function.values[at] if at >= 0 else None
    if step is None or depth > _DEPTH:
        return None
    if isinstance(step, f.Caught):
        return at
    if isinstance(step, f.Call) and step.callee.rpartition(".")[2].lstrip("!") not in {
        "str",
        "format",
        "repr",
        "unicode",
    }:
        return None
    if isinstance(step, f.Attr) and step.name not in {"message", "args"}:
        return None
    inner = (held for held in f.operands(step) if held < at)
    return next((found for held in inner if (found := _caught(function, held, depth + 1)) is not None), None)


def _quotes(function: Function, caught: int) -> bool:
    """What is caught may be the error of a conversion."""
    step = function.values[caught]
    kind = function.values[function.origin(step.kind)] if isinstance(step, f.Caught) and step.kind >= 0 else None
    kinds = (
        [function.values[function.origin(item)] for item in kind.items] if isinstance(kind, f.Collection) else [kind]
    )
    return any(isinstance(one, f.Ref) and one.path.lstrip("!") in _KINDS for one in kinds)


def _attempted(function: Function, caught: int) -> Iterator[int]:
    """The calls in the `try` whose error is caught."""
    handler = function.region_of[caught]
    while handler >= 0 and function.regions[handler].kind != "except":
        handler = function.regions[handler].parent
    if handler < 0:
        return
    around = function.regions[handler]
    tries = [
        one for one in function.regions if one.kind == "try" and one.parent == around.parent and one.end <= around.start
    ]
    for one in tries[-1:]:
        yield from (call for call in function.calls if one.start <= call < one.end)


def _is_form(program: Program, sink: Sinking) -> bool:
    """`HttpResponse(form.errors.as_json())`."""
    step = sink.function.values[sink.function.origin(sink.value)]
    if not isinstance(step, f.Call) or step.callee != "as_json" or step.receiver < 0:
        return False
    if not written(sink.function, step.receiver).endswith(".errors"):
        return False
    said = [*step.args[:1], *(value for name, value in step.keywords if name == "escape_html")]
    return not any(literal(program, sink.function, value) is not False for value in said)
