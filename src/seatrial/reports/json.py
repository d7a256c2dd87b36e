"""The report for programs: all of it, as JSON with a schema that only grows.

`{"schema": 1, "open": true, …}` followed by the fields of `seatrial.model.verdict.Report` under their own names;
enumerations are their values (`"new"`, `"error"`), places are `{"path", "line", "end_line"}`, probabilities go
from 0 to 1, dates are ISO 8601. A field may be added without a new `schema`; it changes when one is renamed,
removed or means something else.
"""

import json

import msgspec

from seatrial.model.verdict import Report
from seatrial.reports.contract import Format

SCHEMA = 1


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """The report as indented JSON. ASCII alone: a file name that is no Unicode would otherwise not encode."""
    fields = msgspec.to_builtins(report)
    document = {"schema": SCHEMA, "open": report.verdict.open, **fields}
    try:
        return msgspec.json.format(json.dumps(document), indent=2) + "\n"  # both fast: `json` indents in Python
    except msgspec.DecodeError:  # half of a surrogate pair, from a name that is no Unicode: only `json` writes those
        return json.dumps(document, indent=2) + "\n"


FORMAT = Format("json", ".json", render)
