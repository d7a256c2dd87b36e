"""Starts the server: on loopback alone, on a port that nobody knows before, for as long as the person wants."""

import socket
import webbrowser
from collections.abc import Callable

import uvicorn

from seatrial.surfaces.web.application import application
from seatrial.surfaces.web.desk import Desk
from seatrial.surfaces.web.guard import Keys

LOOPBACK = "127.0.0.1"


def listen(port: int = 0) -> socket.socket:
    """A socket on loopback; port 0 is any that is free. Raises `OSError`."""
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.bind((LOOPBACK, port))
    found.listen()  # a browser that is quicker than the server waits
    return found


def server(desk: Desk, keys: Keys) -> uvicorn.Server:
    """The server, not yet started."""
    config = uvicorn.Config(
        application(desk, keys), log_level="critical", access_log=False, lifespan="off", server_header=False, ws="none"
    )
    return uvicorn.Server(config)


def serve(desk: Desk, page: str, tell: Callable[[str], None], port: int = 0, *, browser: bool = True) -> None:
    """Serves until interrupted. `tell` gets the address to open, which works once. Raises `OSError`."""
    with listen(port) as found:
        number = found.getsockname()[1]
        keys = Keys(number)
        address = keys.entry(f"{LOOPBACK}:{number}", page)
        tell(address)
        if browser:
            webbrowser.open(address)
        server(desk, keys).run(sockets=[found])
