"""An ASGI application on nothing but the standard library."""

import json

begun = []


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        begun.append("began")
        scope["state"]["kept"] = 7
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    said = await receive()
    if scope["path"] == "/raises":
        raise ValueError("as asked")
    if scope["path"] == "/stream":
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in (b"one ", b"two ", b""):
            await send({"type": "http.response.body", "body": part, "more_body": bool(part)})
        return
    told = {
        "method": scope["method"],
        "path": scope["path"],
        "query": scope["query_string"].decode(),
        "body": said["body"].decode(),
        "begun": begun,
        "kept": scope["state"]["kept"],
    }
    body = json.dumps(told).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": body})
