"""What a view takes is read from its code where nothing else tells, in the ways of Flask, of Django, and of helpers."""

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pydantic

from seatrial.sandbox.inside import bodies

request: Any = None


class Parcel(pydantic.BaseModel):
    to: str
    grams: int = 1


def taken(view: Callable[..., object], kind: str = "application/json") -> Mapping[str, Any]:
    told = bodies.taken(view, "POST")
    return dict(told["requestBody"]["content"][kind]["schema"]) if "requestBody" in told else {}


def types(view: Callable[..., object], kind: str = "application/json") -> Mapping[str, str]:
    return {name: one["type"] for name, one in taken(view, kind)["properties"].items()}


def order() -> object:
    data = request.get_json(silent=True) or {}
    if not data.get("customer") or data["priority"] > 3:
        return 400
    lines = set()
    for line in data["lines"]:
        if line.get("gift", False):
            lines.add((line["sku"], int(line["count"])))
    return lines, Decimal(data.get("discount", 0)), data.get("is_gift")


def test_a_body_is_what_is_read_of_it() -> None:
    schema = taken(order)
    assert types(order) == {
        "customer": "string",
        "priority": "integer",
        "lines": "array",
        "discount": "number",
        "is_gift": "boolean",
    }
    assert set(schema["required"]) == {"customer", "priority", "lines", "is_gift"}
    assert schema["properties"]["lines"]["items"]["properties"]["count"] == {"type": "integer"}


def guarded(function: Callable[..., object]) -> Callable[..., object]:
    def wrapper(*args: object) -> object:
        return function(*args)

    return wrapper


@guarded
def post_form() -> object:
    return request.form["title"], request.form.get("stars", type=int)


def test_a_form_behind_a_decorator_is_a_form() -> None:
    assert types(post_form, "application/x-www-form-urlencoded") == {"title": "string", "stars": "integer"}


def whole() -> object:
    return len(request.get_json())


def test_json_that_is_taken_whole_is_json_whose_names_nobody_knows() -> None:
    assert taken(whole) == {"type": "object", "properties": {}, "required": []}


def sent_as_either() -> object:
    if "multipart" in request.content_type:
        return request.form.to_dict(), request.form.get("first")
    return request.get_json()


def test_what_takes_json_and_forms_is_sent_json() -> None:
    assert types(sent_as_either) == {"first": "string"}


def made_of(data: Mapping[str, str]) -> object:
    return data["title"]


class Creating:
    """What a framework's views of classes are: names below say what to do."""

    service = staticmethod(made_of)

    def post(self) -> object:
        data = request.get_json()
        self.checked(data)
        return self.service(data)

    def checked(self, data: Mapping[str, str]) -> object:
        return data["author"]


def test_what_a_view_that_is_a_class_hands_the_body_to_is_read() -> None:
    view = SimpleNamespace(view_class=Creating)
    assert types(view) == {"author": "string", "title": "string"}  # type: ignore[arg-type] # as Flask marks a view


def test_where_the_code_of_a_view_begins_is_told() -> None:
    view, here = SimpleNamespace(view_class=Creating), Path(__file__)
    line = Creating.post.__code__.co_firstlineno
    assert bodies.place(view, "POST", here.parent) == f"{here.name}:{line} post"
    assert bodies.place(view, "POST", here.parent / "elsewhere") == ""


class Argument(NamedTuple):
    """What Flask-RESTful keeps of an argument."""

    name: str
    type: type
    required: bool = False
    location: str | tuple[str, ...] = ("json", "values")


reqparse: Any = None
elsewhere: Any = SimpleNamespace(args=[Argument("seats", int, required=True), Argument("page", int, location="args")])


def parsed() -> object:
    parser = reqparse.RequestParser()
    parser.add_argument("title", type=str, required=True, help="What it is called")
    parser.add_argument("stars", type=int, location=["json"])
    return parser.parse_args(), elsewhere.parse_args()


def test_what_a_parser_of_requests_takes_is_sent_where_it_looks() -> None:
    assert types(parsed) == {"title": "string", "stars": "integer", "seats": "integer"}
    assert taken(parsed)["required"] == ["title", "seats"]
    assert [one["name"] for one in bodies.taken(parsed, "POST")["parameters"]] == ["page"]


class Parsing:
    def __init__(self) -> None:
        self.parser = reqparse.RequestParser()
        self.parser.add_argument("title", type=str, location="form")

    def post(self) -> object:
        return self.parser.parse_args()


