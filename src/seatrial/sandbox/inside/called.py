"""What a call in the code of a view leads to: a function of the program, and whose method it is."""

import ast
import inspect
import os

_OWN = ("self", "cls")
_LIBRARIES = ("site-packages", "dist-packages", os.path.dirname(os.__file__))


def plain(function):
    """The function itself, of a method that is bound."""
    return function.__func__ if inspect.ismethod(function) else function


def owner(view):
    """Whose method a view is; None for a function."""
    return getattr(view, "__self__", None)


def function(expression, within, own):
    """The function of the program that `expression` calls in the function `within`, and whose it is; None if none.

    `own` is what `within` is a method of.
    """
    found, holder = plain(_found(expression, within, own)), None
    if isinstance(expression, ast.Attribute):
        holder = _found(expression.value, within, own)
        holder = None if inspect.ismodule(holder) else holder
    found = inspect.unwrap(found) if inspect.isfunction(found) else None
    return (found, holder) if is_own(found) else (None, None)


def is_own(function):
    """Whether it is a function of the program itself, not of a library."""
    return inspect.isfunction(function) and not any(one in function.__code__.co_filename for one in _LIBRARIES)


def _found(expression, within, own):
    """The value that a name or an attribute stands for, as far as the module, a closure or the owner tells."""
    if isinstance(expression, ast.Name):
        return own if expression.id in _OWN else _known(within).get(expression.id)
    if not isinstance(expression, ast.Attribute):
        return None
    base = _found(expression.value, within, own)
    if base is None:
        return None
    if inspect.ismodule(base):
        return vars(base).get(expression.attr)
    found = inspect.getattr_static(base, expression.attr, None)  # nothing is asked of it: there is no request yet
    return found.__func__ if isinstance(found, (staticmethod, classmethod)) else found


def _known(within):
    names = {}
    for name, cell in zip(within.__code__.co_freevars, within.__closure__ or ()):  # noqa: B905 - older interpreters have no `strict`
        try:
            names[name] = cell.cell_contents
        except ValueError:  # not filled yet
            continue
    return {**within.__globals__, **names}
