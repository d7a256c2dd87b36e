"""Serves the program on a socket that is already open, each request told to `recording`."""

import socketserver
import sys
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

from . import asgi, lag, recording

_GONE = "--"


def serve(app, listener):
    """Serves until the process ends."""
    if app.is_async:
        _uvicorn(asynchronous(app.callable), listener)
    else:
        _threads(synchronous(app.callable), listener)


def asynchronous(app):
    """The ASGI application, watched."""

    async def watched(scope, receive, send):
        lag.begin()
        header = b""
        if scope["type"] == "http":
            header = dict(scope["headers"]).get(recording.HEADER.encode(), b"")
        begun = recording.begin(header.decode("ascii", "replace"))
        if begun is None:
            await app(scope, receive, send)
            return
        status, endless = [500], [False]

        async def told(message):
            if message["type"] == "http.response.start":
                status[0] = message["status"]
                if sys.exc_info()[1] is not None:  # the answer is made where an error is handled
                    recording.failed(sys.exc_info()[1])
                plain = ((n.decode("latin-1"), v.decode("latin-1")) for n, v in message.get("headers", ()))
                endless[0] = _is_endless(plain)
            is_last = message["type"] == "http.response.body" and not message.get("more_body")
            if endless[0] if message["type"] == "http.response.start" else is_last and not endless[0]:
                recording.end(begun, status[0])
            await send(message)

        await app(scope, receive, told)

    return watched


def synchronous(app):
    """The WSGI application, watched. Its answer is made whole before it is sent."""

    def watched(environ, start_response):
        begun = recording.begin(environ.get("HTTP_" + recording.HEADER.upper().replace("-", "_"), ""))
        if begun is None:
            return app(environ, start_response)
        status, endless = ["500"], [False]

        def told(code, headers, *rest):
            status[0], endless[0] = code, _is_endless(headers)
            return start_response(code, headers, *rest)

        try:
            answer = app(environ, told)
            if endless[0]:
                return answer
            body = list(answer)
            if hasattr(answer, "close"):
                answer.close()
        except Exception as error:
            recording.failed(error)
            raise
        else:
            return body
        finally:
            recording.end(begun, int(status[0].split()[0]))
            recording.forget()

    return watched


def _is_endless(headers):
    """An answer of events goes on for as long as somebody listens: what it does is told when it begins."""
    return any(n.lower() == "content-type" and v.startswith("text/event-stream") for n, v in headers)


def _uvicorn(app, listener):
    try:
        import uvicorn
    except ImportError:
        asgi.serve(app, listener)
        return
    config = uvicorn.Config(app, log_level="warning", access_log=False, lifespan="on")
    uvicorn.Server(config).run(sockets=[listener])


class _Server(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 1024


class _Handler(WSGIRequestHandler):
    """One request a connection, as wsgiref does; quiet."""

    def log_message(self, format, *args):  # noqa: A002 -- the name that the standard library gives it
        pass

    def address_string(self):
        return _GONE


def _threads(app, listener):
    host, port = listener.getsockname()[:2]
    ServerHandler.server_software = "seatrial"
    server = _Server((host, port), _Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_name, server.server_port = host, port
    server.setup_environ()
    server.set_app(app)
    server.serve_forever()
