"""Leads what the program wants of a service at its usual port to the one that is its own, wherever it looks for it.

What nobody started for it is refused: a service of the user's at that port is none of the program's.
"""

import os
import socket

_ports = {}
_folders = []
_told = []
_KEPT_FROM = "seatrial keeps the program from the service at {}"
_LOG = "/dev/log"
_POSTGRES = 5432
# seatrial: allow[hardcoded-credential] because the server of a trial trusts everybody on this machine
_WHO = {"user": "postgres", "password": "seatrial"}
NAME = "postgres"
"""The one database of our own."""
_HERE = "127.0.0.1"
_HERE_IN_IPV6 = "::ffff:127.0.0.1"


def configure(ports, folders, out=""):
    """`ports` maps usual ports to those of our own services, 0 where there is none; `folders` are the program's.

    What it is kept from is told in the folder `out`.
    """
    _told.append(out)
    _ports.update({int(usual): own for usual, own in ports.items()})
    _folders.extend(os.path.realpath(folder) + os.sep for folder in folders)


def led(family, address):
    """Where to connect instead of `address`; as it is if it is no service's. Raises `ConnectionRefusedError`."""
    if family == getattr(socket, "AF_UNIX", None):
        return _own_socket(address)
    if not isinstance(address, tuple) or len(address) < 2 or not is_led(address[1]):
        return address
    here = _HERE_IN_IPV6 if family == socket.AF_INET6 else _HERE
    return (here, _own(address[1]), *address[2:])


def is_led(port):
    """Whether this is the usual port of a service that the program is led away from."""
    return isinstance(port, (int, str)) and str(port).isdigit() and int(port) in _ports


def is_missing(port):
    """Whether the program is kept from the service at its usual port, and has none of its own."""
    return port in _ports and not _ports[port]


def place(host, port):
    """Host and port to connect to, for those who do so without Python's sockets. Raises `ConnectionRefusedError`."""
    return (_HERE, _own(port)) if is_led(port) else (host, port)


def database(said):
    """The arguments with which a driver for PostgreSQL connects: those said, led to our own server if there is one."""
    if not is_led(_POSTGRES):
        return said
    return {**said, "host": _HERE, "port": _own(_POSTGRES), **_WHO}


def _own(port):
    own = _ports[int(port)]
    if not own:
        for out in filter(None, _told):
            with open(os.path.join(out, "missing-{}".format(port)), "w", encoding="utf-8"):
                pass
        raise ConnectionRefusedError(_KEPT_FROM.format(port))
    return own


def _own_socket(address):
    """A socket of the file system is the program's own, or of the machine's log."""
    path = os.fsdecode(address) if isinstance(address, (str, bytes)) else ""
    if not path or path.startswith("\0") or path == _LOG or os.path.realpath(path).startswith(tuple(_folders)):
        return address
    raise ConnectionRefusedError(_KEPT_FROM.format(path))
