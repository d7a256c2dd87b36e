import asyncio


async def gather(urls):
    tasks = [fetch(url) for url in urls]
    async for part in stream():
        yield await part
    await asyncio.gather(*tasks)


def delegate(parts):
    got = yield from parts
    yield got
