"""Colours change no letter of the code, and nothing in it becomes markup."""

import re
from html import unescape

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.surfaces.web.highlight import coloured

TAG = re.compile(r"</?span[^>]*>")


def plain(line: str) -> str:
    return unescape(TAG.sub("", line))


@settings(max_examples=60)
@given(st.lists(st.text(st.sampled_from("ab12_ '\"\\#@<>&()=:.f"), max_size=30), max_size=8))
def test_every_line_says_what_it_said(lines: list[str]) -> None:
    assert [plain(line) for line in coloured(lines, "a.py")] == (lines or [""])


def test_what_spans_lines_is_marked_on_each() -> None:
    first, second = coloured(['"""a', 'b"""'], "a.py")
    assert (first, second) == ('<span class="s">&#34;&#34;&#34;a</span>', '<span class="s">b&#34;&#34;&#34;</span>')


def test_words_are_known_by_their_kind() -> None:
    (line,) = coloured(["    return f'{x}' if n > 14 else None  # why"], "a.py")
    kinds = re.findall(r'class="(\w)">([^<]*)<', line)
    assert [kind for kind, _ in kinds] == ["k", "s", "k", "o", "k", "k", "c"]


def test_other_languages_and_hostile_lines_stay_text() -> None:
    assert coloured(["<script>return 1</script>"], "a.js") == ["&lt;script&gt;return 1&lt;/script&gt;"]
    assert coloured(["a\x1b[31mb\u202e"], "a.js") == [r"a\x1b[31mb\u202e"]
