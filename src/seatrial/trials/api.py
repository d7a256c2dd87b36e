"""What the program can be asked: its operations, and values that fit them."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import ceil
from typing import Any, Literal, TypeAlias
from urllib.parse import quote, urlencode

import msgspec

from seatrial.sandbox import FORM, Call
from seatrial.trials import uploads

_PREFIX = re.compile(r"(?:api|rest|v\d+(?:\.\d+)*)$", re.IGNORECASE)
_PLACES = ("path", "query", "header", "cookie")
_METHODS = ("get", "post", "put", "patch", "delete")
_DEEPEST = 6
_PLENTY = 1_000
_STRIDE, _ROOM = 7_919, 90_000
"""Seeds make numbers far enough apart, of five digits at most: the stride is prime."""
Fill: TypeAlias = Literal["usual", "least", "full"]
"""Which properties an object gets: those it requires and amounts, those it requires alone, or all."""
_TEXTS = (
    "seatrial {n}",
    "seatrial{n}",
    "Seatrial-{n}",
    "st{n}@example.org",
    "{n}",
    "a",
    "AA{n}",
    "2026-01-02",
    "+15550100{n}",
)
_FORMATS = {
    "date": "2026-01-02",
    "date-time": "2026-01-02T03:04:05Z",
    "time": "03:04:05",
    "uri": "http://127.0.0.1:9/{n}",
    "ipv4": "127.0.0.1",
    "uuid": "00000000-0000-4000-8000-{n:012d}",
    "email": "st{n}@example.org",
    "local": "2026-01-02T03:04",
}
PASSWORD = "Sea-trial-4-all"  # noqa: S105 -- only users that a trial makes in a database of its own have it
"""Long, mixed: what most programs accept."""


class Parameter(msgspec.Struct, frozen=True):
    """A value outside the body. `where` is `path`, `query`, `header` or `cookie`."""

    name: str
    where: str
    required: bool
    schema: Mapping[str, Any]


class Operation(msgspec.Struct, frozen=True):
    """One thing that can be asked. `body` is the JSON schema of its body, resolved one level; empty if it has none."""

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Mapping[str, Any]
    form: bool
    """The body is a form, not JSON."""
    proves: bool = False
    """It is itself a way to say who one is: its body takes a password, at its top or one level below."""
    guessed: bool = False
    """What its body holds is read from code or a page, which promises nothing."""
    place: str = ""
    """Where the code that answers begins, as the probe tells lines; empty: not known."""
    files: tuple[str, ...] = ()
    """The properties of its body that are files: it is a form of parts then."""

    @property
    def name(self) -> str:
        """`GET /orders/{id}`."""
        return f"{self.method} {self.path}"

    @property
    def writes(self) -> bool:
        """Whether it may change anything, by its method."""
        return self.method != "GET"

    @property
    def thing(self) -> str:
        """What it is about: the first part of its path that names something, `orders` of `/api/v1/orders/{id}`."""
        named = [part for part in self.path.split("/") if part and not _PREFIX.match(part)]
        return named[0] if named else ""

    @property
    def places(self) -> Sequence[str]:
        """The names in its path, in order."""
        return re.findall(r"{([^{}]+)}", self.path)

    @property
    def fields(self) -> Mapping[str, Any]:
        """The properties of the body."""
        found = self.body.get("properties", {})
        return found if isinstance(found, Mapping) else {}


class Api:
    """The operations of an OpenAPI document (3.x; what is not understood of it is taken for free-form).

    Examples follow the seed: with another, they hold other numbers.
    """

    def __init__(self, document: Mapping[str, Any], seed: int = 0) -> None:
        self._first = seed * _STRIDE % _ROOM
        self._corrected: dict[str, Operation] = {}
        self.uploads: dict[str, str] = {}
        """How the names of files end that operations take, as far as that was found out."""
        self.know(document)

    def know(self, document: Mapping[str, Any]) -> None:
        """Takes up a document that tells more."""
        self.document = document
        self.operations = tuple(map(self._right, self._operations()))

    def correct(self, operation: Operation) -> None:
        """Takes up that an operation's body is of another kind than the document says, which `operation` has."""
        self._corrected[operation.name] = operation
        self.know(self.document)

    def endings(self, operation: Operation) -> Sequence[str]:
        """How the names of files that it takes may end, the likeliest first; empty if it takes none."""
        found = uploads.endings(f"{operation.path} {operation.files}") if operation.files else ()
        return sorted(found, key=lambda one: one != self.uploads.get(operation.name))

    def _right(self, told: Operation) -> Operation:
        """The operation as it is told, with the kind of body that it takes.

        Where one takes JSON that was taken for a form, so does all that no page can send: a form is sent by POST.
        """
        if known := self._corrected.get(told.name):
            return msgspec.structs.replace(told, form=known.form, body=told.body or known.body)
        is_taken = told.form and told.guessed and told.method != "POST"
        is_json = is_taken and any(one.guessed and not one.form for one in self._corrected.values())
        return msgspec.structs.replace(told, form=False) if is_json else told

    def resolve(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, where it is a reference; the first alternative that is not null."""
        for _ in range(_DEEPEST):
            if "$ref" in schema:
                schema = self._at(str(schema["$ref"]))
            elif choice := [
                one for key in ("anyOf", "oneOf") for one in schema.get(key, ()) if one.get("type") != "null"
            ]:
                schema = choice[0]
            elif parts := schema.get("allOf"):
                schema = {
                    "type": "object",
                    "properties": {k: v for p in parts for k, v in self.resolve(p).get("properties", {}).items()},
                }
            else:
                break
        return schema

    def example(self, schema: Mapping[str, Any], name: str, number: int, fill: Fill = "usual") -> Any:
        """A value that the schema accepts, told apart by `number` where it can be."""
        return _Example(self, self._first + number, fill).of(schema, name, 0)

    def _at(self, reference: str) -> Mapping[str, Any]:
        found: Any = self.document
        for part in reference.removeprefix("#/").split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~"), {}) if isinstance(found, Mapping) else {}
        return found if isinstance(found, Mapping) else {}

    def _operations(self) -> Iterator[Operation]:
        base = below(self.document)
        for path, item in sorted(self.document.get("paths", {}).items()):
            for method in _METHODS:
                if isinstance(item.get(method), Mapping):
                    yield self._operation(method, base + path, {**item[method], "shared": item.get("parameters", [])})

    def _operation(self, method: str, path: str, said: Mapping[str, Any]) -> Operation:
        parameters = tuple(
            Parameter(one["name"], one["in"], bool(one.get("required")), self.resolve(one.get("schema", one)))
            for one in map(self.resolve, (*said["shared"], *said.get("parameters", ())))
            if "name" in one and one.get("in") in _PLACES
        )
        content = self.resolve(said.get("requestBody", {})).get("content", {}) or _older(said)
        form = next((kind for kind in content if "form" in kind), "")
        kind = next((kind for kind in content if "json" in kind), "") or form
        body = self.resolve(content.get(kind, {}).get("schema", {}))
        files = tuple(self._files(body, is_form=kind == form))
        names = [*body.get("properties", {}), *self._inner(body)]
        proves = any("password" in name.lower() for name in names)
        return Operation(
            method.upper(),
            path,
            parameters,
            body,
            form=(bool(form) and kind == form) or bool(files),
            proves=proves,
            guessed="x-guessed" in said,
            place=str(said.get("x-place", "")),
            files=files,
        )

    def _files(self, body: Mapping[str, Any], *, is_form: bool) -> Iterator[str]:
        """The properties of a body that are files: of one that is told to be JSON, those that it cannot do without."""
        for name, said in body.get("properties", {}).items():
            if uploads.is_file(self.resolve(said)) and (is_form or name in body.get("required", ())):
                yield name

    def _inner(self, body: Mapping[str, Any]) -> Iterator[str]:
        """The names of what the objects in a body hold."""
        for schema in body.get("properties", {}).values():
            yield from self.resolve(schema).get("properties", {})


class _Example:
    """Values for schemas; objects get the properties that `fill` says."""

    def __init__(self, api: Api, number: int, fill: Fill) -> None:
        self._api, self._number, self._fill = api, number, fill

    def of(self, schema: Mapping[str, Any], name: str, depth: int) -> Any:
        schema = self._api.resolve(schema)
        for key in ("const", "enum", "examples"):
            if schema.get(key):
                return schema[key] if key == "const" else schema[key][0]
        kind = schema.get("type") or ("object" if "properties" in schema else "string")
        kind = next((k for k in kind if k != "null"), "string") if isinstance(kind, list) else kind
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            wanted = max(int(schema.get("minItems", 0)), 1 if depth < _DEEPEST else 0)
            return [self.of(schema.get("items", {}), name.rstrip("s"), depth + 1) for _ in range(wanted)]
        if kind in {"integer", "number"}:
            found = _number(schema)
            return ceil(found) if kind == "integer" else found
        return bool(schema.get("default", True)) if kind == "boolean" else self._text(schema, name)

    def _object(self, schema: Mapping[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", schema.get("properties", {}))
        return {
            key: _PLENTY if self._has_room(value) and key not in required else self.of(value, key, depth + 1)
            for key, value in schema.get("properties", {}).items()
            if (key in required or self._is_wanted(value)) and not self._api.resolve(value).get("readOnly")
        }

    def _is_wanted(self, schema: Mapping[str, Any]) -> bool:
        """Whether to fill in a property that is not required."""
        if self._fill == "full":
            return True
        return self._fill == "usual" and self._has_room(schema)

    def _has_room(self, schema: Mapping[str, Any]) -> bool:
        """A number that may be left out and large: often the stock or balance without which nothing goes on."""
        return schema.get("type") == "integer" and schema.get("maximum", _PLENTY) >= _PLENTY

    def _text(self, schema: Mapping[str, Any], name: str) -> str:
        low = name.lower()
        if "password" in low or schema.get("format") == "password":
            return PASSWORD
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]].format(n=self._number)
        first = ["st{n}@example.org"] if "email" in low else []
        for text in (*first, *_TEXTS):
            value = text.format(n=self._number)
            value = value.ljust(int(schema.get("minLength", 0)), "x")[: schema.get("maxLength", 1 << 20)]
            if re.search(schema.get("pattern", ""), value):
                return value
        return f"seatrial{self._number}"


def _number(schema: Mapping[str, Any]) -> int | float:
    """A number within the limits."""
    low = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    low = low + 1 if "exclusiveMinimum" in schema else low
    high = schema.get("maximum", schema.get("exclusiveMaximum", max(low, 1)))
    return max(low, min(1, high))  # type: ignore[no-any-return] # JSON numbers


def _older(said: Mapping[str, Any]) -> Mapping[str, Any]:
    """The content of a body as Swagger 2.0 tells it: one parameter that is the body, or each field of a form."""
    told = [one for one in said.get("parameters", ()) if one.get("in") in ("body", "formData")]
    if whole := next((one["schema"] for one in told if "schema" in one), None):
        return {"application/json": {"schema": whole}}
    fields = {one["name"]: one for one in told if "name" in one}
    required = [name for name, one in fields.items() if one.get("required") is True]
    schema = {"type": "object", "properties": fields, "required": required}
    return {FORM: {"schema": schema}} if fields else {}


def below(document: Mapping[str, Any]) -> str:
    """The path below which the first server answers, if it is a plain one."""
    servers = document.get("servers") or [{"url": document.get("basePath", "")}]
    url = re.sub(r"^\w+://[^/]*", "", str(servers[0].get("url", "")))
    return "" if "{" in url else url.rstrip("/")


def call(operation: Operation, values: Mapping[str, Any], body: Any, headers: Mapping[str, str]) -> Call:
    """The request for an operation with values by the names of its parameters."""
    path = re.sub(r"{([^{}]+)}", lambda place: quote(str(values.get(place[1], "x")), safe=""), operation.path)
    query = {p.name: values[p.name] for p in operation.parameters if p.where == "query" and p.name in values}
    told = {p.name: str(values[p.name]) for p in operation.parameters if p.where == "header" and p.name in values}
    told |= headers
    data = b""
    if body is not None and operation.writes:
        data, told["content-type"] = _sent(operation, body)
    return Call(method=operation.method, path=path + ("?" + urlencode(query) if query else ""), headers=told, body=data)


def _sent(operation: Operation, body: Any) -> tuple[bytes, str]:
    """A body as it is sent, and what it is sent as."""
    if operation.files:
        return uploads.encoded(operation.files, body), uploads.KIND
    if operation.form:
        return urlencode(body, errors="surrogatepass").encode(), FORM
    return json.dumps(body).encode(), "application/json"
