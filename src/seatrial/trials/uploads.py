"""Files that are sent with a form: told by their names alone, so that a body with files is still plain JSON.

What a file holds follows from how its name ends. A body with files goes as `multipart/form-data` (RFC 7578).
"""

import json
import re
from base64 import b64decode
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

_BOUNDARY = "seatrial-4e1f0c"
KIND = f"multipart/form-data; boundary={_BOUNDARY}"
_PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
_PAGE = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj "
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
_FILES: Mapping[str, tuple[str, bytes]] = {
    "png": ("image/png", b64decode(_PICTURE)),
    "csv": ("text/csv", b"id,name\r\n1,seatrial\r\n"),
    "pdf": ("application/pdf", _PAGE),
    "txt": ("text/plain", b"seatrial\n"),
    "json": ("application/json", b'{"name": "seatrial"}'),
}
"""What files hold, by how their names end; the most usual first."""
_OTHER = ("application/octet-stream", b"seatrial\n")
_ESCAPED = {"\r": "%0D", "\n": "%0A", '"': "%22"}
"""As browsers write names. Source: HTML, "Multipart form data"."""
_PART = re.compile(rb'name="([^"]*)"(?:; filename="([^"]*)")?[^\n]*\r\n(?:[^\r\n]+\r\n)*\r\n', re.DOTALL)


def is_file(schema: Mapping[str, Any]) -> bool:
    """Whether a value of the schema is a file, or a list of such: in OpenAPI 3.1, 3.0 and 2.0."""
    inner = schema.get("items", {})
    told = schema if schema.get("type") != "array" else inner if isinstance(inner, Mapping) else {}
    choices = (one for key in ("anyOf", "oneOf") for one in told.get(key, ()))
    return (
        told.get("format") == "binary"
        or "contentMediaType" in told
        or told.get("type") == "file"
        or any(map(is_file, choices))
    )


def named(body: Any, files: Collection[str], ending: str) -> Any:
    """The body with files of another kind, by their names."""
    if not files or not isinstance(body, Mapping):
        return body
    return {key: _renamed(value, ending) if key in files else value for key, value in body.items()}


def _renamed(value: Any, ending: str) -> Any:
    if isinstance(value, list):
        return [_renamed(one, ending) for one in value]
    return ended(re.sub(r"[^A-Za-z0-9]+", "-", str(value)), ending)


def ended(name: Any, ending: str) -> Any:
    """The name with that ending, whatever it holds; what is none stays as it is."""
    return f"{name}.{ending}" if name and isinstance(name, str) and not name.endswith(f".{ending}") else name


def endings(words: str) -> Sequence[str]:
    """How names of files may end, where these words speak of them: what they name comes first."""
    low = words.lower()
    return sorted(_FILES, key=lambda one: one not in low)


def encoded(files: Collection[str], body: Mapping[str, Any]) -> bytes:
    """The body of the request."""
    parts = [part for name, value in body.items() for part in _parts(name, value, is_file=name in files)]
    return b"".join(parts) + f"--{_BOUNDARY}--\r\n".encode()


def _parts(name: str, value: Any, *, is_file: bool) -> Iterator[bytes]:
    for one in value if isinstance(value, list) else [value]:
        head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{_escaped(name)}"'
        if is_file and isinstance(one, str):
            kind, data = _FILES.get(one.rpartition(".")[2].lower(), _OTHER)
            head += f'; filename="{_escaped(one)}"\r\nContent-Type: {kind}'
        else:
            data = (json.dumps(one) if isinstance(one, Mapping) else str(one)).encode(errors="surrogatepass")
        yield head.encode(errors="surrogatepass") + b"\r\n\r\n" + data + b"\r\n"


def decoded(data: bytes, lists: Collection[str]) -> Mapping[str, Any]:
    """What such a body says, files by their names; of `lists` always a list."""
    found: dict[str, list[str]] = {}
    for part in data.split(f"--{_BOUNDARY}".encode())[1:-1]:
        if told := _PART.search(part):
            name, filename = (_plain(one) if one is not None else None for one in told.groups())
            value = filename if filename is not None else part[told.end() : -2].decode(errors="replace")
            found.setdefault(name or "", []).append(value)
    return {name: values if name in lists else values[-1] for name, values in found.items()}


def _escaped(name: str) -> str:
    for plain, instead in _ESCAPED.items():
        name = name.replace(plain, instead)
    return name


def _plain(name: bytes) -> str:
    text = name.decode(errors="replace")
    for plain, instead in _ESCAPED.items():
        text = text.replace(instead, plain)
    return text
