"""The doors of a running server: which lets whom in, with a login, without one, and with one that can't be read.

python -m benchmarks.doors
"""

import json
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value, generate_xsrf_token_string
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from benchmarks.measure import write
from benchmarks.server import copy_app, server

SECRET = "a secret of this benchmark alone, 0123456789"  # noqa: S105
SECRETS = f"""[auth]
redirect_uri = "{{address}}/oauth2callback"
cookie_secret = "{SECRET}"
client_id = "vitrine"
client_secret = "nobody's"
server_metadata_url = "http://127.0.0.1:1/nothing-answers-here"
"""
LOGINS = {"no login": None, "a login": SECRETS, "an unreadable login": SECRETS.replace('"vitrine"', '"vitrine')}
CALLERS = ("no cookie", "a forged cookie", "another secret's", "another address's", "logged out", "logged in")
HTTP_DOORS = {  # what a door is for: method and path
    "first page": ("GET", "/"),
    "page": ("GET", "/data"),
    "front end": ("GET", "/static/nothing.js"),
    "health": ("GET", "/_stcore/health"),
    "host config": ("GET", "/_stcore/host-config"),
    "sign in": ("GET", "/auth/login"),
    "metrics": ("GET", "/_stcore/metrics"),
    "media, downloads": ("GET", "{picture}"),
    "component": ("GET", "/component/nothing/index.html"),
    "component, new": ("GET", "/_stcore/bidi-components/nothing/index.js"),
    "script health": ("GET", "/_stcore/script-health-check"),
    "app's static files": ("GET", "/app/static/nothing.txt"),
    "agent": ("POST", "/_stcore/agent/mcp"),
    "a door of tomorrow": ("GET", "/_stcore/of-a-later-version"),
    "media, by a detour": ("GET", "/static/../media/nothing.png"),
    "upload": ("PUT", "/_stcore/upload_file/{session}/file"),
    "upload, delete": ("DELETE", "/_stcore/upload_file/{session}/file"),
}
STREAM_DOORS = ("websocket: page", "websocket: empty caches", "websocket: 1 MB")
PICTURE = re.compile(r"/media/[0-9a-f]+\.\w+")
BODY = b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\n' + bytes(1000) + b"\r\n--b--\r\n"


@contextmanager
def guarded(folder: Path, secrets: str | None) -> Iterator[str]:
    """A server of a copy of the app beside its secrets; gives its address."""
    app = copy_app(folder / "app")
    home = folder / "home"
    home.mkdir()
    with server(app, home, before=lambda address: _write(app, secrets, address), VITRINE_WARM="0") as (address, _):
        yield address


def _write(app: Path, secrets: str | None, address: str) -> None:
    if secrets is not None:
        (app.parent / ".streamlit" / "secrets.toml").write_text(secrets.replace("{address}", address))


def cookies(caller: str, address: str) -> dict[str, str]:
    """The cookies that a caller brings."""
    origin = "http://elsewhere" if caller == "another address's" else address
    user = json.dumps({"is_logged_in": caller != "logged out", "origin": origin, "name": "Ada"})
    signed = create_signed_value(SECRET[::-1] if caller == "another secret's" else SECRET, "_streamlit_user", user)
    token = generate_xsrf_token_string()
    own = {} if caller == "no cookie" else {"_streamlit_user": signed.decode()}
    if caller == "a forged cookie":
        own = {"_streamlit_user": signed.decode()[:-4] + "AAAA"}
    return own | {"_streamlit_xsrf": token}


def rows(address: str, callers: Iterable[str] = CALLERS) -> dict[str, dict[str, str]]:
    """What every door answers to every caller, while somebody who is logged in looks at a picture."""
    owner = cookies("logged in", address)
    with stream(address, owner) as socket:
        _, text = draw(socket, "home")
        shown = PICTURE.search(text)
        picture = shown.group() if shown else "/".join(["", "media", "nothing.png"])
        return {caller: _answers(address, cookies(caller, address), picture) for caller in callers}


