"""Pages: where text is sent to a browser that reads it as HTML, beyond the calls that library models name."""

import re
from collections.abc import Iterator

from seatrial.model import facts as f
from seatrial.model.source import template_name
from seatrial.program import Function, Program, Sinking
from seatrial.program.handed import ADMIN
from seatrial.program.risks import literal
from seatrial.program.serving.unescaped import Output, unescaped
from seatrial.program.taint import sinks
from seatrial.rules.security._answers import RETURNED, answers, presumed, returned

_KINDS = frozenset({"mimetype", "content_type", "media_type"})
_HTML = re.compile(r"html|svg|xml", re.IGNORECASE)
"""Media types in which a browser runs script."""

_RENDERS = (
    "render",
    "render_template",
    "render_to_string",
    "TemplateResponse",
    "render_to_response",
    "template_response",
)
_STRINGS = ("render_template_string",)
_UNDOES = frozenset({"unescape", "striptags"})
"""What makes plain text of text that was called safe."""
_MAILS = ".mail."
"""In the names of what sends mail: `django.core.mail.send_mail`, `django.core.mail.EmailMessage`."""
_NOTES = ("success", "error", "info", "warning", "debug", "add_message")
_SHOWS_NOTES = re.compile(r"\{\{\s*(?:\w+_)?(?:message|msg|notification)(?:\.\w+)?\s*\|\s*safe\b")
_ADMIN_PAGE = re.compile(r"(?:^|/)admin/")
"""How a template shows the messages that Django keeps, when it does not escape them."""

BY_HAND = "text that is shown as HTML"
"""What the sinks are called that take plain text, too: only text that holds markup is meant as HTML there."""


def pages(program: Program) -> Iterator[Sinking]:
    """Every place where text becomes a page, or part of one."""
    for sink in sinks(program, "html"):
        if not says_other(program, sink.function, sink.call):
            yield sink
    yield from _returned(program)
    yield from _put_in(program)
    yield from _rendered(program)
    yield from _noted(program)
    yield from returned(program, BY_HAND)
    yield from answers(program)


def is_mailed(program: Program, sink: Sinking) -> bool:
    """What was rendered is only handed to what sends mail: no browser runs it, and most of it is plain text."""
    function = sink.function
    users = [at for at in function.users.get(sink.call, ()) if not isinstance(function.values[at], f.Store)]
    calls = [at for at in users if isinstance(function.values[at], f.Call)]
    return bool(calls) and calls == users and all(_MAILS in program.target(function, at).external for at in calls)


def says_other(program: Program, function: Function, call: int) -> bool:
    """What the call gives is said to be no HTML: by the call itself, by a header that is set on it afterwards.

    Or by its only use: `Markup(text).unescape()` is plain text again.
    """
    step = function.values[call]
    uses = [function.values[user] for user in function.users.get(call, ())]
    if uses and all(isinstance(use, f.Call) and use.receiver == call and use.callee in _UNDOES for use in uses):
        return True
    given = [value for name, value in step.keywords if name in _KINDS] if isinstance(step, f.Call) else []
    for user in function.users.get(call, ()):
        given.extend(_set_on(function, user, call))
    kinds = [literal(program, function, value) for value in given]
    return any(isinstance(kind, str) and not _HTML.search(kind) for kind in kinds)


def _set_on(function: Function, user: int, response: int) -> Iterator[int]:
    """The content type that a response is given: `r["Content-Type"] = …`, `r.headers[…] = …`, `r.mimetype = …`."""
    step = function.values[user]
    if isinstance(step, f.StoreAttr):
        yield from (step.value,) if step.base == response and step.name in _KINDS else ()
    elif isinstance(step, f.StoreItem):
        yield from (step.value,) if step.base == response and _is_type(function, step.key) else ()
    elif isinstance(step, f.Attr) and step.name == "headers" and step.base == response:
        for inner in function.users.get(user, ()):
            yield from _set_on(function, inner, user)


def _is_type(function: Function, value: int) -> bool:
    key = function.values[function.origin(value)]
    return isinstance(key, f.Const) and isinstance(key.value, str) and key.value.lower() == "content-type"


# --- what handlers return ---


def _returned(program: Program) -> Iterator[Sinking]:
    """The text that handlers return and that is sent as a page."""
    found = [entry for end in program.endpoints for entry in _answering(program, end.framework, end.entries)]
    for function in dict.fromkeys((*found, *_for_errors(program), *presumed(program))):
        for at, step in enumerate(function.values):
            if isinstance(step, f.Return) and step.value >= 0:
                value = _text(function, step.value)
                if value is not None and not says_other(program, function, function.origin(value)):
                    yield Sinking(function, at, value, "html", "the response")


def _answering(program: Program, framework: str, entries: tuple[Function, ...]) -> Iterator[Function]:
    for entry in entries:
        if framework in RETURNED or (framework == "fastapi" and _answers_html(program, entry)):
            yield entry


def _for_errors(program: Program) -> Iterator[Function]:
    """What answers instead of a handler that has failed: the page that tells what was not found."""
    for body, call in program.index.calls("errorhandler", "app_errorhandler"):
        model = program.model(body, call)
        if model is not None and model.hook is not None and model.hook.kind == "error-handler":
            yield from (one for one in body.file.functions if one.parent is body and call in one.facts.decorators)


