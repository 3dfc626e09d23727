"""Who has to log in, and which doors of the server ask for it."""

import asyncio

import pytest
import streamlit as st
from streamlit import config
from streamlit.config_option import ConfigOption
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from benchmarks import doors as bench
from pages.parts import shell
from pages.parts.gate import doors, login, strangers
from tests.pages.conftest import ROOT

GOOD = bench.SECRETS.replace("{address}", "http://localhost:8501")
SHUT = {
    "a quote is missing": (GOOD.replace('"vitrine"', '"vitrine'), "line 4"),
    "a bracket is missing": (GOOD.replace("[auth]", "[auth"), "line 1"),
    "a byte-order mark": ("\ufeff" + GOOD, "byte-order mark"),
    "UTF-16, as an old Notepad writes": (GOOD.encode("utf-16"), "byte-order mark"),
    "not UTF-8": (GOOD.encode() + b'name = "caf\xe9"', "UTF-8"),
    "[Auth]": (GOOD.replace("[auth]", "[Auth]"), "'Auth'"),
    "[ auht ]": (GOOD.replace("[auth]", "[ auht ]"), "'auht'"),
    "[oauth]": (GOOD.replace("[auth]", "[oauth]"), "'oauth'"),
    "[login], with keys of a login": (GOOD.replace("[auth]", "[login]"), "'login'"),
    "no heading": (GOOD.replace("[auth]", ""), "'redirect_uri'"),
    "a misspelled heading without keys": ("[Auth]", "'Auth'"),
    "an empty section": ("[auth]", "lacks redirect_uri, cookie_secret, client_id"),
    "a text in place of the section": ('auth = "google"', "lacks redirect_uri"),
    "a list in place of the section": ("[[auth]]", "lacks redirect_uri"),
    "a key is missing": (GOOD.replace("client_id", "clientid"), "lacks client_id"),
    "an empty secret": (GOOD.replace(bench.SECRET, " "), "lacks cookie_secret"),
    "a number for a key": (GOOD.replace('"vitrine"', "5"), "lacks client_id"),
    "an empty file": ("", "empty"),
    "all commented out": ("# [auth]", "empty"),
    "bytes of anything": (bytes(range(256)), "UTF-8"),
}


PICTURE = "/".join(["", "media", "x"])


def look_for(*files, by=ConfigOption.DEFAULT_DEFINITION):
    """Set where secrets are looked for, as Streamlit does by itself."""
    config.set_option("secrets.files", [str(file) for file in files], by)


@pytest.fixture
def secrets(tmp_path, monkeypatch):
    """Write secrets.toml and read it anew: `secrets("[auth]")` gives what it says of the login."""
    file = tmp_path / "secrets.toml"
    before, fresh = config.get_option("secrets.files"), Secrets()
    monkeypatch.setattr(st, "secrets", fresh)
    look_for(tmp_path / "nothing.toml", file)

    def write(content) -> login.Login:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return login.configured()

    login.configured.cache_clear()
    yield write
    fresh._reset()  # what it has put into the environment
    look_for(*before)
    login.configured.cache_clear()


def test_without_a_file_nobody_is_asked(secrets):
    assert login.configured() == login.Login(asked=False)


@pytest.mark.parametrize("other", ["[connections.pets]\nurl = 'sqlite://'", "token = 'x'", "[s3]\nclient_id = 'x'"])
def test_secrets_of_other_things_ask_nobody(secrets, other):
    assert secrets(other) == login.Login(asked=False)


@pytest.mark.parametrize("more", ["", "[connections.pets]\nurl = 'sqlite://'", "[auth.google]\nclient_id = 'x'"])
def test_a_whole_section_asks_for_a_login(secrets, more):
    assert secrets(GOOD + more) == login.Login(asked=True)


@pytest.mark.parametrize("slip", SHUT)
def test_what_cant_be_read_lets_nobody_in_and_says_why(secrets, caplog, slip, tmp_path):
    content, reason = SHUT[slip]
    gate = secrets(content)

    assert gate.asked
    assert reason in gate.fault
    assert gate.fault.endswith("then start Vitrine again.")
    assert bench.SECRET not in gate.fault
    assert str(tmp_path) not in gate.fault, "strangers read it"
    assert f"{gate.fault} The file: {tmp_path / 'secrets.toml'}" in caplog.text


@pytest.mark.parametrize("make", ["mkdir", "link"])
def test_what_isnt_a_file_lets_nobody_in(secrets, tmp_path, make):
    file = tmp_path / "secrets.toml"
    file.mkdir() if make == "mkdir" else file.symlink_to("nowhere")

    assert "can't be opened" in login.configured().fault


