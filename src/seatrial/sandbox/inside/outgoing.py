"""Keeps the program on this machine: connections elsewhere are refused, and calls that go out are told.

While the file `upstream` is there, which holds a port, they are sent to that port instead; without TLS, since nobody
there could prove to be whom they look for.
"""

import functools
import http.client
import inspect
import os
import socket
import ssl
import sys

from . import leading, recording

refused = []
"""Addresses that the program tried to reach."""
_upstream = {"sign": "", "own": ()}
_DATABASES = (5432, 3306, 6379, 27017, 5672)
"""Ports that nobody asks for JSON: PostgreSQL, MySQL, Redis, MongoDB, AMQP."""
_NOWHERE = "192.0.2.1"
"""An address that belongs to nobody (RFC 5737): what every name elsewhere leads to while there is an upstream."""


def install(out, own):
    """Hooks sockets and the HTTP client under requests, urllib3 and urllib. `own` are ports that are the program's."""
    _upstream.update(sign=os.path.join(out, "upstream"), own=tuple(own))
    socket.socket.connect = _checked(socket.socket.connect)
    socket.socket.connect_ex = _checked(socket.socket.connect_ex)
    socket.getaddrinfo = _named(socket.getaddrinfo)
    ssl.SSLContext.wrap_socket = _in_the_clear(ssl.SSLContext.wrap_socket)
    sys.addaudithook(_kept)
    plain = http.client.HTTPConnection.putrequest

    @functools.wraps(plain)
    def putrequest(self, method, url, *args, **kwargs):
        recording.called("{} {}:{}".format(method, self.host, self.port))
        return plain(self, method, url, *args, **kwargs)

    http.client.HTTPConnection.putrequest = putrequest
    http.client.HTTPConnection.getresponse = _heard(http.client.HTTPConnection.getresponse)


def httpx(module):
    """Hooks httpx, which brings its own connections, at its transports."""
    for name in ("HTTPTransport", "AsyncHTTPTransport"):
        cls = getattr(module, name, None)
        method = "handle_request" if name == "HTTPTransport" else "handle_async_request"
        if cls is not None:
            setattr(cls, method, _told(_heard(getattr(cls, method))))


def aiohttp(module):
    """Hooks aiohttp's client where every request of it begins."""
    plain = module.ClientSession._request

    @functools.wraps(plain)
    async def request(self, method, url, **kwargs):
        recording.called("{} {}".format(method, str(url).partition("://")[2].partition("/")[0]))
        if _port():
            url = str(url).replace("https://", "http://", 1)
        return await plain(self, method, url, **kwargs)

    module.ClientSession._request = _heard(request)


def gevent(module):
    """Hooks the sockets that gevent puts in the place of Python's."""
    module.socket.connect = _checked(module.socket.connect)
    module.socket.connect_ex = _checked(module.socket.connect_ex)
    module.getaddrinfo = _named(module.getaddrinfo)


def uvloop(module):
    """Hooks the connections that uvloop makes without Python's sockets."""
    plain = module.Loop.create_connection

    @functools.wraps(plain)
    async def create_connection(self, protocol_factory, host=None, port=None, **kwargs):
        host, port = leading.place(host, port)
        if host is not None and _port() and _is_elsewhere(host, port):
            host, port, kwargs["ssl"] = "127.0.0.1", _port(), None
            kwargs.pop("server_hostname", None)
        elif host is not None and not _is_here(str(host)):
            _refuse((host, port))
        return await plain(self, protocol_factory, host, port, **kwargs)

    module.Loop.create_connection = create_connection


def _heard(method):
    """Tells when the answer is there."""
    if inspect.iscoroutinefunction(method):

        @functools.wraps(method)
        async def wait(*args, **kwargs):
            try:
                return await method(*args, **kwargs)
            finally:
                recording.heard()

        return wait

    @functools.wraps(method)
    def run(*args, **kwargs):
        try:
            return method(*args, **kwargs)
        finally:
            recording.heard()

    return run


def _told(method):
    @functools.wraps(method)
    def run(self, request, *args, **kwargs):
        if _port() and request.url.scheme == "https":
            request.url = request.url.copy_with(scheme="http")
        recording.called("{} {}:{}".format(request.method, request.url.host, request.url.port))
        return method(self, request, *args, **kwargs)

    return run


def _checked(method):
    @functools.wraps(method)
    def run(self, address, *args):
        address = leading.led(self.family, address)
        if isinstance(address, tuple) and address:
            if _port() and self.type & socket.SOCK_STREAM and _is_elsewhere(*address[:2]):
                recording.waits(self.gettimeout())
                return method(self, ("127.0.0.1", _port()), *args)
            if not _is_here(str(address[0])):
                _refuse(address)
        return method(self, address, *args)

    return run


def _refuse(address):
    where = "{}:{}".format(*address[:2])
    if where not in refused:
        refused.append(where)
    raise ConnectionRefusedError("seatrial keeps the program on this machine: no connection to " + where)


def _named(plain):
    """No name of a service that we lead to is asked for, nor any elsewhere while there is an upstream."""

    @functools.wraps(plain)
    def getaddrinfo(host, port, *args, **kwargs):
        if leading.is_led(port):
            host = "127.0.0.1"
        is_elsewhere = host is not None and not _is_here(host.decode() if isinstance(host, bytes) else str(host))
        return plain(_NOWHERE if is_elsewhere and _port() else host, port, *args, **kwargs)

    return getaddrinfo


def _in_the_clear(plain):
    """The upstream speaks no TLS: a connection to it stays as it is."""

    @functools.wraps(plain)
    def wrap_socket(self, sock, *args, **kwargs):
        try:
            is_ours = sock.getpeername()[:2] == ("127.0.0.1", _port())
        except OSError:
            is_ours = False
        if is_ours:
            self.check_hostname = False
            self.verify_mode = ssl.CERT_NONE
            return sock
        return plain(self, sock, *args, **kwargs)

    return wrap_socket


def _kept(event, arguments):
    """Refuses datagrams that go elsewhere, which no connection precedes."""
    if event in ("socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        if isinstance(address, tuple) and address and not _is_here(str(address[0])):
            _refuse(address)


def _port():
    """Where calls are sent to; 0 if nowhere."""
    try:
        with open(_upstream["sign"], encoding="ascii") as file:
            return int(file.read() or 0)
    except OSError:
        return 0


def _is_elsewhere(host, port):
    """Whether a service is meant, on this machine too, and not the program's own workers or a database."""
    return int(port) not in _DATABASES and not (_is_here(str(host)) and int(port) in _upstream["own"])


def _is_here(host):
    return host in ("localhost", "::1", "0.0.0.0", "::", "") or host.startswith("127.")  # noqa: S104 - binds nothing
