"""Answers that are written bit by bit: what handlers of webapp2 put into `self.response`, and what pieces of programs return."""

from __future__ import annotations

from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Sinking, written
from seatrial.rules.security._pieces import functions

RETURNED = frozenset({"flask", "quart", "bottle", "cherrypy"})
"""Frameworks that take text for a page when a handler returns it."""
_ROUTES = ("route", "get", "post", "put", "patch", "delete")
_RESPONSE = "self.response"
_OUT = frozenset({_RESPONSE, f"{_RESPONSE}.out"})
_RETURNS = frozenset({f.Return})
_KINDS = frozenset({"content-type", "content_type"})
_STORES = frozenset({f.StoreItem, f.StoreAttr})


def answers(program: Program) -> Iterator[Sinking]:
    """The text that is written to a response which is not said to be anything but HTML."""
    for function, call in program.index.calls("write"):
        step = function.values[call]
        is_answer = isinstance(step, f.Call) and step.args and written(function, step.receiver) in _OUT
        if isinstance(step, f.Call) and is_answer and not _is_other(function):
            yield Sinking(function, call, step.args[0], "html", "self.response.write")


def presumed(program: Program) -> Iterator[Function]:
    """Handlers of an application that is not seen as one: `def register(app): @app.route("/") …`, `from main import app`."""
    for body, call in program.index.calls(*_ROUTES):
        step = body.values[call]
        target = program.target(body, call)
        if not isinstance(step, f.Call) or target.functions or target.model is not None or not _takes_text(body):
            continue
        path = body.values[body.origin(step.args[0])] if step.args else None
        if isinstance(path, f.Const) and str(path.value).startswith("/"):
            yield from (one for one in body.file.functions if one.parent is body and call in one.facts.decorators)


def _takes_text(body: Function) -> bool:
    """The file imports a framework that takes text for a page when a handler returns it."""
    return any(fact.module.partition(".")[0] in RETURNED for fact in body.file.facts.imports)


def returned(program: Program, name: str) -> Iterator[Sinking]:
    """What functions of pieces return, under a name: with tags in it, it is meant for a page."""
    for function in functions(program):
        for at in function.of(_RETURNS):
            step = function.values[at]
            if isinstance(step, f.Return) and step.value >= 0:
                yield Sinking(function, at, step.value, "html", name)


def _is_other(function: Function) -> bool:
    """The body gives its response a content type that is not HTML, or is worked out."""
    return any(_sets_other(function, function.values[at]) for at in function.of(_STORES))


def _sets_other(function: Function, step: f.AnyValue) -> bool:
    if isinstance(step, f.StoreItem):
        key = function.values[function.origin(step.key)]
        name = str(key.value).lower() if isinstance(key, f.Const) else ""
    elif isinstance(step, f.StoreAttr):
        name = step.name
    else:
        return False
    said = function.values[function.origin(step.value)]
    is_html = isinstance(said, f.Const) and "html" in str(said.value)
    return name in _KINDS and written(function, step.base).startswith(_RESPONSE) and not is_html