def test_a_folder_that_cant_be_searched_lets_nobody_in(secrets, tmp_path, caplog):
    """A link to itself: also root is told that it can't be followed, as others are of a folder of somebody else's."""
    (tmp_path / "loop").symlink_to("loop")
    look_for(tmp_path / "loop" / "secrets.toml", tmp_path / "secrets.toml")

    gate = secrets("token = 'x'")

    assert gate.asked
    assert "can't be told" in gate.fault
    assert str(tmp_path) not in gate.fault
    assert f"{gate.fault} The file: {tmp_path / 'loop' / 'secrets.toml'}" in caplog.text


def test_no_folder_at_all_asks_nobody(secrets, tmp_path):
    (tmp_path / "file").touch()
    look_for(tmp_path / "nowhere" / "secrets.toml", tmp_path / "file" / "secrets.toml")

    assert login.configured() == login.Login(asked=False)


@pytest.mark.parametrize("names", [["nothing.toml"], []])
def test_a_file_named_by_hand_that_isnt_there_lets_nobody_in(secrets, tmp_path, names):
    look_for(*(tmp_path / name for name in names), by="environment variable")

    assert login.configured() == login.Login(True, login.MISSING)


def test_a_file_named_by_hand_that_is_there_is_read(secrets, tmp_path):
    look_for(tmp_path / "nothing.toml", tmp_path / "secrets.toml", by="environment variable")

    assert secrets(GOOD) == login.Login(asked=True)


def test_a_file_that_goes_while_the_server_runs_opens_nothing(secrets, tmp_path):
    before = secrets(GOOD)
    (tmp_path / "secrets.toml").unlink()

    assert login.configured() is before


def open_as(monkeypatch, gate: login.Login, user: dict) -> AppTest:
    monkeypatch.setattr(login, "configured", lambda: gate)
    monkeypatch.setattr(shell.st, "user", user)
    page = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120).run()
    assert not page.exception
    return page


def test_who_isnt_logged_in_sees_the_way_to_log_in(monkeypatch):
    page = open_as(monkeypatch, login.Login(asked=True), {"is_logged_in": False})

    assert ([title.value for title in page.title], [button.label for button in page.button]) == (
        ["Vitrine"],
        ["Log in"],
    )
    assert not page.get("file_uploader")


def test_a_login_that_streamlit_doesnt_know_of_lets_nobody_in(monkeypatch):
    assert [button.label for button in open_as(monkeypatch, login.Login(asked=True), {}).button] == ["Log in"]


@pytest.mark.parametrize("user", [{}, {"is_logged_in": True}])
def test_a_shut_gate_says_why_to_everybody(monkeypatch, user):
    page = open_as(monkeypatch, login.Login(True, "Nobody can log in: a [reason]."), user)

    assert [error.value for error in page.error] == [r"Nobody can log in\: a \[reason\]\."]
    assert (len(page.button), len(page.sidebar)) == (0, 0)


def test_who_is_logged_in_sees_the_page(monkeypatch):
    assert open_as(monkeypatch, login.Login(asked=True), {"is_logged_in": True}).title[0].value != "Vitrine"


def test_without_the_package_for_logins_the_page_says_so(monkeypatch):
    monkeypatch.setattr(login, "has_authlib", lambda: False)
    page = open_as(monkeypatch, login.Login(asked=True), {"is_logged_in": False})

    assert page.button[0].disabled
    assert r"streamlit\[auth\]" in page.warning[0].value


def through(monkeypatch, gate: login.Login, scope: dict) -> list:
    """What comes of a request: ["in"] when it reaches Streamlit, else the types of the answers."""
    told: list = []

    async def streamlit(*_):
        told.append("in")

    async def send(message):
        told.append(message.get("status", message["type"]))

    monkeypatch.setattr(login, "configured", lambda: gate)
    asyncio.run(doors.Doors(streamlit)({"method": "GET", "headers": [], **scope}, None, send))
    return told[:1]


def http(path: str, method: str = "GET") -> dict:
    return {"type": "http", "path": path, "method": method}


def test_without_a_login_every_door_is_open(monkeypatch):
    for scope in (
        http(PICTURE),
        http("/_stcore/upload_file/a/b", "PUT"),
        {"type": "websocket", "path": "/x"},
    ):
        assert through(monkeypatch, login.Login(asked=False), scope) == ["in"]


