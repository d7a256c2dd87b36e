"""What the program answers to: its OpenAPI document, or as much of one as its routes tell."""

import functools
import json
import os
import re

from . import bodies, mounted, paste, piecewise, serializers

_SPEC = re.compile(r"(openapi|swagger|api[-_]?spec|api[-_]?docs?)[^/]*$", re.IGNORECASE)
_PLACE = re.compile(r"{(\w+):[^{}]*}")
"""A place in a path that says of which kind it is."""
_NAMED = re.compile(r"{(\w+)(:id)?}")
_RULE = re.compile(r"<(\w+)(?::(\w+)(?::(?:[^<>\\]|\\.)*)?)?>|(?<=/):(\w+)(?:#[^#]*#)?")
"""A place in a rule of Bottle, as it is written today, and as it was."""
_OK = 200
_LENT = (
    "django.views.static",
    "django.contrib.staticfiles",
    "debug_toolbar",
    "django_browser_reload",
    "silk",
    "maintenance_mode",  # it turns the program off, for good
)
_OTHERS = ("node_modules", "tests", "site-packages", "venv")


def document(app, root):
    """An OpenAPI document as plain data: the program's own, one that lies in its tree, or one of its routes."""
    if hasattr(app.callable, "openapi"):
        return mounted.whole(app.callable, functools.partial(_alone, root))
    written = _written(root) or (_served(app.callable) if app.framework == "flask" else None)
    if written is not None:
        return written
    if app.framework in _ROUTES:
        return _of(_ROUTES[app.framework](app.callable, root))
    if hasattr(app.callable, "routes"):
        return _described(app.callable) or mounted.whole(app.callable, functools.partial(_alone, root))
    return _of(())


def _alone(root, application):
    """A document of one application, without what is mounted in it."""
    if hasattr(application, "openapi"):
        return _own(application)
    return _of(_flask(application, root) if hasattr(application, "url_map") else mounted.plain(application.routes, ""))


def _own(application):
    """What the application says of itself; what each of its routes does if it cannot, for a title or a type of one."""
    try:
        return application.openapi()
    except Exception:
        return piecewise.document(application, lambda routes: _of(mounted.plain(routes, "")))


def _described(application):
    """The document that Litestar makes of its handlers; None if there is none."""
    try:
        return application.openapi_schema.to_schema()
    except Exception:  # it is no Litestar, or cannot describe itself
        return None


def _bottle(application, root):
    for route in application.routes:
        view = functools.partial(_told, route.callback, root)
        yield (
            _places(_RULE.sub(_typed, route.rule)),
            ["GET"] if route.method in ("ANY", "PROXY") else [route.method],
            view,
        )


def _typed(found):
    """A place of a rule of Bottle, `<id:int>` or `<path:re:.+>`, as others write it."""
    name, kind = found[1] or found[3], found[2] or ""
    return "<{}:{}>".format("int" if kind == "int" else "path", name)


def _pyramid(application, root):
    return paste.routes(application, lambda view: functools.partial(_told, view, root))


def _falcon(application, _):
    nodes = list(application._router._roots)  # nowhere else before 3.0
    while nodes:
        node = nodes.pop()
        nodes.extend(node.children)
        handlers = dir(node.resource)
        methods = [one for one in node.method_map or () if any(h.startswith("on_" + one.lower()) for h in handlers)]
        yield _PLACE.sub(r"{\1}", node.uri_template or ""), methods


