"""What parsers of requests take (`reqparse` of Flask-RESTful and Flask-RESTX): each argument, and where it is sent."""

import ast
from types import SimpleNamespace

JSON, FORM, FILES, QUERY = "json", "form", "files", "query"
_WHERE = {"json": JSON, "form": FORM, "values": FORM, "files": FILES, "args": QUERY}
_USUAL = ("json", "values")
"""Where a parser looks unless it is told otherwise. Source: Flask-RESTful, "Argument Locations"."""
_OF_ARGUMENTS = ("type", "required", "location")


def written(call):
    """The argument that a call of `add_argument` tells, as the library keeps it; None for other calls."""
    if getattr(call.func, "attr", "") != "add_argument" or not call.args:
        return None
    name = getattr(call.args[0], "value", None)
    said = {word.arg: _plain(word.value) for word in call.keywords if word.arg in _OF_ARGUMENTS}
    return SimpleNamespace(name=name, **said) if isinstance(name, str) and not name.startswith("-") else None


def place(argument):
    """Where an argument is sent: `json`, `form`, `files` or `query`; empty if elsewhere."""
    told = getattr(argument, "location", None) or _USUAL
    told = [told] if isinstance(told, str) else list(told)
    return next((_WHERE[one] for one in told if one in _WHERE), "")


def kind(argument):
    """The name of the type of an argument, as the program writes it."""
    said = getattr(argument, "type", "")
    return said if isinstance(said, str) else getattr(said, "__name__", "")


def is_required(argument):
    """Whether a request is refused without it."""
    return bool(getattr(argument, "required", False))


def _plain(value):
    """A constant, the name of a type, or a tuple of constants."""
    if isinstance(value, (ast.Tuple, ast.List)):
        return [_plain(one) for one in value.elts]
    return getattr(value, "id", getattr(value, "attr", getattr(value, "value", None)))
