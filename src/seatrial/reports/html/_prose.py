"""Prose of rules and findings as HTML: code spans, and for rule pages paragraphs, headings and programs."""

import re

from markupsafe import Markup, escape

from seatrial.model.text import printable

_FENCE = re.compile(r"^```(?P<name>[^\n]*)\n(?P<body>.*?)^```\s*$", re.DOTALL | re.MULTILINE)


def inline(text: str) -> Markup:
    """One line of prose: what stands between backticks is code."""
    parts = printable(text).split("`")
    if len(parts) % 2 == 0:
        return escape("`".join(parts))
    return Markup().join(_code(part) if number % 2 else escape(part) for number, part in enumerate(parts))


def page(text: str) -> Markup:
    """A rule's page: paragraphs, `##` headings and fenced programs. Anything else in it stays text."""
    pieces, end = [], 0
    for fence in _FENCE.finditer(text):
        pieces += [_paragraphs(text[end : fence.start()]), _program(fence["name"], fence["body"])]
        end = fence.end()
    return Markup().join([*pieces, _paragraphs(text[end:])])


def _paragraphs(text: str) -> Markup:
    return Markup().join(_block(" ".join(block.split())) for block in text.split("\n\n") if block.strip())


def _block(text: str) -> Markup:
    if text.startswith("## "):
        return Markup("<h4>{}</h4>").format(inline(text.removeprefix("## ")))
    return Markup("<p>{}</p>").format(inline(text))


def _program(name: str, body: str) -> Markup:
    lines = Markup("\n").join(escape(printable(line.replace("\t", "    "))) for line in body.splitlines())
    caption = Markup("<figcaption>{}</figcaption>").format(printable(name)) if name.strip() else Markup()
    return Markup("<figure>{}<pre><code>{}</code></pre></figure>").format(caption, lines)


def _code(text: str) -> Markup:
    return Markup("<code>{}</code>").format(text)
