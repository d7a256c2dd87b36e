"""One document of an application and of all that is mounted in it, each under the path that it is mounted at."""

import json
import re

_PLACE = re.compile(r"{(\w+):[^{}]*}")
"""A place in a path that says of which kind it is."""
_KINDS = ("schemas", "securitySchemes")


def whole(application, described):
    """The OpenAPI document of an application with routes, as `described` gives it for one of them alone."""
    document = json.loads(json.dumps(described(application), default=str))
    for prefix, inner in mounts(getattr(application, "routes", None) or (), ""):
        _add(document, prefix, whole(inner, described))
    return document


def mounts(routes, prefix):
    """The applications that are mounted, with the path of each; what only lends files is none."""
    for route in routes:
        inner = getattr(route, "app", None)
        if getattr(route, "methods", None) or inner is None or not hasattr(route, "path"):
            continue
        for name in ("app", "wsgi_app"):  # what lets WSGI be mounted in ASGI, and other wrappers
            held = getattr(inner, name, None)
            inner = held if not _answers(inner) and _answers(held) else inner
        if _answers(inner):
            yield prefix + route.path, inner


def plain(routes, prefix):
    """The paths and methods of routes of Starlette, and of those that they hold; not of what is mounted."""
    for route in routes:
        if getattr(route, "methods", None):
            yield prefix + _PLACE.sub(r"{\1}", route.path), route.methods
        elif getattr(route, "routes", None) and getattr(route, "app", None) is None:
            yield from plain(route.routes, prefix + getattr(route, "path", ""))


def _answers(thing):
    return bool(getattr(thing, "routes", None)) or hasattr(thing, "url_map")


def _add(document, prefix, inner):
    """Puts what is mounted into the document; what it calls by a name that means something else is called anew."""
    own = document.setdefault("components", {})
    theirs = inner.get("components", {})
    text = json.dumps(inner)
    taken = own.get("schemas", {})
    for name, schema in theirs.get("schemas", {}).items():
        if taken.get(name, schema) != schema:
            text = text.replace(_reference(name), _reference(name + _suffix(prefix)))
    for kind in _KINDS:
        for name, said in json.loads(text).get("components", {}).get(kind, {}).items():
            is_other = kind == "schemas" and taken.get(name, theirs["schemas"][name]) != theirs["schemas"][name]
            own.setdefault(kind, {})[name + _suffix(prefix) if is_other else name] = said
    for path, item in json.loads(text).get("paths", {}).items():
        document.setdefault("paths", {}).setdefault(prefix.rstrip("/") + path, item)


def _reference(name):
    return '"#/components/schemas/{}"'.format(name)


def _suffix(prefix):
    return "-" + prefix.strip("/").replace("/", "-")
