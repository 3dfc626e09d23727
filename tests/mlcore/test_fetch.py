"""A picture is fetched from the public web and from nowhere else, within its limits."""

import shutil
import socket
import ssl
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest

from mlcore.errors import Refused
from mlcore.images import fetch as door
from mlcore.images.fetch import fetch, is_public


class Answers(BaseHTTPRequestHandler):
    """A small site: a file, redirects, a slow one, an endless one."""

    asked: ClassVar[list[tuple[str, str]]] = []

    def do_GET(self):
        self.asked.append((self.path, self.headers["Host"]))
        page = self.path.strip("/").partition("?")[0]
        if page == "slow":
            self.wfile.write(b"HTTP/1.1 200 OK\r\n")
            for _ in range(100):
                self.wfile.write(b"X: y\r\n")
                threading.Event().wait(0.02)
            return
        self.send_response({"again": 302, "inside": 301, "gone": 404}.get(page, 200))
        if page in ("again", "inside"):
            self.send_header("Location", "/again" if page == "again" else "http://inside.test/secret")
        self.end_headers()
        self.wfile.write(b"x" * 1000 if page == "large" else b"content")

    def log_message(self, *_):
        """Say nothing."""


NAMES = {"pictures.test": "127.0.0.1", "inside.test": "10.0.0.1"}


@contextmanager
def site(secret: ssl.SSLContext | None = None):
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    if secret:
        server.socket = secret.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def web(monkeypatch):
    """A site whose name is public as far as the guard knows, and the addresses that were connected to."""
    Answers.asked.clear()
    look_up = socket.getaddrinfo

    def looked_up(host, port, *rest, **more):
        return look_up(NAMES.get(host, host), port, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    monkeypatch.setattr(door, "is_public", lambda address: address == "127.0.0.1")
    with site() as port:
        yield f"http://pictures.test:{port}"


PUBLIC = ["8.8.8.8", "93.184.216.34", "2606:4700:4700::1111", "2a00:1450:4001:81b::200e"]
PRIVATE = """127.0.0.1 127.8.8.8 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 100.100.100.200
192.0.2.1 198.18.0.1 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 168.63.129.16 :: ::1 fe80::1 fe80::1%eth0 fc00::1
fd12::1 ff02::1 2001:db8::1 2001::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 2002:7f00:1:: ::127.0.0.1 x"""


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses(address):
    assert is_public(address)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_only_some_can_reach(address):
    assert not is_public(address)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "0"]
)
def test_no_way_of_writing_this_machine_leads_to_it(host):
    Answers.asked.clear()
    with site() as port, pytest.raises(Refused) as refusal:
        fetch(f"http://{host}:{port}/secret")

    assert refusal.value.kind in ("unsafe-address", "no-network")  # what no resolver takes for an address isn't one
    assert Answers.asked == []


@pytest.mark.parametrize(
    "address",
    [
        "",
        "cat.jpg",
        "file:///etc/hostname",
        "ftp://a.test/x",
        "data:,x",
        "http://",
        "http://a.test:99999/",
        "http://[x/",
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(Refused, match="begins with http or https"):
        fetch(address)


def test_a_password_is_refused():
    with pytest.raises(Refused, match="password"):
        fetch("http://me:secret@pictures.test/")


def test_the_file_comes_from_the_host_that_was_named(web):
    assert fetch(f" {web}/a b/é.png?w=1&h=2#part ") == b"content"

    [(path, host)] = Answers.asked
    assert path == "/a%20b/%C3%A9.png?w=1&h=2"
    assert host == web.partition("//")[2]


def test_a_name_is_looked_up_once_and_the_connection_goes_there(web, monkeypatch):
    """Else a name could be public when it is looked at, and private when it is connected to (DNS rebinding)."""
    names, look_up = [], socket.getaddrinfo

    def looked_up(host, *rest, **more):
        names.append(host)
        return look_up(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    fetch(f"{web}/file")

    assert names == ["pictures.test", "127.0.0.1"]


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    rows = [(2, 1, 6, "", (address, 80)) for address in ("8.8.8.8", "10.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("it was asked"))

    with pytest.raises(Refused, match="private network"):
        fetch("http://mixed.test/")


@pytest.mark.parametrize(
    ("page", "words", "times"),
    [
        ("gone", "answered 404", 1),
        ("again", "led on more than 3 times", 4),
        ("inside", "inside.test is this", 1),
    ],
)
def test_what_leads_nowhere_is_told(web, page, words, times):
    with pytest.raises(Refused, match=words):
        fetch(f"{web}/{page}")
    assert len(Answers.asked) == times


def test_limits_of_size_and_time(web, monkeypatch):
    assert len(fetch(f"{web}/large", most=1000)) == 1000
    with pytest.raises(Refused, match="larger than 0 MB"):
        fetch(f"{web}/large", most=999)

    monkeypatch.setattr(door, "SECONDS", 0.2)
    with pytest.raises(Refused, match="took longer"):
        fetch(f"{web}/slow")


def test_a_host_that_is_not_there_is_told():
    with pytest.raises(Refused, match="can't be reached"):
        fetch("http://nowhere.invalid/cat.jpg")


@pytest.fixture
def certificate(tmp_path):
    """A key and a certificate of one's own for pictures.test, in one file."""
    if not shutil.which("openssl"):
        pytest.skip("openssl isn't installed")
    key, file = tmp_path / "key.pem", tmp_path / "certificate.pem"
    names = ["-subj", "/CN=pictures.test", "-addext", "subjectAltName=DNS:pictures.test"]
    make = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", *names]
    subprocess.run([*make, "-keyout", str(key), "-out", str(file), "-days", "2"], check=True, capture_output=True)
    file.write_text(key.read_text() + file.read_text())
    return file


def test_a_secret_connection_goes_to_whom_the_certificate_names(web, monkeypatch, certificate):
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(certificate)
    trusting = ssl.create_default_context(cafile=certificate)
    with site(own) as port:
        with pytest.raises(Refused, match="can't be reached"):
            fetch(f"https://pictures.test:{port}/file")
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert fetch(f"https://pictures.test:{port}/file") == b"content"
        with pytest.raises(Refused, match="can't be reached"):
            fetch(f"https://127.0.0.1:{port}/file")