def _answers_html(program: Program, function: Function) -> bool:
    """A decorator says that what is returned is a page (`response_class=HTMLResponse`)."""
    for decorator in function.facts.decorators:
        step = function.parent.values[decorator] if function.parent else None
        if function.parent and isinstance(step, f.Call):
            said = dict(step.keywords).get("response_class", -1)
            if said >= 0 and str(literal(program, function.parent, said)).endswith("HTMLResponse"):
                return True
    return False


def _text(function: Function, value: int) -> int | None:
    """What is sent as text: all of it, or the first part of `text, status, headers`; None for what is said to be no page."""
    step = function.values[function.origin(value)]
    if not isinstance(step, f.Collection):
        return value
    if step.kind != "tuple" or not step.items:
        return None
    return step.items[0] if all(_allows_html(function, item) for item in step.items[1:]) else None


def _allows_html(function: Function, value: int) -> bool:
    """Headers that name a content type name HTML."""
    step = function.values[function.origin(value)]
    if not isinstance(step, f.Collection):
        return True
    held = [function.values[item] for item in step.items]
    texts = [item.value.lower() for item in held if isinstance(item, f.Const) and isinstance(item.value, str)]
    return "content-type" not in texts or any("html" in text for text in texts)


# --- what is put into attributes ---


def _put_in(program: Program) -> Iterator[Sinking]:
    """A response's body that is set afterwards, and the help of a form's field, which Django shows as HTML."""
    for function, at in program.index.stores("data"):
        step = function.values[at]
        if isinstance(step, f.StoreAttr) and _is_page(program, function, step.base):
            yield Sinking(function, at, step.value, "html", "the response")
    for function, at in program.index.stores("help_text"):
        step = function.values[at]
        if isinstance(step, f.StoreAttr):
            yield Sinking(function, at, step.value, "html", BY_HAND)


def _is_page(program: Program, function: Function, value: int) -> bool:
    is_response = program.types.has_kind(program.type_of(function, value), "response")
    return is_response and not says_other(program, function, function.origin(value))


# --- templates ---


def _rendered(program: Program) -> Iterator[Sinking]:
    """What is given to a template under a name that it puts out unescaped."""
    raw = {template_name(m.path): tuple(unescaped(m.text)) for m in program.manifests if template_name(m.path)}
    raw = {name: outputs for name, outputs in raw.items() if outputs}
    for function, call in program.index.calls(*(_RENDERS if raw else ())):
        step = function.values[call]
        given = (*step.args, *(value for _, value in step.keywords)) if isinstance(step, f.Call) else ()
        named = [raw[text] for value in given if (text := _said(program, function, value)) in raw]
        for output in named[0] if named else ():
            yield from _given(function, call, output)
    for function, call in program.index.calls(*_STRINGS):
        step = function.values[call]
        if isinstance(step, f.Call) and step.args:
            for output in unescaped(_said(program, function, step.args[0])):
                yield from _given(function, call, output)


def _said(program: Program, function: Function, value: int) -> str:
    said = literal(program, function, value)
    return said if isinstance(said, str) else ""


def _given(function: Function, call: int, output: Output) -> Iterator[Sinking]:
    """The value that a call gives to the template under the name of an output."""
    step = function.values[call]
    assert isinstance(step, f.Call)
    wanted = output.name.partition(".")[0]
    for name, value in step.keywords:
        if name == wanted:
            yield Sinking(function, call, value, "html", f"{{{{ {output.name}|safe }}}}")
    for value in (*step.args, *(value for _, value in step.keywords)):
        context = function.values[function.origin(value)]
        if isinstance(context, f.Collection) and context.kind == "dict" and output.name == wanted:
            for key, held in zip(context.items[::2], context.items[1::2], strict=False):
                said = function.values[function.origin(key)]
                if isinstance(said, f.Const) and said.value == wanted:
                    yield Sinking(function, call, held, "html", f"{{{{ {output.name}|safe }}}}")


# --- messages ---


def _noted(program: Program) -> Iterator[Sinking]:
    """Messages for the visitor, in a program whose templates show them unescaped: the admin's own escape them."""
    pages = [m.path for m in program.manifests if template_name(m.path) and _SHOWS_NOTES.search(m.text)]
    in_admin = any(map(_ADMIN_PAGE.search, pages))
    for function, call in program.index.calls(*_NOTES) if pages else ():
        step = function.values[call]
        external = program.target(function, call).external or ""
        is_shown = in_admin or not _is_of_admin(program, function)
        if is_shown and isinstance(step, f.Call) and external.startswith("django.contrib.messages."):
            at = 2 if external.endswith("add_message") else 1
            for value in step.args[at : at + 1]:
                yield Sinking(function, call, value, "html", BY_HAND)


def _is_of_admin(program: Program, function: Function) -> bool:
    """A method of an admin's class, whose pages are Django's."""
    return function.cls is not None and program.types.class_derives(function.cls, ADMIN)
