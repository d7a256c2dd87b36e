"""A rescue plan as one HTML file, in the style of the report: works from disk, runs no script, loads nothing."""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from seatrial.model.rescue import Plan, Verb
from seatrial.model.text import printable
from seatrial.reports._rescue import words
from seatrial.reports.html import _prose


def plan(of: Plan) -> str:
    """The whole page."""
    style = (files("seatrial.reports.html") / "style.css").read_text("utf-8")
    style += (files(__package__) / "plan.css").read_text("utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    page = _environment().get_template("plan.html.j2")
    return page.render(plan=of, style=Markup(style), policy=policy, words=words, keep=Verb.KEEP)  # noqa: S704 -- our own file


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("seatrial.reports", "_rescue"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value,
    )
    environment.filters["prose"] = _prose.inline
    return environment
