"""What the load client costs: requests for each second of its own processor time, and whether it bears 10,000 users.

    python benchmarks/trials/load_client.py            # against a static answer of 110 bytes of JSON
    python benchmarks/trials/load_client.py --url http://127.0.0.1:8080/static.json

The server is another process. Processor seconds count, not wall time: other work on the machine does not change them
much. uvloop is used if it is installed; run it again in an environment without to see the difference.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import platform
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from urllib.parse import urlsplit

from seatrial.sandbox.calls import Call
from seatrial.sandbox.loading import Loaded, Target, closed, opened

BODY = json.dumps({"id": 1, "name": "a thing that somebody may want to buy", "price": "12.50", "stock": 100}).encode()
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)


class Static(asyncio.Protocol):
    """Answers whatever is asked."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """As asyncio says."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """As asyncio says."""
        self.transport.write(ANSWER * data.count(b"\r\n\r\n"))  # type: ignore[attr-defined] # a transport of a socket


def serve(port: "multiprocessing.Queue[int]") -> None:
    """The static server, until the process is ended."""

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Static, "127.0.0.1", 0, backlog=4096)
        port.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    factory = None
    if find_spec("uvloop"):
        import uvloop  # noqa: PLC0415 -- where it is installed

        factory = uvloop.new_event_loop
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with asyncio.Runner(loop_factory=factory) as runner:
        runner.run(run())


@contextmanager
def target(url: str) -> Iterator[tuple[Target, str]]:
    """Where to ask, and for what."""
    if url:
        parts = urlsplit(url)
        yield Target(parts.hostname or "127.0.0.1", parts.port or 80), parts.path or "/"
        return
    port: multiprocessing.Queue[int] = multiprocessing.Queue()
    process = multiprocessing.Process(target=serve, args=(port,), daemon=True)
    process.start()
    try:
        yield Target("127.0.0.1", port.get()), "/static.json"
    finally:
        process.terminate()


def told(name: str, one: Loaded) -> None:
    """One line of the table."""
    answers = len(one.latencies)
    print(
        f"{name:<24}{answers / one.seconds:>10,.0f}{answers / one.driver:>16,.0f}{one.quantile(0.5) * 1000:>9,.1f}"
        f"{one.quantile(0.99) * 1000:>9,.1f}{one.failed:>8}{one.silent:>8}"
    )


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", default="")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--users", type=int, nargs="*", default=[50, 1_000, 10_000])
    asked = parser.parse_args()
    loop = "uvloop" if find_spec("uvloop") else "asyncio"
    print(f"Python {platform.python_version()}, {loop}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"{'':<24}{'answers/s':>10}{'answers/CPU s':>16}{'p50 ms':>9}{'p99 ms':>9}{'failed':>8}{'silent':>8}")
    with target(asked.url) as (where, path):
        calls = [Call(method="GET", path=path)]
        for users in asked.users:
            told(f"closed, {users:,} users", closed(where, calls, users, asked.seconds, 10.0))
        told("open, 2,000 a second", opened(where, calls, 2_000, asked.seconds, 10.0))


if __name__ == "__main__":
    main()
