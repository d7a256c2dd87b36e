import contextlib


def read(a, b):
    with open(a) as first, open(b, "w") as (second, third):
        second.write(first.read())
    with (lock, open(a) as again,):
        again.close()
    with contextlib.suppress(KeyError):
        return a[b]
    with lock:
        return None


async def fetch(session):
    async with session.get("/") as reply:
        return await reply.json()