@pytest.mark.parametrize("gate", [login.Login(True), login.Login(True, "Why.")])
@pytest.mark.parametrize(
    "path",
    [
        PICTURE,
        f"/{PICTURE}",
        f"/.{PICTURE}",
        "/MEDIA/x",
        f"/x/..{PICTURE}",
        "/static",
        "/_stcore/metrics",
        "/Data",
        "/app/static/x",
    ],
)
def test_a_stranger_finds_doors_shut_however_they_are_written(monkeypatch, gate, path):
    assert through(monkeypatch, gate, http(path)) == [503 if gate.fault else 401]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/data", "/_stcore/health", "/static/x.js"])
def test_a_stranger_only_looks(monkeypatch, path, method):
    assert through(monkeypatch, login.Login(True), http(path, method)) == [401]


def test_doors_are_known_below_an_address_of_ones_own(monkeypatch):
    option = config.get_option
    monkeypatch.setattr(config, "get_option", lambda name: "/studio/" if name == "server.baseUrlPath" else option(name))
    answers = {path: through(monkeypatch, login.Login(True), http(path))[0] for path in ("/studio", "/studio/data")}
    answers |= {path: through(monkeypatch, login.Login(True), http(path))[0] for path in ("/data", f"/studio{PICTURE}")}

    assert answers == {"/studio": "in", "/studio/data": "in", "/data": 401, f"/studio{PICTURE}": 401}


def test_a_websocket_elsewhere_is_shut(monkeypatch):
    assert through(monkeypatch, login.Login(True), {"type": "websocket", "path": "/x"}) == ["websocket.close"]
    assert through(monkeypatch, login.Login(True), {"type": "websocket", "path": "/_stcore/stream"}) == ["in"]


@pytest.mark.parametrize("kind", ["clear_cache", "set_run_on_save", "debug_shutdown_runtime"])
def test_strangers_ask_for_nothing_but_the_page(kind):
    assert not strangers.is_harmless(BackMsg(**{kind: True}).SerializeToString())
    assert strangers.is_harmless(BackMsg(stop_script=True).SerializeToString())


def test_strangers_learn_nothing_of_the_checkout_and_stay_connected():
    said = [BackMsg(load_git_info=True), BackMsg(load_git_info=True), BackMsg(stop_script=True)]
    messages = iter([{"type": "websocket.receive", "bytes": one.SerializeToString()} for one in said])
    sent = []

    async def receive():
        return next(messages)

    async def send(message):
        sent.append(message)

    heard = asyncio.run(strangers.narrow(receive, send)())

    assert (BackMsg.FromString(heard["bytes"]).WhichOneof("type"), sent) == ("stop_script", [])
    assert not strangers.is_harmless(said[0].SerializeToString())


@pytest.mark.parametrize("data", [None, b"", b"\xff\xff\xff", bytes(strangers.LARGEST_BYTES + 1)])
def test_what_isnt_a_short_message_ends_a_strangers_connection(data):
    assert not strangers.is_harmless(data)


def expected(caller: str, name: str) -> dict[str, str]:
    """The answers that are right where a login is configured."""
    inside = {"metrics": "200", "media, downloads": "200", "component": "404", "component, new": "404"}
    inside |= {"script health": "200", "app's static files": "200", "agent": "400", "a door of tomorrow": "200"}
    inside |= {"upload": "204", "upload, delete": "204"}
    inside |= {"websocket: page": "the page", "websocket: empty caches": "taken", "websocket: 1 MB": "taken"}
    outside = dict.fromkeys(inside, "503" if name == "an unreadable login" else "401")
    outside |= {"websocket: page": "why not" if name == "an unreadable login" else "please log in"}
    outside |= {"websocket: empty caches": "closed", "websocket: 1 MB": "closed"}
    open_to_all = dict.fromkeys(("first page", "page", "front end", "health", "host config"), "200")
    lets_in = name == "no login" or (name == "a login" and caller == "logged in")
    return open_to_all | {"sign in": "302", "media, by a detour": "400"} | (inside if lets_in else outside)


@pytest.mark.parametrize("name", bench.LOGINS)
def test_every_door_asks_for_the_cookie_of_a_login(name, tmp_path):
    """A real server, asked by a client that speaks as a browser does; `python -m benchmarks.doors` prints the table."""
    callers = bench.CALLERS if name == "a login" else ("no cookie", "logged in")
    with bench.guarded(tmp_path, bench.LOGINS[name]) as address:
        answers = bench.rows(address, callers)
        beside = bench.elsewhere(address)

    assert answers == {caller: expected(caller, name) for caller in callers}
    assert beside == "403"
