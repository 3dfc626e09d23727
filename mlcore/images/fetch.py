"""Fetches a picture from its address on the web: from public hosts only, within limits of size and time.

Whoever gives an address makes this machine ask for it, so it may name nothing that only this machine can reach (SSRF).
A host's name is looked up once, every address it has must be public, and the connection goes to that very address;
each redirect goes through the same door. No cookie, no password and no proxy takes part.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from mlcore.errors import Kind, Refused

MOST_BYTES = 60_000_000
SECONDS = 15.0  # for all of it
REDIRECTS, MOVED = 3, (301, 302, 303, 307, 308)
PIECE = 1 << 16  # bytes
ROUTED = ipaddress.ip_network("2000::/3")  # what is given out of IPv6; ways to write IPv4 as IPv6 lie elsewhere
RELAYED = ipaddress.ip_network("2002::/16")  # except this one (6to4)
HOSTS_OWN = {"168.63.129.16"}  # looks public, and is a service of the machine below a virtual one
BROKEN = (OSError, ValueError, http.client.HTTPException)
INSTEAD = "save the picture and drop the file instead"


def fetch(url: str, most: int = MOST_BYTES) -> bytes:
    """The file at an address, at most `most` bytes; whether it is a picture is for `decode` to say. Raises Refused."""
    deadline = time.monotonic() + SECONDS
    for _ in range(REDIRECTS + 1):
        target = _Target(url.strip())
        target.check()
        try:
            content, url = _ask(target, deadline, most)
        except TimeoutError as error:
            raise _no(f"{target.host} took longer than {SECONDS:.0f} seconds", Kind.NO_NETWORK) from error
        except BROKEN as error:
            raise _no(f"{target.host} can't be reached from this machine", Kind.NO_NETWORK) from error
        if content is not None:
            return content
    raise _no(f"{target.host} led on more than {REDIRECTS} times")


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet, and not of this machine, its network or its provider."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # one with a zone, which only a local network has
        return False
    is_routed = ip.version == 4 or (ip in ROUTED and ip not in RELAYED)
    return ip.is_global and is_routed and not ip.is_multicast and address not in HOSTS_OWN


@dataclass(frozen=True)
class _Target:
    """An address, taken apart and looked at before anything is asked of it."""

    url: str

    @cached_property
    def parts(self) -> SplitResult:
        return urlsplit(self.url)

    @property
    def host(self) -> str:
        return self.parts.hostname or ""

    @property
    def path(self) -> str:
        query = f"?{self.parts.query}" if self.parts.query else ""
        return quote((self.parts.path or "/") + query, safe="%/:=&?~+!$,;'@()*[]")

    def check(self) -> None:
        """Raise Refused for what no browser would take for a picture's address."""
        try:
            is_whole = self.parts.scheme in ("http", "https") and bool(self.host) and self.parts.port != 0
        except ValueError:
            is_whole = False
        if not is_whole:
            raise _no(f"{self.url[:80]!r} isn't an address that begins with http or https and names a host")
        if self.parts.username or self.parts.password:
            raise _no("An address with a password in it isn't taken")

    @property
    def port(self) -> int:
        return self.parts.port or (443 if self.is_secret else 80)

    @property
    def is_secret(self) -> bool:
        return self.parts.scheme == "https"


class _Until(io.RawIOBase):
    """A socket that a deadline ends, however slowly the other side sends."""

    def __init__(self, connected: socket.socket, deadline: float):
        self.connected, self.deadline = connected, deadline

    def sendall(self, data: bytes) -> None:
        self.connected.settimeout(_left(self.deadline))
        self.connected.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connected.settimeout(_left(self.deadline))
        return self.connected.recv_into(buffer)

    def close(self) -> None:
        """Leave that to whoever opened the socket: `http.client` closes it while an answer is still to be read."""


@contextmanager
def _connected(target: _Target, deadline: float) -> Iterator[http.client.HTTPConnection]:
    """A connection to an address that was looked up, and no other. Raises Refused, and OSError."""
    with _connect(_addresses(target.host, target.port), target.port, deadline) as plain:
        kind = http.client.HTTPSConnection if target.is_secret else http.client.HTTPConnection
        connection = kind(target.host, target.port)
        with _secret(plain, target.host) if target.is_secret else plain as connected:
            connection.sock = _Until(connected, deadline)
            yield connection


def _secret(plain: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, all of them public."""
    rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(row[4][0]) for row in rows]
    if not all(is_public(address) for address in addresses):
        raise _no(f"{host} is this machine or in a private network, and pictures are fetched from the public web only")
    return addresses


def _connect(addresses: list[str], port: int, deadline: float) -> socket.socket:
    """A connection to the first of some addresses that answers."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), timeout=_left(deadline) / len(addresses))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), timeout=_left(deadline))


def _ask(target: _Target, deadline: float, most: int) -> tuple[bytes | None, str]:
    """The content at an address, or none and where it leads on."""
    with _connected(target, deadline) as connection:
        connection.request("GET", target.path, headers={"Accept": "image/*", "Accept-Encoding": "identity"})
        answer = connection.getresponse()
        onward = answer.getheader("Location")
        if answer.status in MOVED and onward:
            return None, urljoin(target.url, onward)
        if answer.status != 200:
            raise _no(f"{target.host} answered {answer.status} instead of a picture")
        return _content(answer, most), target.url


def _content(answer: http.client.HTTPResponse, most: int) -> bytes:
    content = bytearray()
    while piece := answer.read(min(PIECE, most + 1 - len(content))):
        content += piece
    if len(content) > most:
        raise _no(f"The file is larger than {most / 1e6:.0f} MB, the most that is fetched")
    return bytes(content)


def _left(deadline: float) -> float:
    """Seconds until then; raises TimeoutError when there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _no(what: str, kind: Kind = Kind.UNSAFE_ADDRESS) -> Refused:
    return Refused(kind, f"{what}: {INSTEAD}.")