def test_a_parser_that_a_view_is_made_with_is_read() -> None:
    view = SimpleNamespace(view_class=Parsing)
    kind = "application/x-www-form-urlencoded"
    assert types(view, kind) == {"title": "string"}  # type: ignore[arg-type] # as Flask marks a view


def stored(data: Mapping[str, str], owner: str) -> object:
    return data["name"], owner


def helped(request: Any) -> object:
    said = json.loads(request.body)
    return stored(said, said["owner"])


def test_a_helper_that_is_handed_the_body_is_read() -> None:
    assert types(helped) == {"owner": "string", "name": "string"}


class Counter:
    """A part of a program that views hand their work to."""

    def create(self) -> object:
        data = request.get_json(silent=True) or {}
        return self.kept(data["customer"], self.limit())

    def limit(self) -> object:
        return request.args.get("limit", type=int)

    def kept(self, *values: object) -> object:
        return values


class Away:
    """Stands for what there is only while a request is answered, as proxies of Flask do."""

    @property
    def __dict__(self) -> Any:
        raise RuntimeError

    def __getattr__(self, name: str) -> object:
        raise RuntimeError(name)


counter, away = Counter(), Away()


def made_with(given: Counter) -> Callable[[], object]:
    def view() -> object:
        return given.create()

    return view


def led() -> object:
    away.log()
    return counter.create()


def untold() -> object:
    return json.dumps({"limit": 1})


def test_what_a_view_leads_to_is_read_without_being_handed_anything() -> None:
    for view in (led, made_with(counter), counter.create):
        assert types(view) == {"customer": "string"}
        assert [one["name"] for one in bodies.taken(view, "POST")["parameters"]] == ["limit"]
    assert not taken(untold)


def modelled() -> object:
    return Parcel(**request.json)


def validated() -> object:
    return Parcel.model_validate(request.get_json())


def test_a_model_tells_its_fields() -> None:
    assert types(modelled) == types(validated) == {"to": "string", "grams": "integer"}


class OneOf:
    def __init__(self, choices: list[str]) -> None:
        self.choices = choices


class Range:
    min_inclusive, max_inclusive = True, True

    def __init__(self, low: float, high: float) -> None:
        self.min, self.max = low, high


class Length:
    def __init__(self, equal: int) -> None:
        self.min = self.max = None
        self.equal = equal


def field(kind: str, *validators: object) -> object:
    cls = type(kind, (), {"__module__": "marshmallow.fields"})
    found = cls()
    vars(found).update(dump_only=False, data_key=None, validators=validators)
    return found


RatingSchema = type(
    "RatingSchema",
    (),
    {
        "__module__": "marshmallow.schema",
        "_declared_fields": {
            "trait": field("String", OneOf(["calm", "bold"])),
            "code": field("String", Length(4)),
            "value": field("Float", Range(1.0, 5.0)),
        },
    },
)


def rated() -> object:
    return RatingSchema().load(request.get_json())  # type: ignore[attr-defined] # as marshmallow has it


def test_a_schema_tells_what_its_validators_ask() -> None:
    assert taken(rated)["properties"] == {
        "trait": {"type": "string", "enum": ["calm", "bold"]},
        "code": {"type": "string", "minLength": 4, "maxLength": 4},
        "value": {"type": "number", "minimum": 1.0, "maximum": 5.0},
    }


def search() -> object:
    return request.args.get("q", ""), request.args.get("page", 1, type=int)


def test_a_query_is_no_body() -> None:
    told = bodies.taken(search, "GET")
    assert {(one["name"], one["in"], one["schema"]["type"]) for one in told["parameters"]} == {
        ("q", "query", "string"),
        ("page", "query", "integer"),
    }
    assert "requestBody" not in told


class Shelf:
    def post(self) -> object:
        return request.json["book"]

    def get(self) -> object:
        return request.args["shelf"]


def test_a_class_of_views_is_read_by_the_method() -> None:
    view = SimpleNamespace(view_class=Shelf)
    assert types(view) == {"book": "string"}  # type: ignore[arg-type] # what frameworks make has the class so
    assert "requestBody" not in bodies.taken(view, "GET")


def put_or_get(request: Any) -> object:
    return request.method == "PUT"


def test_a_function_answers_to_the_methods_it_speaks_of() -> None:
    assert bodies.methods(put_or_get) == ["GET", "PUT"]
    assert bodies.methods(helped) == ["GET", "POST"]
    assert bodies.methods(search) == ["GET"]
