"""Forms: what a program that speaks HTML takes, told by its own pages, as a browser would send it.

Every page that can be asked for is read, and each form on it is what the operation of its address takes. Tokens against
requests from other sites are left out: a program that runs in the sandbox does not ask for them.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

import msgspec

from seatrial.sandbox import FORM, Application, Call
from seatrial.trials.api import Api, Operation, below

_TOKEN = re.compile(r"csrf|xsrf|authenticity_token|requestverificationtoken", re.IGNORECASE)
_LEAVES = re.compile(r"log-?_?(out|off)|sign-?_?out|delete|remove|reset|clear|drop", re.IGNORECASE)
"""Pages that are not asked for only to look at them: what they do would be done."""
_NAME = re.compile(r"user|login|nick|slug|handle", re.IGNORECASE)
_FORMATS = {"email": "email", "url": "uri", "date": "date", "time": "time", "datetime-local": "local"}
_UNSENT = ("button", "reset", "image")
_LEFT_OUT = ("checkbox", "radio", "file")
"""What a page sends only if somebody chooses it."""
_LIMITS = (("maxlength", "maxLength"), ("minlength", "minLength"), ("min", "minimum"), ("max", "maximum"))
_MOST = 80
"""Pages that are looked at."""


class Form(msgspec.Struct):
    """A form of a page: where it is sent, and the JSON schema of each of its fields."""

    action: str
    fields: dict[str, dict[str, Any]] = {}
    required: list[str] = []


def learn(api: Api, application: Application, pages: Iterable[Call]) -> bool:
    """Has the document tell the forms of these pages; whether any of them was a page of HTML."""
    paths = {path: dict(item) for path, item in api.document.get("paths", {}).items()}
    is_any = False
    for page in list(pages)[:_MOST]:
        answer = application.call(page, watched=False)
        is_any |= bool(answer.page)
        for form in forms(answer.page, page.path) if answer.ok else ():
            _told(paths, api, form)
    api.know({**api.document, "paths": paths})
    return is_any


def is_looked_at(operation: Operation) -> bool:
    """Whether a page of the operation may be asked for only to look at it."""
    return not operation.writes and not _LEAVES.search(operation.path)


def forms(page: str, path: str) -> Iterator[Form]:
    """The forms of a page that are sent by POST, each with where it is sent; `path` is the page's own."""
    reader = _Reader()
    reader.feed(page)
    for action, form in reader.found:
        target = urlsplit(urljoin(path, action))
        if form.fields and not target.netloc:
            yield msgspec.structs.replace(form, action=target.path)


def _told(paths: dict[str, dict[str, Any]], api: Api, form: Form) -> None:
    """Notes what the operation of a form's address takes, unless that is known of something better."""
    operation = _meant(api, form.action)
    if operation is None or (operation.fields and not operation.form):
        return
    template = next(path for path in paths if below(api.document) + path == operation.path)
    known = operation.body
    properties = {**known.get("properties", {}), **form.fields}
    required = list(dict.fromkeys((*known.get("required", ()), *form.required)))
    schema = {"type": "object", "properties": properties, "required": required}
    said = paths[template]["post"]
    kind = "application/json" if operation.body and not operation.form else FORM
    paths[template] = {**paths[template], "post": {**said, "requestBody": {"content": {kind: {"schema": schema}}}}}


def _meant(api: Api, path: str) -> Operation | None:
    """The operation that a request to the path would reach: the one with the fewest places."""
    found = [one for one in api.operations if one.method == "POST" and _matches(one.path, path)]
    return min(found, key=lambda one: len(one.places), default=None)


def _matches(template: str, path: str) -> bool:
    parts = re.split(r"{[^{}]+}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, parts)), path) is not None


class _Reader(HTMLParser):
    """Gathers forms. What is no field of a form, and forms that are sent by GET, are passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Form]] = []
        self._form: Form | None = None
        self._select = ""
        self._is_pressed = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form("") if said.get("method", "").lower() == "post" else None
            self._is_pressed = False
            if self._form is not None:
                self.found.append((said.get("action", ""), self._form))
        elif self._form is None:
            return
        elif tag == "option" and self._select:
            self._option(said.get("value", ""))
        elif tag in ("input", "textarea", "select", "button") and said.get("name") and "disabled" not in said:
            self._field(tag, said)

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "form":
            self._form = None

    def _field(self, tag: str, said: Mapping[str, str]) -> None:
        assert self._form is not None
        name, kind = said["name"], said.get("type", "submit" if tag == "button" else "text").lower()
        if _TOKEN.search(name) or kind in _UNSENT or (kind == "submit" and self._is_pressed):
            return
        if tag == "select":
            self._select = name
        self._is_pressed |= kind == "submit"
        if kind != "radio" or name not in self._form.fields:
            self._form.fields[name] = _schema(tag, kind, said)
        if kind not in _LEFT_OUT or "required" in said:
            self._form.required.append(name)

    def _option(self, value: str) -> None:
        assert self._form is not None
        if value:
            self._form.fields[self._select].setdefault("enum", []).append(value)


def _schema(tag: str, kind: str, said: Mapping[str, str]) -> dict[str, Any]:
    """What a field takes."""
    value = said.get("value", "")
    if kind in ("hidden", "submit"):
        return {"type": "string", "enum": [value]} if value else {"type": "string", "maxLength": 0}
    if kind in ("checkbox", "radio"):
        return {"type": "string", "enum": [value or "on"]}
    if kind in ("number", "range"):
        limits = {told: float(said[name]) for name, told in _LIMITS[2:] if _is_number(said.get(name, ""))}
        return {"type": "number" if "." in said.get("step", "") else "integer", **limits}
    if kind == "file":
        return {"type": "string", "format": "binary"}
    limits = {told: int(said[name]) for name, told in _LIMITS[:2] if said.get(name, "").isdigit()}
    if kind == "password":
        return {"type": "string", "format": "password", **limits}
    if kind in _FORMATS:
        return {"type": "string", "format": _FORMATS[kind], **limits}
    pattern = {"pattern": "^[A-Za-z0-9]+$"} if tag == "input" and _NAME.search(said["name"]) else {}
    return {"type": "string", **pattern, **limits}


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d+)?", text) is not None
