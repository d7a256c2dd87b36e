"""A web framework of seventy lines on the standard library, so that programs for trials need no environment."""

import json
import re
from http import HTTPStatus

KINDS = {"string": str, "integer": int, "boolean": bool, "array": list}
LARGEST = 2**31 - 1


def valid(data, schema):
    """The body, if every property that it must have is of the type that it must be of; None if not."""
    try:
        said = json.loads(data)
    except (ValueError, RecursionError):
        return None
    is_whole = isinstance(said, dict) and set(schema) <= set(said)
    return said if is_whole and all(is_valid(said[name], one) for name, one in schema.items()) else None


def is_valid(value, schema):
    """Whether a value is of the type, and none that a database refuses."""
    if type(value) is not KINDS[schema["type"]]:
        return False
    if isinstance(value, list):
        return all(is_valid(one, schema["items"]) for one in value)
    if isinstance(value, int):
        return schema.get("minimum", -LARGEST) <= value <= LARGEST
    return not isinstance(value, str) or ("\0" not in value and value.isascii())


class App:
    """A WSGI application: handlers by method and path; each gets its body and the places of its path."""

    def __init__(self) -> None:
        self.routes: list = []

    def route(self, method, path, body=None):
        """Registers a handler. `body` holds the JSON schema of each property of its body."""

        def register(handler):
            pattern = re.compile(re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", path) + r"\Z")
            self.routes.append((method, path, pattern, handler, body))
            return handler

        return register

    def openapi(self):
        """What the application can be asked."""
        paths: dict = {}
        for method, path, _, _, body in self.routes:
            places = [{"name": n, "in": "path", "required": True, "schema": {}} for n in re.findall(r"{(\w+)}", path)]
            said = {"parameters": places}
            if body is not None:
                schema = {"type": "object", "properties": body, "required": list(body)}
                said["requestBody"] = {"content": {"application/json": {"schema": schema}}}
            paths.setdefault(path, {})[method.lower()] = said
        return {"openapi": "3.1.0", "paths": paths}

    def __call__(self, environ, start_response):
        """Answers a request."""
        for method, _, pattern, handler, body in self.routes:
            found = pattern.match(environ["PATH_INFO"])
            if found and method == environ["REQUEST_METHOD"]:
                length = int(environ.get("CONTENT_LENGTH") or 0)
                said = valid(environ["wsgi.input"].read(length), body) if body is not None else {}
                if said is None or "\0" in environ["PATH_INFO"]:
                    return self._answered(start_response, 422, {})
                status, answer = handler(environ.get("HTTP_AUTHORIZATION", ""), said, **found.groupdict())
                return self._answered(start_response, status, answer)
        return self._answered(start_response, 404, {})

    @staticmethod
    def _answered(start_response, status, answer):
        data = json.dumps(answer).encode()
        start_response(f"{status} {HTTPStatus(status).phrase}", [("Content-Type", "application/json")])
        return [data]
