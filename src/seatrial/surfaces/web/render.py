"""A page as HTML, and as JSON at the same address with `.json`: what one shows, the other says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from seatrial.model.text import counted, printable
from seatrial.reports.html import _prose  # the same prose as in the report


@dataclass(frozen=True)
class Page:
    """What a page says. `data` goes into both forms; `view` only into the HTML: how it looks, and what is planted.

    Where both have a name, people get what `view` says: line numbers of the view instead of those of the tree.
    """

    template: str
    title: str
    data: Mapping[str, Any]
    view: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True)
class Frame:
    """What all pages share."""

    tree: str
    reviewer: str
    csrf: str


def html(page: Page, frame: Frame, path: str) -> Response:
    """The page for people."""
    text = (
        _environment()
        .get_template(f"{page.template}.html.j2")
        .render({"title": page.title, "frame": frame, "here": path, "asset": _asset, **page.data, **page.view})
    )
    return HTMLResponse(text, page.status)


def json(page: Page) -> Response:
    """The page for programs: never what was planted, never more than the page may tell now."""
    body = msgspec.json.format(msgspec.json.encode({"title": page.title, **page.data}, enc_hook=str), indent=2)
    return Response(body, page.status, media_type="application/json")


def static(name: str) -> Response | None:
    """One of our own files; None if there is none of this name."""
    if name not in _TYPES:
        return None
    headers = {"cache-control": "private, max-age=86400"}
    return Response(_read(name), media_type=_TYPES[name], headers=headers)


_TYPES = {
    "style.css": "text/css",
    "keys.js": "text/javascript",
    "room.js": "text/javascript",
    "icon.svg": "image/svg+xml",
}


def _asset(name: str) -> str:
    """The address of one of our files, new whenever the file is."""
    return f"/static/{name}?v={sha256(_read(name)).hexdigest()[:8]}"


@lru_cache(maxsize=8)
def _read(name: str) -> bytes:
    return (files(__package__) / "static" / name).read_bytes()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("seatrial.surfaces.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["prose"] = _prose.inline
    environment.filters["count"] = counted
    environment.filters["duration"] = _duration
    return environment


def _shown(value: object) -> object:
    """What a template writes: made printable first; only what we marked up ourselves is left alone."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
