"""Tells an ASGI program that it begins and ends. Source: ASGI 2.0, lifespan protocol."""

import asyncio


def begun(app):
    """Has the program begin and end once. Raises what keeps it from that, or `RuntimeError` with what it says of it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    lifespan = Lifespan(app)  # its queues belong to the loop that is set: so it is before Python 3.10

    async def run():
        try:
            await lifespan.begin()
        except RuntimeError as error:
            raise lifespan.error or error from None
        await lifespan.end()

    loop.run_until_complete(run())


class Lifespan:
    """Tells the program that it begins and ends. One that does not know of it is served all the same."""

    def __init__(self, app):
        self.state = {}
        self._app = app
        self._asked = asyncio.Queue()
        self._answered = asyncio.Queue()
        self._task = None
        self._heard = False
        self.error = None
        """What the program raised instead of going on."""

    async def begin(self):
        """Raises `RuntimeError` if the program says that it cannot start, and what it raises once it was asked to."""
        self._task = asyncio.ensure_future(self._run())
        answer = await self._ask("lifespan.startup")
        if answer["type"] == "lifespan.startup.failed":
            raise RuntimeError("the program refuses to start: " + answer.get("message", ""))
        if self.error is not None and self._heard:
            raise self.error

    async def end(self):
        """Waits until the program has ended, if it still goes on."""
        if not self._task.done():
            await self._ask("lifespan.shutdown")

    async def _ask(self, what):
        await self._asked.put({"type": what})
        return await self._answered.get()

    async def _run(self):
        scope = {"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}, "state": self.state}

        async def receive():
            self._heard = True
            return await self._asked.get()

        try:
            await self._app(scope, receive, self._answered.put)
        except Exception as error:  # an application without lifespan raises, too, before it asks for anything
            self.error = error
        await self._answered.put({"type": "lifespan.shutdown.complete"})