def _written(root):
    """The largest OpenAPI document that lies in the tree; YAML only where the program's environment can read it."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".") and name not in _OTHERS]
        for name in names:
            if re.search(r"(openapi|swagger|api[-_]?spec)[^/]*\.(json|ya?ml)$", name, re.IGNORECASE):
                document = _parsed(os.path.join(folder, name))
                if isinstance(document, dict) and isinstance(document.get("paths"), dict):
                    found.append(document)
    return max(found, key=lambda document: len(document["paths"]), default=None)


def _parsed(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        import yaml
    except ImportError:
        return None
    try:
        return json.loads(json.dumps(yaml.safe_load(text), default=str))
    except yaml.YAMLError:
        return None


def _served(app):
    """The document that an extension of Flask serves."""
    rules = [str(rule) for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    for path in filter(_SPEC.search, rules):
        answer = app.test_client().get(path)
        found = answer.get_json(silent=True) if answer.status_code == _OK else None
        if isinstance(found, dict) and isinstance(found.get("paths"), dict):
            return found
    return None


def _of(routes):
    """A document of paths, methods and, where it is known, a function that tells the rest by the method.

    A place of a path is `{name}`, or `{name:id}` where it is known to be a number.
    """
    paths = {}
    for path, methods, *told in routes:
        places = [
            {
                "name": name,
                "in": "path",
                "required": True,
                "schema": {"type": "integer" if "id" in name + kind else "string"},
            }
            for name, kind in _NAMED.findall(path)
        ]
        for method in methods:
            if method not in ("HEAD", "OPTIONS"):
                found = told[0](method) if told else {}
                parameters = places + found.pop("parameters", [])
                paths.setdefault(_NAMED.sub(r"{\1}", path), {})[method.lower()] = {"parameters": parameters, **found}
    return {"openapi": "3.1.0", "paths": paths}


def _told(view, root, method):
    """What a view takes by the method, as its serializer or its own code tells; and where that code is."""
    try:
        place = bodies.place(view, method, root)
        read = bodies.taken(view, method) if place and bodies.is_by_itself(view, method) else {}
        schema = None if "requestBody" in read else serializers.body(view, method)
        told = {"requestBody": {"content": _json(schema)}} if schema else read or bodies.taken(view, method)
    except Exception:  # a program's own code is asked, models that cannot be described among it: nothing is told
        return {}
    return {"x-place": place, **told}


def _json(schema):
    return {"application/json": {"schema": schema}}


def _flask(app, root):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and not getattr(rule, "websocket", False):
            view = functools.partial(_told, app.view_functions.get(rule.endpoint), root)
            yield _places(rule.rule), sorted(rule.methods), view


def _places(pattern):
    """The places of a path, `<int:year>` or `<slug>`, as names in braces."""
    pattern = re.sub(r"<int(?:\([^()]*\))?:(\w+)>", r"{\1:id}", pattern)
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", pattern)


def _django(_, root):
    from django.urls import get_resolver

    return list(_patterns(get_resolver().url_patterns, "/", root))


def _patterns(patterns, prefix, root):
    for pattern in patterns:
        for path in (prefix + plain for plain in _plain(getattr(pattern, "pattern", pattern))):
            if hasattr(pattern, "url_patterns"):
                if "admin" not in path:
                    yield from _patterns(pattern.url_patterns, path, root)
            elif "{format}" not in path and not _is_lent(pattern.callback):
                yield path, _methods(pattern.callback), functools.partial(_told, pattern.callback, root)


def _is_lent(view):
    """Whether it serves files, or is a tool of developers: no part of the program."""
    return getattr(view, "__module__", "").startswith(_LENT)


def _plain(pattern):
    """The paths with named places that a pattern stands for: a regular expression may have several forms."""
    if type(pattern).__name__ in ("RoutePattern", "LocalePrefixPattern"):
        return [_places(str(pattern))]
    from django.utils.regex_helper import normalize

    forms = (form for form, _ in normalize(pattern.regex.pattern))
    return [re.sub(r"%\((\w+)\)s", r"{\1}", form).replace("%%", "%") for form in forms]


def _methods(view):
    actions = getattr(view, "actions", None)
    if actions:
        return [method.upper() for method in actions]
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if cls is None:
        return bodies.methods(view)
    return [name.upper() for name in ("get", "post", "put", "patch", "delete") if _is_meant(cls, name)]


def _is_meant(cls, name):
    """Whether a class answers to the method by a will of its own: Django's take any method for that of a form."""
    owner = next((one for one in cls.__mro__ if name in vars(one)), None)
    return owner is not None and (name in ("get", "post") or not owner.__module__.startswith("django."))


_ROUTES = {
    "flask": _flask,
    "quart": _flask,
    "pyramid": _pyramid,
    "falcon": _falcon,
    "django": _django,
    "bottle": _bottle,
}
"""What tells the routes of an application, by its framework."""
