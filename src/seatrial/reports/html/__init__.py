"""The report as one HTML file: works from disk, reads without JavaScript, loads nothing.

Every value goes through Jinja's escaping and `printable`; a content security policy lets only this file's own
style and script run, by their hashes, so that even a hole in the escaping would run nothing.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seatrial.model.curve import Curve
from seatrial.model.finding import Quality, Severity
from seatrial.model.standing import Standing
from seatrial.model.text import printable
from seatrial.model.verdict import Report
from seatrial.reports import _words as words
from seatrial.reports._sections import SINKS, folded, is_proven, notes, reason_groups, sections, told
from seatrial.reports.contract import Format
from seatrial.reports.html import _curves, _map, _prose

_OPENED = 3
"""So many findings are unfolded from the start."""


def render(report: Report, width: int, color: bool) -> str:  # noqa: ARG001, FBT001 -- the contract of a format
    """The whole page."""
    style, script = ((files(__package__) / name).read_text("utf-8") for name in ("style.css", "filter.js"))
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            report=report,
            verdict=report.verdict,
            style=Markup(style),  # noqa: S704 -- our own file
            script=Markup(script),  # noqa: S704 -- our own file
            policy=_policy(style, script),
            **_content(report),
        )
    )


def measured(root: str, version: str, curves: Sequence[Curve]) -> str:
    """A page of curves alone; without script."""
    style = (files(__package__) / "style.css").read_text("utf-8")
    page = _environment().get_template("measured.html.j2")
    policy = f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'"
    figures = _curves.draw(curves)
    shown = Markup(style)  # noqa: S704 -- our own file
    return page.render(root=root, version=version, figures=figures, frame=_curves, style=shown, policy=policy)


def ledger(root: str, version: str, standing: Standing) -> str:
    """A page of all sign-offs, with what each says and whether it counts, and how the code stands; without script."""
    style = (files(__package__) / "style.css").read_text("utf-8")
    states = Counter(one.state.value for one in standing.units)
    return (
        _environment()
        .get_template("ledger.html.j2")
        .render(
            root=root,
            version=version,
            standing=standing,
            states=states,
            style=Markup(style),  # noqa: S704 -- our own file
            policy=f"default-src 'none'; style-src {_hash(style)}; base-uri 'none'; form-action 'none'",
        )
    )


FORMAT = Format("html", ".html", render)


def _content(report: Report) -> dict[str, Any]:
    found = told(report)
    return {
        "found": found,
        "sections": sections(found),
        "opened": {j.finding.fingerprint for j in found[:_OPENED]},
        "notes": notes(report),
        "answered": folded(report),
        "reasons": reason_groups(report),
        "severities": [(s, sum(j.finding.severity is s for j in found)) for s in Severity],
        "qualities": [q for q in Quality if any(j.finding.quality is q for j in found)],
        "paged": {rule.id for rule in report.rules},
        "map": _map.draw(report.map),
        "figures": _curves.draw(report.curves),
        "frame": _curves,
        "proven": is_proven,
        "sinks": SINKS,
        "words": words,
    }


def _policy(style: str, script: str) -> str:
    own = f"style-src {_hash(style)}; script-src {_hash(script)}"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("seatrial.reports", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["prose"] = _prose.inline
    environment.filters["page"] = _prose.page
    return environment


def _shown(value: object) -> object:
    """What a template writes: made printable first; only what we marked up ourselves is left alone."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
