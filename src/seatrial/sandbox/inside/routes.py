"""What the program answers to: its OpenAPI document, or as much of one as its routes tell."""

import re


def document(app):
    """An OpenAPI document as plain data. Bodies and answers are known only where the framework knows them."""
    if hasattr(app.callable, "openapi"):
        return app.callable.openapi()
    if app.framework == "flask":
        return _of(_flask(app.callable))
    if app.framework == "django":
        return _of(_django())
    if hasattr(app.callable, "routes"):
        return _of((route.path, route.methods or ()) for route in app.callable.routes if hasattr(route, "methods"))
    return _of(())


def _of(routes):
    paths = {}
    for path, methods in routes:
        parameters = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if "id" in name else "string"}}
            for name in re.findall(r"{(\w+)}", path)
        ]
        for method in methods:
            if method not in ("HEAD", "OPTIONS"):
                paths.setdefault(path, {})[method.lower()] = {"parameters": parameters}
    return {"openapi": "3.1.0", "paths": paths}


def _flask(app):
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            yield re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule), sorted(rule.methods)


def _django():
    from django.urls import get_resolver

    return list(_patterns(get_resolver().url_patterns, "/"))


def _patterns(patterns, prefix):
    for pattern in patterns:
        path = prefix + _plain(str(pattern.pattern))
        if hasattr(pattern, "url_patterns"):
            if "admin" not in path:
                yield from _patterns(pattern.url_patterns, path)
        else:
            yield path, _methods(pattern.callback)


def _plain(pattern):
    """A path pattern or regular expression as a path with named places."""
    pattern = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", re.sub(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)", r"{\1}", pattern))
    return re.sub(r"[\^$?]|\\Z", "", pattern)


def _methods(view):
    actions = getattr(view, "actions", None)
    if actions:
        return [method.upper() for method in actions]
    cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
    names = ("get", "post", "put", "patch", "delete")
    return [name.upper() for name in names if cls is None or hasattr(cls, name)]
