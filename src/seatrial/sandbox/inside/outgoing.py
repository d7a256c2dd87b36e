"""Keeps the program on this machine: connections elsewhere are refused, and calls that go out are told."""

import functools
import http.client
import socket

from . import recording

refused = []
"""Addresses that the program tried to reach."""


def install():
    """Hooks sockets and the HTTP client under requests, urllib3 and urllib."""
    socket.socket.connect = _checked(socket.socket.connect)
    socket.socket.connect_ex = _checked(socket.socket.connect_ex)
    plain = http.client.HTTPConnection.putrequest

    @functools.wraps(plain)
    def putrequest(self, method, url, *args, **kwargs):
        recording.called("{} {}:{}".format(method, self.host, self.port))
        return plain(self, method, url, *args, **kwargs)

    http.client.HTTPConnection.putrequest = putrequest


def httpx(module):
    """Hooks httpx, which brings its own connections, at its transports."""
    for name in ("HTTPTransport", "AsyncHTTPTransport"):
        cls = getattr(module, name, None)
        method = "handle_request" if name == "HTTPTransport" else "handle_async_request"
        if cls is not None:
            setattr(cls, method, _told(getattr(cls, method)))


def _told(method):
    @functools.wraps(method)
    def run(self, request, *args, **kwargs):
        recording.called("{} {}:{}".format(request.method, request.url.host, request.url.port))
        return method(self, request, *args, **kwargs)

    return run


def _checked(method):
    @functools.wraps(method)
    def run(self, address, *args):
        if isinstance(address, tuple) and address and not _is_here(str(address[0])):
            where = "{}:{}".format(*address[:2])
            if where not in refused:
                refused.append(where)
            raise ConnectionRefusedError("seatrial keeps the program on this machine: no connection to " + where)
        return method(self, address, *args)

    return run


def _is_here(host):
    return host in ("localhost", "::1", "0.0.0.0", "::", "") or host.startswith("127.")  # noqa: S104 - binds nothing
