"""Suppressions: comments in the source that accept a finding and say why.

    # seatrial: allow[query-in-loop, unbounded-query] because the table holds the nine provinces

A comment on a line of its own speaks of the next line of code, one behind code of its own line. What cannot be
understood is kept with its `problem`, never ignored: a comment that silences nothing must not look as if it did.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from difflib import get_close_matches

from seatrial.model.decision import Suppression
from seatrial.model.facts import Comment
from seatrial.model.finding import scanner_of

# It may stand behind words to another tool in one comment, hence the search for a `#` or `/` in the middle.
_ADDRESSED = re.compile(r"(?:^|[#*/])\s*seatrial\s*(?::|(?=allow\b))\s*(?P<said>.*)$", re.IGNORECASE | re.DOTALL)
_ALLOW = re.compile(r"allow\s*\[(?P<rules>[^\[\]]*)\]\s*(?P<rest>.*)$", re.IGNORECASE | re.DOTALL)
_BECAUSE = re.compile(r"because\b[\s:]*(?P<reason>.*?)(?:\*/)?\s*$", re.IGNORECASE | re.DOTALL)
_FORM = "write `seatrial: allow[rule] because reason`"
_COMMENT_MARKS = ("#", "//", "/*", "*")


def parse(
    path: str, comments: Iterable[Comment], rules: Collection[str], lines: Sequence[str] = ()
) -> tuple[Suppression, ...]:
    """The suppressions among a file's comments, in order.

    `rules` are the ids that exist; those of other scanners (`bandit/B608`) may be named as well. `lines` is the file's
    text, line by line; it lets a comment on its own line reach past blank lines and other comments to the next line of
    code. Without it, only comments that speak to seatrial are skipped.
    """
    addressed = [(c, found["said"].strip()) for c in comments if (found := _ADDRESSED.search(c.text))]
    own = {c.line for c, _ in addressed if c.own_line}
    return tuple(
        _suppression(path, c, _target(c, own, lines), said, rules)
        for c, said in addressed
        if not said.lower().startswith("decided ")  # cites a decision record
    )


def _target(comment: Comment, own: set[int], lines: Sequence[str]) -> int:
    if not comment.own_line:
        return comment.line
    target = comment.line + 1
    while target in own or (target <= len(lines) and _silent(lines[target - 1])):
        target += 1
    return target


def _silent(line: str) -> bool:
    text = line.strip()
    return not text or text.startswith(_COMMENT_MARKS)


def _suppression(path: str, comment: Comment, target: int, said: str, rules: Collection[str]) -> Suppression:
    allow = _ALLOW.match(said)
    if allow is None:
        return Suppression(path, comment.line, target, (), "", f"cannot be understood: {_FORM}")
    named = tuple(name for part in allow["rules"].split(",") if (name := part.strip()))
    because = _BECAUSE.match(allow["rest"])
    reason = " ".join(because["reason"].split()) if because else ""
    known = tuple(name for name in named if name in rules or scanner_of(name))
    problem = "; ".join(_problems(named, rules))
    return Suppression(path, comment.line, target, known, reason, problem)


def _problems(named: Sequence[str], rules: Collection[str]) -> Iterator[str]:
    if not named:
        yield f"names no rule: {_FORM}"
    for name in named:
        if name not in rules and not scanner_of(name):
            nearest = get_close_matches(name, sorted(rules), n=1)
            yield f"no rule `{name}`" + (
                f", did you mean `{nearest[0]}`?" if nearest else "; `seatrial rules` lists them"
            )
