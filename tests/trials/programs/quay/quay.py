"""A quay in one file, asynchronous, on the standard library. FAULTS in the environment names the faults that it has.

task       a watch is set for each ship and never called off
socket     a connection to the pilot stays open
"""

import asyncio
import json
import os

FAULTS = os.environ.get("FAULTS", "").split(",")
watches = set()
kept = []
pilot = None


async def moor():
    watch = asyncio.create_task(asyncio.sleep(3600))
    watches.add(watch)
    if "task" not in FAULTS:
        watch.cancel()
        watches.discard(watch)


async def piloted(reader, writer):
    await reader.read()
    writer.close()


async def call_pilot():
    global pilot  # noqa: PLW0603 -- one server for each worker
    if pilot is None:
        pilot = await asyncio.start_server(piloted, "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*pilot.sockets[0].getsockname())
    if "socket" in FAULTS:
        kept.append(writer)
        return
    writer.close()
    await writer.wait_closed()


ROUTES = {"/moor": moor, "/pilot": call_pilot}


class App:
    """An ASGI application."""

    def openapi(self):
        return {"openapi": "3.1.0", "paths": {path: {"get": {}} for path in ROUTES}}

    async def __call__(self, scope, receive, send):
        if scope["type"] == "lifespan":
            while True:
                said = await receive()
                await send({"type": said["type"] + ".complete"})
                if said["type"] == "lifespan.shutdown":
                    return
        handler = ROUTES.get(scope["path"])
        if handler is not None:
            await handler()
        status = 200 if handler else 404
        head = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": head})
        await send({"type": "http.response.body", "body": json.dumps({}).encode()})


app = App()
