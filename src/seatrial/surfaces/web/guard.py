"""What stands before every page: only this machine, only this person, only our own forms, only our own files.

The server listens on loopback, where every web page that the person opens can send requests too. So: the `Host` must
be ours (a foreign name that was pointed at 127.0.0.1 is not: DNS rebinding), a cookie that only the printed address
gives is asked for, a form must bring its token and come from us, and no page loads or runs anything from elsewhere.
"""

import hmac
import secrets
from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with none at all, browsers call our own forms' origin `null`
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
ENTRY = "/enter"
LARGEST = 200_000
"""Bytes of a form: nobody types more."""
_STRANGER = (
    "Open the address that `seatrial review` printed in its terminal. It works once; for another, run it again.\n"
)
_READING = frozenset({"GET", "HEAD"})


class Keys:
    """The secrets of one run of the server: none of them is ever in a page's address.

    `token` lets one browser in, once, and is exchanged for a cookie; `csrf` stands in every form.
    """

    def __init__(self, port: int) -> None:
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"})
        self.cookie = f"seatrial-{port}"  # cookies do not know ports: two rooms must not take each other's
        self.token = secrets.token_urlsafe(32)
        self.csrf = secrets.token_urlsafe(32)
        self._inside = secrets.token_urlsafe(32)

    def entry(self, host: str, page: str = "/") -> str:
        """The address to open, which leads to a page."""
        return f"http://{host}{ENTRY}?{urlencode({'token': self.token, 'page': page})}"

    def admit(self, token: str) -> str:
        """The cookie's value for a token, which is void from then on; empty if it is not the one."""
        fits = bool(self.token) and hmac.compare_digest(token.encode(), self.token.encode())
        self.token = "" if fits else self.token
        return self._inside if fits else ""

    def knows(self, cookies: Mapping[str, str]) -> bool:
        """Whether the browser was let in before."""
        return hmac.compare_digest(cookies.get(self.cookie, "").encode(), self._inside.encode())

    def is_ours(self, csrf: str) -> bool:
        """Whether a form is one of our pages'."""
        return hmac.compare_digest(csrf.encode(), self.csrf.encode())


class Guard:
    """ASGI middleware that lets only the room's own person through."""

    def __init__(self, app: ASGIApp, keys: Keys) -> None:
        self._app = app
        self._keys = keys

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers refusals itself; hands the rest on, and adds the headers to every answer."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                added = {"cache-control": "no-store"} | HEADERS
                message["headers"] += [(n.encode(), v.encode()) for n, v in added.items() if n.encode() not in given]
            await send(message)

        request = Request(scope, receive)
        answer = self._refusal(request) if scope["type"] == "http" else PlainTextResponse("no", 400)
        await (answer or self._app)(scope, receive, with_headers)

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("host", "") not in self._keys.hosts:
            return PlainTextResponse("This room answers under its own address only.\n", 421)
        if request.url.path == ENTRY:
            return self._enter(request)
        if not self._keys.knows(request.cookies):
            return PlainTextResponse(_STRANGER, 403)
        if request.method not in _READING and not self._is_from_us(request):
            return PlainTextResponse("This form does not come from the room's own pages.\n", 403)
        return None

    def _enter(self, request: Request) -> Response:
        value = self._keys.admit(request.query_params.get("token", ""))
        if not value:
            return PlainTextResponse(_STRANGER, 403)
        page = request.query_params.get("page", "/")
        inside = page if page.startswith("/") and not page.startswith(("//", "/\\")) else "/"
        answer = RedirectResponse(inside, 303)
        answer.set_cookie(self._keys.cookie, value, httponly=True, samesite="strict", path="/")
        return answer

    def _is_from_us(self, request: Request) -> bool:
        """What browsers say of where a form comes from, if they say it; the token itself is asked for in `form`."""
        origin = request.headers.get("origin")
        site = request.headers.get("sec-fetch-site", "same-origin")
        is_own = origin is None or origin.removeprefix("http://") in self._keys.hosts
        return is_own and site == "same-origin"


class FormError(Exception):
    """A form that is not accepted; `str` says why."""


async def form(request: Request, keys: Keys) -> dict[str, list[str]]:
    """The fields of a form of ours. Raises `FormError` for others, and for what is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body.extend(chunk)
        if len(body) > LARGEST:
            raise FormError("That is more text than a review needs.")
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=500)
    if not keys.is_ours(fields.get("csrf", [""])[0]):
        raise FormError("This form does not come from the room's own pages, or the room was opened anew since.")
    return fields
