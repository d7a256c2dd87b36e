"""The application: which page lies at which address."""

from collections.abc import Awaitable, Callable
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from seatrial.errors import SeatrialError
from seatrial.surfaces.web import render
from seatrial.surfaces.web.addresses import PAGES, STEPS
from seatrial.surfaces.web.desk import Desk, NoPageError
from seatrial.surfaces.web.guard import FormError, Guard, Keys, form

_Handler = Callable[[Request], Awaitable[Response]]


def application(desk: Desk, keys: Keys) -> Guard:
    """The room as an ASGI application, with the guard before it."""
    frame = render.Frame(desk.tree, desk.room.reviewer, keys.csrf)
    routes = [Route("/static/{name}", _static)]
    for path, page in PAGES.items():
        twin = f"{path.rstrip('/')}/index.json" if path == "/" else f"{path}.json"
        routes += [  # the twin first: a name in braces would else take its suffix
            Route(twin, _shown(desk, frame, page, as_json=True)),
            Route(path, _shown(desk, frame, page, as_json=False)),
        ]
    routes += [Route(path, _done(desk, keys, frame, step), methods=["POST"]) for path, step in STEPS.items()]
    return Guard(Starlette(routes=routes), keys)


async def _static(request: Request) -> Response:
    return render.static(request.path_params["name"]) or PlainTextResponse("no such file\n", 404)


def _shown(desk: Desk, frame: render.Frame, page: Callable[[Desk, Request], render.Page], *, as_json: bool) -> _Handler:
    async def handler(request: Request) -> Response:
        try:
            made = page(desk, request)
        except (NoPageError, SeatrialError) as error:
            made = _problem(str(error), 404 if isinstance(error, NoPageError) else 409)
        return render.json(made) if as_json else render.html(made, frame, request.url.path)

    return handler


def _done(desk: Desk, keys: Keys, frame: render.Frame, step: Callable[..., str]) -> _Handler:
    async def handler(request: Request) -> Response:
        try:
            fields = await form(request, keys)
            there = step(desk, request.path_params, fields)
        except FormError as error:
            return PlainTextResponse(f"{error}\n", 403)
        except SeatrialError as error:
            return render.html(_problem(str(error), 409), frame, request.url.path)
        if not there:
            return Response(status_code=204)
        return RedirectResponse(quote(there, safe="/?=&#%"), 303)

    return handler


def _problem(what: str, status: int) -> render.Page:
    return render.Page("problem", "Not now" if status == 409 else "No such page", {"problem": what}, status=status)
