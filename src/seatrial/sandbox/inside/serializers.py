"""What an operation of Django REST framework takes, told by its serializer."""

_KINDS = (
    ("BooleanField", {"type": "boolean"}),
    ("NullBooleanField", {"type": "boolean"}),
    ("IntegerField", {"type": "integer"}),
    ("FloatField", {"type": "number"}),
    ("DecimalField", {"type": "number"}),
    ("DateTimeField", {"type": "string", "format": "date-time"}),
    ("DateField", {"type": "string", "format": "date"}),
    ("TimeField", {"type": "string", "format": "time"}),
    ("DurationField", {"type": "string", "examples": ["00:10:00"]}),
    ("EmailField", {"type": "string", "format": "email"}),
    ("URLField", {"type": "string", "format": "uri"}),
    ("UUIDField", {"type": "string", "format": "uuid"}),
    ("SlugField", {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}),
    ("FileField", {"type": "string", "format": "binary"}),
    ("DictField", {"type": "object"}),
    ("JSONField", {"type": "object"}),
)


def body(view, method):
    """The JSON schema of what the view takes by the method; None if it does not tell."""
    cls = getattr(view, "cls", None)
    if cls is None or method not in ("POST", "PUT", "PATCH"):
        return None
    try:
        serializer = _class(cls, view, method)()
        return _schema(serializer)
    except Exception:  # a program's own code, which may ask for a request that there is not: then nothing is told
        return None


def fields(cls):
    """The JSON schema of each field that a serializer which code makes takes; `optional` marks what may be left out."""
    try:
        schema = _schema(cls())
    except Exception:  # as above: one may ask for what a request brings
        return {}
    required = schema["required"]
    return {name: one if name in required else {**one, "optional": True} for name, one in schema["properties"].items()}


def _class(cls, view, method):
    instance = cls(**getattr(view, "initkwargs", {}))
    instance.action = (getattr(view, "actions", None) or {}).get(method.lower(), "")
    instance.request, instance.kwargs, instance.format_kwarg = None, {}, None
    try:
        return instance.get_serializer_class()
    except Exception:  # as above: what is written down is what it usually takes
        return instance.serializer_class


def _schema(serializer):
    fields = {name: field for name, field in serializer.fields.items() if not field.read_only}
    told = {name: _field(field) for name, field in fields.items() if not isinstance(field, _hidden())}
    required = [name for name in told if fields[name].required]
    return {"type": "object", "properties": told, "required": required}


def _hidden():
    from rest_framework.serializers import HiddenField

    return HiddenField


def _field(field):
    if hasattr(field, "fields"):
        return _schema(field)
    inner = getattr(field, "child_relation", None) or getattr(field, "child", None)
    if inner is not None:
        return {"type": "array", "items": _field(inner)}
    names = [cls.__name__ for cls in type(field).__mro__]
    if "PrimaryKeyRelatedField" in names:
        return _pointing(field)
    if "ChoiceField" in names:
        return {"enum": [choice for choice in field.choices if choice != ""]}
    said = dict(next((kind for name, kind in _KINDS if name in names), {"type": "string"}))
    limits = (
        ("max_length", "maxLength"),
        ("min_length", "minLength"),
        ("max_value", "maximum"),
        ("min_value", "minimum"),
    )
    found = {told: getattr(field, name, None) for name, told in limits}
    said.update({told: value for told, value in found.items() if isinstance(value, (int, float))})
    return said


def _pointing(field):
    """The key of a row, and of which table (`x-table`)."""
    model = getattr(getattr(field, "queryset", None), "model", None)
    if model is None:
        return {"type": "integer"}
    names = [cls.__name__ for cls in type(model._meta.pk).__mro__]
    kinds = (("UUIDField", {"type": "string", "format": "uuid"}), ("CharField", {"type": "string"}))
    said = next((dict(kind) for name, kind in kinds if name in names), {"type": "integer"})
    return {**said, "x-table": model._meta.db_table}
