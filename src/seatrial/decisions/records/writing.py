"""Writes records: a draft in the form of MADR 4.0, and single keys of a record that is there."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import yaml

from seatrial.decisions.records.parse import parse
from seatrial.decisions.records.reading import LARGEST, within
from seatrial.errors import DecisionError
from seatrial.model.record import Draft, Record
from seatrial.model.text import printable

_LONGEST = 60
"""Characters of the words in an id."""
_BODY = """\
# {title}

## Context and Problem Statement

{context}

## Considered Options

{options}

## Decision Outcome

{outcome}

### Consequences

{consequences}

### Confirmation

{confirmation}
"""


def create(root: Path, folder: str, draft: Draft, today: date) -> Record:
    """Writes a draft as a record with the status `proposed`, over nothing that is there, and gives it back.

    Raises:
        DecisionError: the title has no words, such a record is there, or a part of the draft cannot be used.
    """
    slug = _slug(draft.title)
    path = f"{folder}/{today:%Y%m%d}-{slug}.md"
    text = _text(f"D-{today:%Y%m%d}-{slug}", draft, today)
    record = parse(path, text.encode())
    if len(text.encode()) > LARGEST:
        raise DecisionError(f"A record has at most {LARGEST:,} bytes: say it in fewer words.")
    file = within(root, folder) / path.rpartition("/")[2]
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8", newline="\n") as out:
            out.write(text)
    except FileExistsError:
        raise DecisionError(f"{printable(path)} is there already: change it while it is proposed.") from None
    except OSError as error:
        raise DecisionError(f"{printable(path)} cannot be written: {error.strerror}.") from error
    return record


def set_keys(root: Path, record: Record, keys: Mapping[str, Any]) -> Record:
    """Writes these top keys of the front matter anew and leaves every other line as it is. Raises `DecisionError`."""
    file = root / record.path
    try:
        text = file.read_text(encoding="utf-8")
        for key, value in keys.items():
            text = _with_key(text, key, value)
        changed = parse(record.path, text.encode())
        file.write_text(text, encoding="utf-8", newline="\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DecisionError(f"{printable(record.path)} cannot be rewritten: {error}.") from error
    return changed


def _with_key(text: str, key: str, value: Any) -> str:
    """The text with one key of its front matter replaced, or added at the end of it."""
    head, begin, rest = text.partition("---\n")
    front, end, body = rest.partition("\n---")
    written = _yaml({key: value}).rstrip("\n")
    block = re.compile(rf"^{re.escape(key)}[ \t]*:.*(?:\n(?:[ \t-].*)?)*?(?=\n[^ \t\n-]|\Z)", re.MULTILINE)
    changed, count = block.subn(lambda _: written, front, count=1)
    return head + begin + (changed if count else f"{front}\n{written}") + end + body


def _slug(title: str) -> str:
    words = re.findall(r"[a-z0-9]+", title.lower())
    slug = ""
    for word in words:
        if len(slug) + len(word) >= _LONGEST:
            break
        slug = f"{slug}-{word}" if slug else word
    if not slug:
        raise DecisionError("A record needs a title with words in it: the decision in one line.")
    return slug


def _text(name: str, draft: Draft, today: date) -> str:
    plain: dict[str, Any] = {"status": "proposed", "date": today}
    if draft.decision_makers:
        plain["decision-makers"] = list(draft.decision_makers)
    ours: dict[str, Any] = {"id": name, "scope": _plain(draft.scope)}
    for key in ("rejected", "rules", "anchors", "supersedes", "trade_offs"):
        ours[key.replace("_", "-")] = _plain(getattr(draft, key))
    ours["enforcement"] = draft.enforcement.value
    ours["review-by"] = draft.review_by
    front = _yaml(plain | {key: value for key, value in ours.items() if value})
    return f"---\n{front}---\n\n{_body(draft)}"


def _body(draft: Draft) -> str:
    options = "\n".join(
        f"- {printable(one.option)}: rejected because {printable(one.because)}" for one in draft.rejected
    )
    return _BODY.format(
        title=printable(draft.title),
        context=_prose(draft.context) or "What forces a choice here, and what would a newcomer do without knowing?",
        options=options or "- Each option in a line, the chosen one too.",
        outcome=_prose(draft.outcome) or "What is done, and the reason that outweighs the others.",
        consequences=_prose(draft.consequences) or "- What it gives, and what it costs.",
        confirmation="`rules` above, and what else shows that the decision is kept.",
    )


def _prose(text: str) -> str:
    """Text of several lines, each of which prints."""
    return "\n".join(map(printable, text.splitlines())).strip()


def _plain(value: object) -> Any:
    return msgspec.to_builtins(value, builtin_types=(date,))


def _yaml(values: Mapping[str, Any]) -> str:
    return yaml.safe_dump(dict(values), sort_keys=False, allow_unicode=True, width=110)
