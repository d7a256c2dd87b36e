"""What code tells of a text that it reads: the form of a day or a time, and the words that it may be."""

import ast
import datetime as dt
import re

_ANY = dt.datetime(2026, 1, 2, 3, 4, 5)  # noqa: DTZ001 -- a text of a form is made of it
_DAY = re.compile(r"(^|_)(date|birthday|birthdate|dob|deadline)$|^date_")
_FORMS = {"date": "%Y-%m-%d", "datetime": "%Y-%m-%dT%H:%M:%S", "time": "%H:%M:%S"}


def parsed(call):
    """A text of the form that a call reads its first argument as: `strptime(text, "%d.%m.%Y")`; empty for others."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name == "strptime" and len(call.args) > 1:
        form = getattr(call.args[1], "value", None)
        try:
            return _ANY.strftime(form) if isinstance(form, str) else ""
        except ValueError:  # no form that is known here
            return ""
    if name == "fromisoformat":
        holder = getattr(call.func, "value", None)
        return _ANY.strftime(_FORMS.get(getattr(holder, "attr", getattr(holder, "id", "")), _FORMS["datetime"]))
    return ""


def is_day(name):
    """Whether a name speaks of a day."""
    return _DAY.search(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()) is not None


def words(expression, named):
    """The texts that something is looked for among; none for anything else. `named` gives what a name stands for."""
    if isinstance(expression, (ast.List, ast.Tuple, ast.Set)):
        found = [getattr(one, "value", None) for one in expression.elts]
    else:
        held = named(expression) if isinstance(expression, (ast.Name, ast.Attribute)) else None
        found = list(held) if isinstance(held, (list, tuple, dict)) else sorted(held, key=str) if _is_set(held) else []
    return found if found and all(isinstance(one, str) and one for one in found) else []


def _is_set(value):
    return isinstance(value, (set, frozenset))