def _answers(address: str, own: dict[str, str], picture: str) -> dict[str, str]:
    with stream(address, own) as socket:
        session, text = draw(socket, "data")
        paths = {"session": session, "picture": picture}
        answers = {
            name: ask(address + path.format(**paths), own, method) for name, (method, path) in HTTP_DOORS.items()
        }
    emptying, long = BackMsg(clear_cache=True), BackMsg()
    long.rerun_script.query_string = "x" * 1_000_000
    spoken = (_drawn(text), say(address, own, emptying), say(address, own, long))
    return answers | dict(zip(STREAM_DOORS, spoken, strict=True))


def ask(url: str, own: dict[str, str], method: str) -> str:
    """The status of an answer by HTTP."""
    headers = {**_headers(own), "X-Xsrftoken": own["_streamlit_xsrf"]}
    body = BODY if method in ("PUT", "POST") else None
    if body:
        headers["Content-Type"] = "multipart/form-data; boundary=b"
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=30) as answer:
            return str(answer.status)
    except urllib.error.HTTPError as error:
        return str(error.code)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Follow nothing: what a door answers is what is asked for."""


def draw(socket: ClientConnection, page: str) -> tuple[str, str]:
    """Open a page as a browser does: the session's id, and what was drawn."""
    message, session, texts = BackMsg(), "", []
    message.rerun_script.page_name = page
    socket.send(message.SerializeToString())
    while True:
        answer = ForwardMsg.FromString(socket.recv(timeout=60))
        kind = answer.WhichOneof("type")
        if kind == "new_session":
            session = answer.new_session.initialize.session_id or session
        if kind == "delta" and answer.delta.WhichOneof("type") == "new_element":
            texts.append(str(answer.delta.new_element))
        if kind == "script_finished" and answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
            return session, " ".join(texts)


def _drawn(text: str) -> str:
    if "Nobody can log in:" in text.replace("\\", ""):
        return "why not"
    return "please log in" if "Please log in" in text else "the page"


def say(address: str, own: dict[str, str], message: BackMsg) -> str:
    """Whether the server still listens after a message of a session."""
    with stream(address, own) as socket:
        socket.send(message.SerializeToString())
        again = BackMsg()
        again.rerun_script.query_string = ""
        try:
            socket.send(again.SerializeToString())
            socket.recv(timeout=60)
        except WebSocketException:
            return "closed"
    return "taken"


def stream(address: str, own: dict[str, str]) -> ClientConnection:
    """The websocket of a session that begins."""
    protocols = ["streamlit", own["_streamlit_xsrf"]]
    url = address.replace("http", "ws") + "/_stcore/stream"
    return connect(
        url, subprotocols=protocols, origin=address, additional_headers=_headers(own), max_size=None, close_timeout=1
    )


def elsewhere(address: str) -> str:
    """The status of a websocket beside the one of sessions."""
    try:
        with connect(address.replace("http", "ws") + "/_stcore/other"):
            return "open"
    except InvalidStatus as error:
        return str(error.response.status_code)


def _headers(own: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in own.items())}


def table(answers: dict[str, dict[str, str]]) -> str:
    """The answers as a table in markdown: a line for each door, a column for each caller."""
    head = [["door", *answers], ["---"] * (len(answers) + 1)]
    lines = [[door, *(answers[caller][door] for caller in answers)] for door in (*HTTP_DOORS, *STREAM_DOORS)]
    return "\n".join(f"| {' | '.join(line)} |" for line in head + lines)


def main() -> None:
    answers = {}
    for name, secrets in LOGINS.items():
        with tempfile.TemporaryDirectory() as folder, guarded(Path(folder), secrets) as address:
            answers[name] = rows(address)
        print(f"\n{name.capitalize()}\n\n{table(answers[name])}")
    write("doors", answers, "python -m benchmarks.doors")


if __name__ == "__main__":
    main()
