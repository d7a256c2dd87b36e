"""What pieces of programs show unescaped, beside text with tags: JSON in a script, Markdown, links that a request chose.

Their templates and settings are not to be seen (`_pieces`): how likely it is a fault is told by what others mostly do.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from seatrial.model import facts as f
from seatrial.program import Function, Program, Sinking, written
from seatrial.rules.contract import Match
from seatrial.rules.security._flows import match
from seatrial.rules.security._pieces import functions
from seatrial.rules.security._purpose import words

LIKELY = 0.72
_PLAIN = re.compile(r"\.(?:mako|mak)\Z")
"""Templates of an engine that escapes only where it is told to."""
_RENDERS = frozenset({"render", "render_template", "render_to_string", "render_to_response", "TemplateResponse"})
_ESCAPES = frozenset(
    {"html", "safe", "escape", "escaped", "escapes", "xss", "antixss", "bleach", "clean", "nh3", "sanitize", "sanitise", "sanitized", "sanitizer", "purify"}
)  # fmt: skip
"""Words in the names of what makes text harmless in a page."""
_MARKDOWN = frozenset({"markdown", "markdown2", "commonmark", "mistune"})
_LINKS = frozenset({"link", "href", "dest"})
"""Words in the names of what a page links to."""
_PARTS = frozenset({"scheme", "netloc", "hostname"})
_ITEMS = frozenset({f.StoreItem})
_DEPTH = 6


def unescaped(program: Program) -> Iterator[Match]:
    """What pieces show of text without escaping it."""
    for function in functions(program):
        yield from _links(program, _entries(function), function)
        for call in function.calls:
            step = function.values[call]
            if type(step) is not f.Call:
                continue
            name = step.callee.rpartition(".")[2].lstrip(":!?")
            if name in _RENDERS:
                yield from _scripts(function, step)
                yield from _links(program, ((call, *given) for given in _given(function, step)), function)
            if words(name) & _MARKDOWN and not words(name) & _ESCAPES and _is_markup(function, call):
                yield from _written(function, call, step)


# --- JSON in a script ---


def _scripts(function: Function, step: f.Call) -> Iterator[Match]:
    """JSON that a template of an engine that does not escape is given: `</script>` in it ends the script."""
    texts = (function.values[function.origin(value)] for value in step.args)
    if not any(type(text) is f.Const and _PLAIN.search(str(text.value)) for text in texts):
        return
    for name, value in _given(function, step):
        if _is_bare_json(function, value):
            message = f"{name} is put into the page as JSON, in which `</script>` is not escaped"
            yield Match(message, function, function.values[value].line, key=f"{name} as JSON", confidence=LIKELY)
            return


def _given(function: Function, step: f.Call) -> Iterator[tuple[str, int]]:
    """What a template is given, by its names."""
    yield from step.keywords
    for value in step.args:
        held = function.values[function.origin(value)]
        if type(held) is f.Collection and held.kind == "dict" and held.region < 0:
            for key, given in zip(held.items[::2], held.items[1::2], strict=False):
                named = function.values[function.origin(key)]
                if type(named) is f.Const:
                    yield str(named.value), given


def _is_bare_json(function: Function, value: int) -> bool:
    """`json.dumps(rows)`, of more than the program's own words, and by no encoder that is named for pages."""
    step = function.values[function.origin(value)]
    if type(step) is not f.Call or step.callee.rpartition(".")[2] != "dumps" or not step.args:
        return False
    if any(words(written(function, given)) & _ESCAPES for _, given in step.keywords):
        return False
    return _is_data(function, function.origin(step.args[0]))


def _is_data(function: Function, value: int) -> bool:
    """Rows, their attributes, or entries of something: neither a literal, nor a constant, nor the answer to a question."""
    step = function.values[value]
    if type(step) is f.Collection:
        return step.region >= 0
    return type(step) in {f.Index, f.Attr, f.Part, f.Await} or (type(step) is f.Call and step.receiver >= 0)


# --- Markdown ---


def _is_markup(function: Function, call: int) -> bool:
    """What is made of it is kept or returned as it is, not given to what cleans it."""
    users = [function.values[user] for user in function.users.get(call, ())]
    return bool(users) and all(type(user) in {f.Return, f.StoreAttr, f.StoreItem} for user in users)


def _written(function: Function, call: int, step: f.Call) -> Iterator[Match]:
    """Markdown lets HTML through: text has to be escaped before, or what comes of it cleaned."""
    for value in step.args[:1]:
        if not _is_clean(function, value, 0):
            name = written(function, value) or "the text"
            message = f"{name} becomes HTML as Markdown, which lets tags in it through"
            yield Match(message, function, function.values[call].line, key=f"{name} as Markdown", confidence=LIKELY)


def _is_clean(function: Function, value: int, depth: int) -> bool:
    """A literal or constant, or something on whose way here stands a call that is named for making it harmless."""
    at = function.origin(value)
    step = function.values[at]
    if type(step) in {f.Const, f.Ref} or depth > _DEPTH:
        return True
    if type(step) is f.Call and words(step.callee) & _ESCAPES:
        return True
    return any(
        _is_clean(function, inner, depth + 1)
        for inner in f.operands(step)
        if inner < at and type(function.values[function.origin(inner)]) is not f.Const
    )


# --- links ---


def _entries(function: Function) -> Iterator[tuple[int, str, int]]:
    """What is put under a name into what a template is given: `context["back_link"] = …`."""
    for at in function.of(_ITEMS):
        step = function.values[at]
        key = function.values[function.origin(step.key)] if type(step) is f.StoreItem else None
        if type(step) is f.StoreItem and type(key) is f.Const and isinstance(key.value, str):
            yield at, key.value, step.value


def _links(program: Program, given: Iterable[tuple[int, str, int]], function: Function) -> Iterator[Match]:
    """A link of the page that the request chose: `javascript:` in it runs for whoever follows it."""
    for at, name, value in given:
        if words(name) & _LINKS:
            flow = program.taint.into(Sinking(function, at, value, "redirect", name))
            if flow is not None and flow.origin.kind == "remote" and not _is_asked(function, at):
                yield match(
                    flow,
                    flow.confidence(remote=LIKELY),
                    f"becomes `{name}` of the page, which may be a link to `javascript:`",
                )


def _is_asked(function: Function, at: int) -> bool:
    """What kind of link it is, or what host it leads to, was asked before."""
    pending = [condition for condition, _ in function.guards(at)]
    seen = set(pending)
    while pending:
        step = function.values[function.origin(pending.pop())]
        if type(step) is f.Attr and step.name in _PARTS:
            return True
        inner = [held for held in f.operands(step) if held not in seen]
        seen.update(inner)
        pending += inner
    return False
