"""Programs that a file in the form of PasteDeploy names (`[app:main]`), as those of Pyramid are, and their routes."""

import os
import re

_PLACE = re.compile(r"{(\w+):[^{}]*(?:{[^{}]*}[^{}]*)*}")
"""A place in a route that says of which form it is."""
_DEEPEST = 6
"""How often an application may be wrapped."""
_REST = re.compile(r"\*(\w+)$")


def is_named(module):
    """Whether a candidate is such a file."""
    return module.endswith(".ini")


def loaded(file, name):
    """The application that the file makes. Raises what the program raises."""
    from paste.deploy import loadapp

    return loadapp("config:" + os.path.abspath(file), name=name)


def framework(application):
    """`pyramid` for what is made by that, however it is wrapped; empty for the rest."""
    return "pyramid" if _registry(application) is not None else ""


def routes(application, told):
    """Path, methods and what tells the rest of each view that a route leads to; `told` is given the view."""
    known = _registry(application).introspector
    paths = {one["introspectable"]["name"]: one["introspectable"] for one in known.get_category("routes") or ()}
    for one in known.get_category("views") or ():
        view = one["introspectable"]
        route = paths.get(view["route_name"])
        if route is not None and not route["pattern"].startswith(("http:", "https:")):
            yield _path(route["pattern"]), _methods(view, route), told(view["callable"])


def _registry(application):
    for _ in range(_DEEPEST):
        registry = getattr(application, "registry", None)
        if hasattr(registry, "get") and hasattr(registry, "introspector"):
            return registry
        application = getattr(application, "app", None) or getattr(application, "application", None)
    return None


def _methods(view, route):
    said = view.get("request_methods") or route.get("request_methods") or "GET"
    return [said] if isinstance(said, str) else sorted(said)


def _path(pattern):
    return "/" + _REST.sub(r"{\1}", _PLACE.sub(r"{\1}", pattern)).lstrip("/")
