"""The doors of the server: with a login configured, each asks for its cookie but those that lead to the login itself.

Streamlit asks on pages alone: whoever opens a session may upload to it. What stands here is a list of the doors that
are open, so that one that a later Streamlit adds is shut.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from streamlit import config

from pages.parts import shell
from pages.parts.gate import login, strangers

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STREAM = "_stcore/stream"  # draws the page that asks for the login, and nothing else for a stranger
HEALTH = ("_stcore/health", "_stcore/host-config")
LOGIN = ("auth/login", "auth/logout", "oauth2callback")
FRONT_END = ("", "index.html", "favicon.png", "manifest.json")  # the same for every studio: nothing of anybody's
OPEN = {*HEALTH, *LOGIN, *FRONT_END, *shell.PAGES}
REFUSAL = "Please log in first."


class Doors:
    """Middleware between the web server and Streamlit."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self.app = app
        login.configured()  # the server starts: what is wrong is said on the console now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan" or not login.configured().asked or logged_in(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket" and _door(scope) == STREAM:
            await self.app(scope, strangers.narrow(receive, send), send)
        elif scope["type"] == "http" and scope["method"] in ("GET", "HEAD") and _is_open(_door(scope)):
            await self.app(scope, receive, send)
        else:
            await _refuse(scope, receive, send)


def logged_in(scope: Scope) -> bool:
    """Whether a request brings the cookie of a login, signed here and for this address: Streamlit's own test of it.

    Imported here: where no login is configured a later Streamlit may keep these elsewhere.
    """
    from streamlit.auth_util import get_origin_from_redirect_uri
    from streamlit.web.server.starlette import starlette_websocket as cookies
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    origin = get_origin_from_redirect_uri()
    if login.configured().fault or not origin:
        return False
    signed = cookies._get_signed_cookie_with_chunks(HTTPConnection(scope).cookies, USER_COOKIE_NAME)
    return bool(signed and cookies._parse_decoded_user_cookie(signed, origin).get("is_logged_in"))


def _door(scope: Scope) -> str | None:
    """The path below the address of the studio; None for one beside it."""
    base = (config.get_option("server.baseUrlPath") or "").strip("/")
    path = scope["path"].removeprefix("/")
    if not base or path == base:
        return "" if base else path
    return path.removeprefix(f"{base}/") if path.startswith(f"{base}/") else None


def _is_open(door: str | None) -> bool:
    return door is not None and (door.rstrip("/") in OPEN or door.startswith("static/"))


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the handshake fails with 403
    else:
        fault = login.configured().fault
        answer = PlainTextResponse(fault or REFUSAL, 503 if fault else 401, {"Cache-Control": "no-store"})
        await answer(scope, receive, send)
