"""What the rules about foreign text share: a flow as a match."""

from seatrial.program import Flow
from seatrial.rules.contract import Match

_WHO = {
    "remote": "chosen by whoever sends the request",
    "local": "chosen by the user",
    "parameter": "not checked here",
    "unknown": "not checked here",
}


def match(flow: Flow, confidence: float, reaches: str) -> Match:
    """The finding at the sink. `reaches` says what the value does there: `becomes part of the SQL text`."""
    sink = flow.sink
    name = flow.origin.name
    step = sink.function.values[sink.call]
    return Match(
        message=f"{name}, {_WHO[flow.origin.kind]}, {reaches}",
        function=sink.function,
        line=step.line,
        end_line=sink.function.place(sink.call).end_line,
        key=f"{name} in {sink.what.rpartition('.')[2]}",
        path=flow.path,
        confidence=round(confidence, 2),
        weight=3.0 if flow.origin.kind == "remote" else 1.0,
        also=tuple(f for f in flow.functions if f is not sink.function),
    )
