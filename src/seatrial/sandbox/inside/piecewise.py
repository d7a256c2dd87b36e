"""The document of a FastAPI application that fails as a whole: each route alone, and without its body if it fails."""


def document(application, plain):
    """An OpenAPI document; `plain` gives one of the paths and methods of some routes alone."""
    from fastapi import routing
    from fastapi.openapi.utils import get_openapi

    each = getattr(routing, "iter_route_contexts", list)  # of late, routers that are included stay routers
    whole = {"openapi": "3.1.0", "info": {"title": "program", "version": "0"}, "paths": {}, "components": {}}
    for route in each(application.routes):
        try:
            part = get_openapi(title="program", version="0", routes=[route])
        except Exception:  # the program's own types: a name that is nowhere, a body that has no schema
            part = plain([route])
        _add(whole, part)
    return whole


def _add(whole, part):
    for path, item in part.get("paths", {}).items():
        whole["paths"].setdefault(path, {}).update(item)
    for kind, said in part.get("components", {}).items():
        whole["components"].setdefault(kind, {}).update(said)
