"""The fields of what bodies are read into: models of pydantic, schemas of marshmallow, serializers; what names tell."""

import datetime as dt
import decimal
import inspect
import re
import sys

from . import serializers

_NUMBERS = re.compile(
    r"(^|_)(id|pk|quantity|qty|amount|price|count|stock|total|age|rating|score|stars|balance|year|limit|offset|page"
    r"|per_page|size|weight|height|capacity|seats|priority|duration|cost|points|number)$"
)
_TRUTHS = re.compile(r"^(is|has|can|should)_|(^|_)(done|completed|active|enabled|published|public|private)$")
_MARSHMALLOW = (
    ("Boolean", {"type": "boolean"}),
    ("Integer", {"type": "integer"}),
    ("Float", {"type": "number"}),
    ("Decimal", {"type": "number"}),
    ("AwareDateTime", {"type": "string", "format": "date-time"}),
    ("DateTime", {"type": "string", "format": "date-time"}),
    ("Date", {"type": "string", "format": "date"}),
    ("Time", {"type": "string", "format": "time"}),
    ("UUID", {"type": "string", "format": "uuid"}),
    ("Email", {"type": "string", "format": "email"}),
    ("URL", {"type": "string", "format": "uri"}),
    ("List", {"type": "array", "items": {"type": "string"}}),
    ("Dict", {"type": "object"}),
)

_OF_PYTHON = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    decimal.Decimal: {"type": "number"},
    dt.date: {"type": "string", "format": "date"},
    dt.datetime: {"type": "string", "format": "date-time"},
    dt.time: {"type": "string", "format": "time"},
    dict: {"type": "object"},
    list: {"type": "array", "items": {"type": "string"}},
}


def by_name(name):
    """The type that a name speaks of."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    if _TRUTHS.search(name):
        return "boolean"
    return "integer" if _NUMBERS.search(name) else "string"


def named(name):
    """The texts that columns of this name choose from, in a program of Django; none where they disagree."""
    apps = getattr(sys.modules.get("django.apps"), "apps", None)
    models = apps.get_models() if apps is not None and apps.ready else ()
    columns = [one for model in models for one in model._meta.concrete_fields if one.name == name]
    choices = [[value for value, _ in one.flatchoices or () if value not in ("", None)] for one in columns]
    is_one = bool(choices) and all(one == choices[0] for one in choices)
    return choices[0] if is_one and all(isinstance(value, str) for value in choices[0]) else []


def fields(value):
    """The JSON schema of each field that a model or schema takes; none for anything else."""
    cls = value if inspect.isclass(value) else type(value)
    names = [one.__module__.partition(".")[0] for one in cls.__mro__]
    if "marshmallow" in names and hasattr(cls, "_declared_fields"):
        return {getattr(field, "data_key", None) or name: _field(field) for name, field in _loaded(cls)}
    if "rest_framework" in names and inspect.isclass(value):
        return serializers.fields(cls)
    if "pydantic" in names and inspect.isclass(value):
        return _of_pydantic(cls)
    if inspect.isclass(value) and hasattr(getattr(cls, "__table__", None), "columns"):
        return dict(_of_table(cls.__table__))
    return {}


def _of_table(table):
    """The columns of a model of SQLAlchemy that a body may fill."""
    for column in table.columns:
        if not (column.primary_key or column.default is not None or column.server_default is not None):
            try:
                kind = column.type.python_type
            except NotImplementedError:
                kind = str
            yield column.name, dict(_OF_PYTHON.get(kind, {"type": "string"}))


def _loaded(cls):
    return [(name, field) for name, field in cls._declared_fields.items() if not field.dump_only]


def _field(field):
    names = [cls.__name__ for cls in type(field).__mro__]
    found = dict(next((kind for name, kind in _MARSHMALLOW if name in names), {"type": "string"}))
    for one in field.validators:
        found.update(_bound(one, found["type"]))
    return found


def _bound(validator, kind):
    """What a validator of marshmallow asks of a value of a type, as JSON schema has it."""
    name, said = type(validator).__name__, vars(validator)
    if name == "OneOf" and all(isinstance(one, (str, int, float)) for one in said["choices"]):
        return {"enum": list(said["choices"])}
    low = "minimum" if said.get("min_inclusive", True) else "exclusiveMinimum"
    high = "maximum" if said.get("max_inclusive", True) else "exclusiveMaximum"
    keys = {
        ("Range", "integer"): (low, high),
        ("Range", "number"): (low, high),
        ("Length", "string"): ("minLength", "maxLength"),
    }.get((name, kind), ())
    exact = said.get("equal")
    told = zip(keys, (said.get("min"), said.get("max"))) if exact is None else ((one, exact) for one in keys)  # noqa: B905 - older interpreters have no `strict`
    return {key: one for key, one in told if type(one) in (int, float)}


def _of_pydantic(cls):
    document = cls.model_json_schema() if hasattr(cls, "model_json_schema") else cls.schema()
    parts = document.get("$defs", document.get("definitions", {}))
    return {name: _whole(schema, parts, 4) for name, schema in document.get("properties", {}).items()}


def _whole(schema, parts, left):
    """The schema with what it refers to in its place."""
    if isinstance(schema, list):
        return [_whole(one, parts, left) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema and left:
        return _whole(parts.get(schema["$ref"].rpartition("/")[2], {}), parts, left - 1)
    return {name: _whole(one, parts, left) for name, one in schema.items() if name != "$ref"}
