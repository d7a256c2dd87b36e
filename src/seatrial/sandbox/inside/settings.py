"""Which settings an error at import complains of, and what to set them to."""

import ast
import linecache
import os
import re
import traceback

from . import dummies

_QUOTED = re.compile(r"'([^'\n]*)'")
_COMPLAINTS = (
    "ImproperlyConfigured",
    "UndefinedValueError",
    "RuntimeError",
    "ValueError",
    "AssertionError",
    "KeyError",
)
_OF_SETTINGS = re.compile(
    r"\benv(?:ironment)?\b|\bsettings?\b|\bvariables?\b|\bnot (?:set|defined|configured)\b|\bmust be set\b",
    re.IGNORECASE,
)
"""How errors of a program's own speak of settings."""
_TAKEN = re.compile(r"\b(\w+)\s*=\s*(?:\w+\.)*\w*(?:settings|config|conf|env)\w*(?:\(\))?\.(\w+)", re.IGNORECASE)
"""What is set to a setting."""
_BEGINS = re.compile(r"(?:must|should|has to) (?:start|begin) with [\"'`]([^\"'`\s]{1,20})[\"'`]", re.IGNORECASE)
"""How an error says what a value is to begin with."""
_OF_DJANGO = (
    *("MIDDLEWARE", "INSTALLED_APPS", "DATABASES", "TEMPLATES", "ROOT_URLCONF", "ENGINE", "AUTH_USER_MODEL"),
    *("AUTHENTICATION_BACKENDS", "DEFAULT_AUTO_FIELD", "STORAGES", "CACHES", "LOGGING"),
)
"""Settings that a module of Django's holds as code: no variable fills them."""
_OF_CALLS = re.compile(r"unexpected keyword argument|positional arguments?\b")
"""What is said where a function does not take what it is called with: of libraries that moved on, not of a value."""
_TYPED = {
    "bool_parsing": "true",
    "bool": "true",
    "bool_type": "true",
    "int_parsing": "1",
    "integer": "1",
    "float_parsing": "1",
    "float": "1",
    "decimal_parsing": "1",
    "uuid_parsing": "00000000-0000-4000-8000-000000000000",
    "dict_type": "{}",
    "dict": "{}",
    "list_type": "[]",
    "list": "[]",
    "date_parsing": "2026-01-01",
    "url_parsing": "http://127.0.0.1:9",
}
"""What pydantic says that a field is to be, in both of its versions, and the value for it."""
_PLAIN = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Return, ast.Raise)
"""Statements that hold no others."""
_MODELS = ("ValidationError", "SettingsError")


def missing(error, tried, names=(), prefixes=(), seen=()):
    """Values for the settings that an error complains of, or one that it came of; empty if it is another error.

    `tried` holds the values that were set before: one that is refused is followed by the next. `names` are the
    variables that the program reads, `prefixes` what its settings put before the names of their fields.
    """
    if error is None or error in seen:
        return {}
    found = dict(_told(error, tried, prefixes))
    for name in () if found else _named(error, names):
        found.update(_next(name, tried, _reading(error, name)))
    if not found and error.__cause__ is None and isinstance(error.__context__, KeyError):
        found = _made_for_blamed(error, tried, names)  # that it is not set was no failure, what came then was
    further = error.__cause__ or error.__context__ or _inner(error)
    found = found or missing(further, tried, names, prefixes, (*seen, error))
    return found or _made_for_blamed(error, tried, names)


def _made_for_blamed(error, tried, names):
    found = {}
    begins = _BEGINS.search(str(error))
    for name in _blamed(error, tried, names):
        value = begins[1] + "seatrial" if begins else ""
        found.update({name: value} if value and tried.get(name) != value else _next(name, tried, _reading(error, name)))
    return found


def _next(name, tried, line=""):
    if name in tried:
        value = dummies.following(name, tried[name])
        return {name: value} if value else {}
    return {} if name in os.environ else {name: dummies.read_by(line) or dummies.first(name)}


def _reading(error, name):
    """The line that asked for the variable, with the statement that it is a part of."""
    said = (_said(frame) for frame in reversed(traceback.extract_tb(error.__traceback__)))
    return next((text for text in said if name in text), "")


def _said(frame):
    lines = "".join(linecache.getlines(frame.filename))
    return " ".join((linecache.getline(frame.filename, frame.lineno), *_statements(lines, frame.lineno)))


