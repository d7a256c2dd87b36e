"""Colours for code, by the letters alone: strings, comments, keywords. Not a parser: what it misses stays plain."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

from seatrial.model.text import printable

_KEYWORDS = (
    "False|None|True|and|as|assert|async|await|break|case|class|continue|def|del|elif|else|except|finally|for|from|"
    "global|if|import|in|is|lambda|match|nonlocal|not|or|pass|raise|return|try|while|with|yield"
)
_TOKENS = re.compile(
    rf"""(?P<s>(?i:[rbuft]{{0,2}})(?:\"\"\"(?:\\.|[^\\])*?(?:\"\"\"|\Z)|'''(?:\\.|[^\\])*?(?:'''|\Z)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))
    |(?P<c>\#[^\n]*)|(?P<d>(?m:^[ \t]*)@[\w.]+)|\b(?P<k>{_KEYWORDS})\b|\b(?P<o>\d[\w.]*)""",
    re.VERBOSE | re.DOTALL,
)


def coloured(lines: Sequence[str], path: str) -> list[Markup]:
    """Each line as HTML. Only Python is coloured; every other language is escaped and left plain."""
    if not path.endswith((".py", ".pyi")):
        return [_plain(line) for line in lines]
    text, at = "\n".join(lines), 0
    pieces: list[str] = []
    for match in _TOKENS.finditer(text):
        pieces += [_escaped(text[at : match.start()]), _token(match.lastgroup or "", match[0])]
        at = match.end()
    pieces.append(_escaped(text[at:]))
    return [Markup(line) for line in "".join(pieces).split("\n")]  # noqa: S704 - each piece was escaped


def _token(kind: str, text: str) -> str:
    """A token may span lines: each line has a mark of its own, so that lines can be taken apart."""
    return "\n".join(f'<span class="{kind}">{_escaped(line)}</span>' if line else "" for line in text.split("\n"))


def _escaped(text: str) -> str:
    return "\n".join(str(_plain(line)) for line in text.split("\n"))


def _plain(line: str) -> Markup:
    return escape(printable(line.removesuffix("\r").expandtabs(4)))