def _told(error, tried, prefixes):
    """What a model of settings says of its fields, and which values they take."""
    if type(error).__name__ not in _MODELS or not hasattr(error, "errors"):
        return
    for one in error.errors():
        place = [str(part) for part in one.get("loc", ()) if isinstance(part, str)]
        for name in _variables(place, prefixes):
            fit = _address(one) or _TYPED.get(str(one.get("type", "")).rpartition(".")[2], "")
            if fit and tried.get(name) != fit and (name in tried or name not in os.environ):
                yield name, fit
                continue
            taken = _taken(one)
            if taken and (name in tried or name not in os.environ) and tried.get(name) != dummies.least(taken):
                yield name, dummies.least(taken)
            else:
                yield from _next(name, tried).items()


def _inner(error):
    """What a validator of the program raised, which pydantic keeps with its own error."""
    problems = error.errors() if type(error).__name__ in _MODELS and hasattr(error, "errors") else ()
    inner = [problem["ctx"]["error"] for problem in problems if "error" in (problem.get("ctx") or {})]
    return next((one for one in inner if isinstance(one, BaseException)), None)


def _variables(place, prefixes):
    """The variables that a field is filled from; that of a model within a model has two underscores."""
    whole = "__".join(place)
    names = [prefix + name for name in dict.fromkeys([whole, place[0]] if place else []) for prefix in ("", *prefixes)]
    return list(dict.fromkeys(name.upper() for name in names))


def _address(problem):
    """An address of a kind that a field takes, where pydantic tells the schemes; empty if it does not."""
    schemes = _QUOTED.findall(str((problem.get("ctx") or {}).get("expected_schemes", "")))
    ranked = sorted(schemes, key=lambda scheme: scheme == "postgres")  # which not all take who take the long form
    return next(filter(None, map(dummies.address, ranked)), "")


def _taken(problem):
    """The values that a field may have, as pydantic tells them."""
    context = problem.get("ctx") or {}
    listed = context.get("enum_values") or context.get("permitted") or ()
    if not listed and problem.get("type") in ("enum", "literal_error"):
        listed = _QUOTED.findall(str(context.get("expected", "")))
    return [str(getattr(value, "value", value)) for value in listed]


def _named(error, names):
    """The variables that the error names."""
    if isinstance(error, KeyError) and error.args and str(error.args[0]).isupper():
        return [str(error.args[0])]
    kind = type(error).__name__
    words = [word.strip("'\"`,.:;()[]{}").rpartition("settings.")[2] for word in str(error).split()]
    named = [word for word in words if word in names]
    words += [word.replace(".", "_").upper() for word in words if word.rpartition(".")[2].isupper()]
    words = [word for word in words if word not in _OF_DJANGO]
    if kind in _COMPLAINTS or _OF_SETTINGS.search(str(error)):
        shouted = [word for word in words if word.isupper() and len(word) > 3 and word.replace("_", "").isalnum()]
        named += [word for word in shouted if kind in _COMPLAINTS or "_" in word]
    return list(dict.fromkeys(named))


def _blamed(error, tried, names):
    """The variables that decided on the error: in the last line that names some, or in what that line hangs on."""
    if isinstance(error, (NameError, ImportError, SyntaxError)) or (
        (isinstance(error, AttributeError) and "'NoneType'" not in str(error)) or _OF_CALLS.search(str(error))
    ):
        return []  # a fault of its own, whatever is set
    known = {name for name in (*tried, *names) if name in tried or name not in os.environ}
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        lines = "".join(linecache.getlines(frame.filename))
        text = " ".join((_said(frame), *_conditions(lines, frame.lineno)))
        given = [name for name in _given(lines, text) if name in known]
        unset = [name for name in given if name not in os.environ] if "NoneType" in str(error) else []
        if unset:
            return unset
        found = [name.upper() for name in re.findall(r"\w+", text) if name.upper() in known]
        if found or given:
            return list(dict.fromkeys(found or given))
    return []


def _given(lines, text):
    """The settings that something in the text was given, by the lines of its module."""
    words = set(re.findall(r"\w+", text))
    return list(dict.fromkeys(name.upper() for target, name in _TAKEN.findall(lines) if target in words))


def _statements(text, line):
    """The statement that the line is a part of."""
    plain = (node for node in _nodes(text) if isinstance(node, _PLAIN) and node.lineno <= line <= node.end_lineno)
    return [ast.get_source_segment(text, node) or "" for node in plain]


def _conditions(text, line):
    """What is asked by every `if` whose first branch holds the line, the innermost first."""
    around = [node for node in _nodes(text) if isinstance(node, ast.If) and _holds(node, line)]
    return [ast.get_source_segment(text, node.test) or "" for node in reversed(around)]


def _nodes(text):
    try:
        return ast.walk(ast.parse(text))
    except (SyntaxError, ValueError):
        return ()


def _holds(node, line):
    return node.body[0].lineno <= line <= node.body[-1].end_lineno
