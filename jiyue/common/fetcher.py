"""The one way out to other servers: link checks, imports, hooks, and later the crawler. Knows neither Django nor us.

Whoever names the address may be hostile, and so may the server that answers. Therefore: a host name is resolved once
and the connection goes to the address that was checked, at every hop of a redirection; only public addresses, unless
the caller names networks of its own; and everything a server can draw out has a bound: the time of the whole fetch (not
of one read), header, body on the wire, body unpacked, number of hops.

    answer = fetch("https://www.example.gov.cn/", limits=Limits(seconds=10))
    answer.status, answer.header("content-type"), answer.body, answer.url, answer.truncated

Proxies of the environment are not used: an address checked here is the address connected to.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import queue
import re
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from typing import Final, Protocol
from urllib.parse import SplitResult, quote, urljoin, urlsplit

import brotli


Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver = Callable[[str], Iterable[str]]

PORTS: Final = {"http": 80, "https": 443}
REDIRECTIONS: Final = frozenset({301, 302, 303, 307, 308})
PIECE: Final = 64 * 1024
TRIED_ADDRESSES: Final = 4
FRAMING: Final = 2  # bytes on the wire for each byte of a chunked body, at most
SAFE: Final = "%/:=&?~+!$,;'@()*[]"
AGENT: Final = "Mozilla/5.0 (compatible; Jiyue)"
_LABEL: Final = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)", re.ASCII)
_NUMBER: Final = re.compile(r"\d+|0x[0-9a-f]*", re.ASCII)  # WHATWG: a host that ends in a number is an IPv4 address
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f\\]")
_OWN_HEADERS: Final = frozenset(
    {"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade", "expect"}
)
_KEPT_ABROAD: Final = frozenset({"accept", "accept-language", "user-agent"})  # the rest may be a secret of one origin

# What IANA's registries keep from the public internet. Of IPv6 only 2000::/3 is public at all, which already leaves out
# loopback, v4-mapped, NAT64, unique local, link-local and multicast.
_NOT_PUBLIC: Final = tuple(
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16"),
        *("192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)
_PUBLIC_IPV6: Final = ipaddress.ip_network("2000::/3")


class Kind(StrEnum):
    URL = "url"  # no http(s) address, a port that is not allowed, user information, hidden characters
    DNS = "dns"
    REFUSED = "refused"  # leads to an address that is not public
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    REDIRECT = "redirect"  # a loop, too many, or without a target
    PROTOCOL = "protocol"


class FetchError(Exception):
    """``url`` is the hop at which it happened."""

    def __init__(self, kind: Kind, url: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {url}" + (f" ({detail})" if detail else ""))
        self.kind, self.url, self.detail = kind, url, detail


@dataclass(frozen=True)
class Limits:
    """Bounds of one fetch. Bytes and seconds; ``redirects=0`` hands a redirection back as the answer."""

    seconds: float = 20
    connect_seconds: float = 8
    redirects: int = 5
    header_bytes: int = 64 * 1024
    headers: int = 100
    body_bytes: int = 5 * 1024 * 1024
    unpacked_bytes: int = 20 * 1024 * 1024
    whole: bool = False  # True: a body beyond its bound is an error; False: it is cut and marked as truncated
    ports: frozenset[int] = frozenset(PORTS.values())
    networks: tuple[Network, ...] = ()  # allowed although not public


@dataclass(frozen=True)
class Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    url: str
    truncated: bool
    address: str
    hops: tuple[str, ...] = ()  # the addresses that redirected, in order

    def header(self, name: str, default: str = "") -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), default)


@dataclass
class _Request:
    method: str
    url: str
    body: bytes
    headers: Mapping[str, str]


@dataclass
class _Run:
    """What holds for all hops of one fetch."""

    limits: Limits
    resolver: Resolver
    context: ssl.SSLContext
    ends: float = field(init=False)

    def __post_init__(self) -> None:
        self.ends = time.monotonic() + self.limits.seconds

    def left(self, url: str) -> float:
        """Seconds left of the whole fetch."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise FetchError(Kind.TIMEOUT, url)
        return left


def fetch(
    url: str,
    *,
    method: str = "GET",
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
    resolver: Resolver | None = None,
    context: ssl.SSLContext | None = None,
) -> Answer:
    """One answer or a ``FetchError``. ``context`` replaces the system's certificate authorities."""
    run = _Run(limits or Limits(), resolver or resolve, context or _authorities())
    request = _Request(method, url.partition("#")[0], body, headers or {})
    hops: list[str] = []
    while True:
        answer = _one(request, run)
        target = answer.header("location")
        if answer.status not in REDIRECTIONS or not run.limits.redirects:
            return replace(answer, hops=tuple(hops))
        hops.append(request.url)
        request = _following(request, answer.status, target)
        if len(hops) > run.limits.redirects or (request.url in hops and request.method == "GET"):
            raise FetchError(Kind.REDIRECT, request.url, f"{len(hops)} hops")


@cache
def _authorities() -> ssl.SSLContext:
    return ssl.create_default_context()


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and (address.scope_id or address not in _PUBLIC_IPV6):
        return False
    return not any(address in network for network in _NOT_PUBLIC)


def resolve(host: str) -> list[str]:
    """The system's resolver. Raises ``OSError``."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]


def host_of(parts: SplitResult) -> str:
    """The host in ASCII as it will be resolved; ``ValueError`` for what is no plain host name or address."""
    name = (parts.hostname or "").rstrip(".")
    if ":" in name:
        return str(ipaddress.IPv6Address(name))
    name = name.encode("idna").decode("ascii").lower() if not name.isascii() else name
    labels = name.split(".")
    if len(name) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise ValueError(name)
    if _NUMBER.fullmatch(labels[-1]):  # decimal, octal, hexadecimal and shortened notations are refused
        return str(ipaddress.IPv4Address(name))
    return name


def _following(request: _Request, status: int, location: str) -> _Request:
    if not location:
        raise FetchError(Kind.REDIRECT, request.url, "no location")
    target = quote(location.strip().encode("latin-1", "replace"), safe=f"#{SAFE}").partition("#")[0]
    try:
        url = urljoin(request.url, target)
        abroad = _origin(url) != _origin(request.url)
    except ValueError:
        raise FetchError(Kind.URL, location) from None
    headers = {key: value for key, value in request.headers.items() if not abroad or key.lower() in _KEPT_ABROAD}
    if status == 303 or (status in {301, 302} and request.method == "POST"):
        return _Request("HEAD" if request.method == "HEAD" else "GET", url, b"", headers)
    return _Request(request.method, url, request.body, headers)


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port or PORTS.get(parts.scheme)


def _one(request: _Request, run: _Run) -> Answer:
    """One hop: checked, connected, asked, read."""
    parts, host, port = _checked(request.url, run.limits)
    addresses = _addresses(host, request.url, run)
    connection, address = _connected(addresses, port, request.url, run)
    try:
        if parts.scheme == "https":
            connection = _encrypted(connection, host, request.url, run)
        return _asked(connection, parts, host, address, request, run)
    finally:
        connection.close()


def _checked(url: str, limits: Limits) -> tuple[SplitResult, str, int]:
    try:
        parts = urlsplit(url)
        port = PORTS[parts.scheme] if parts.port is None else parts.port
        host = host_of(parts)
    except (ValueError, KeyError):
        raise FetchError(Kind.URL, url) from None
    if _UNSAFE.search(url) or "@" in parts.netloc or port not in limits.ports:
        raise FetchError(Kind.URL, url, f"port {port}")
    return parts, host, port


def _addresses(host: str, url: str, run: _Run) -> list[Address]:
    """The addresses of the host one may connect to."""
    try:
        found = [ipaddress.ip_address(host)]
    except ValueError:
        found = [ipaddress.ip_address(name) for name in _resolved(host, url, run)]
    allowed = [address for address in dict.fromkeys(found) if _is_allowed(address, run.limits)]
    if not allowed:
        raise FetchError(Kind.REFUSED, url, ", ".join(map(str, found[:TRIED_ADDRESSES])))
    return allowed[:TRIED_ADDRESSES]


def _is_allowed(address: Address, limits: Limits) -> bool:
    return is_public(address) or any(address in network for network in limits.networks)


def _resolved(host: str, url: str, run: _Run) -> list[str]:
    """Resolvers of operating systems know no time limit: one that hangs is left behind in its thread."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answers.put(list(run.resolver(host)))
        except (OSError, UnicodeError) as error:
            answers.put(OSError(str(error)))

    threading.Thread(target=ask, daemon=True, name=f"resolve {host}").start()
    try:
        answer = answers.get(timeout=run.left(url))
    except queue.Empty:
        raise FetchError(Kind.TIMEOUT, url, "dns") from None
    if isinstance(answer, OSError) or not answer:
        raise FetchError(Kind.DNS, url, str(answer or ""))
    return answer


def _connected(addresses: Sequence[Address], port: int, url: str, run: _Run) -> tuple[socket.socket, Address]:
    error = FetchError(Kind.CONNECT, url)
    for address in addresses:
        try:
            timeout = min(run.limits.connect_seconds, run.left(url))
            return socket.create_connection((str(address), port), timeout), address
        except TimeoutError:
            error = FetchError(Kind.TIMEOUT, url, f"connect {address}")
        except OSError as reason:
            error = FetchError(Kind.CONNECT, url, str(reason))
    raise error


def _encrypted(connection: socket.socket, host: str, url: str, run: _Run) -> ssl.SSLSocket:
    """The certificate is checked against the host name of the address, not against what was resolved."""
    connection.settimeout(min(run.limits.connect_seconds, run.left(url)))
    try:
        return run.context.wrap_socket(connection, server_hostname=host)
    except TimeoutError:
        raise FetchError(Kind.TIMEOUT, url, "tls") from None
    except (OSError, ValueError) as reason:
        raise FetchError(Kind.TLS, url, str(reason)) from None


def _asked(
    connection: socket.socket, parts: SplitResult, host: str, address: Address, request: _Request, run: _Run
) -> Answer:
    wire = _Wire(connection, request.url, run)
    client = _Client(host, wire)
    try:
        _send(client, parts, host, request)
        response = client.getresponse()
        headers = tuple(response.getheaders())
        if len(headers) > run.limits.headers:
            raise FetchError(Kind.TOO_LARGE, request.url, "header")
        wire.header_is_read()
        body, truncated = _body(response, request.url, run.limits)
    except TimeoutError:
        raise FetchError(Kind.TIMEOUT, request.url) from None
    except http.client.LineTooLong as reason:
        raise FetchError(Kind.TOO_LARGE, request.url, str(reason)) from None
    except http.client.HTTPException as reason:
        kind = Kind.TOO_LARGE if "headers" in str(reason) else Kind.PROTOCOL
        raise FetchError(kind, request.url, repr(reason)) from None
    except ssl.SSLError as reason:
        raise FetchError(Kind.TLS, request.url, str(reason)) from None
    except (OSError, ValueError, zlib.error, brotli.error) as reason:
        raise FetchError(Kind.PROTOCOL, request.url, str(reason)) from None
    return Answer(response.status, headers, body, request.url, truncated, str(address))


def _send(client: _Client, parts: SplitResult, host: str, request: _Request) -> None:
    path = quote(parts.path or "/", safe=SAFE)
    target = f"{path}?{quote(parts.query, safe=SAFE)}" if parts.query else path
    client.putrequest(request.method, target, skip_host=True, skip_accept_encoding=True)
    name = f"[{host}]" if ":" in host else host
    client.putheader("Host", name if parts.port in {None, PORTS[parts.scheme]} else f"{name}:{parts.port}")
    client.putheader("Accept-Encoding", "gzip, deflate, br")
    for key, value in {"User-Agent": AGENT, "Accept": "*/*", **request.headers}.items():
        if key.lower() not in _OWN_HEADERS:
            client.putheader(key, value.encode())
    if request.body or request.method == "POST":
        client.putheader("Content-Length", str(len(request.body)))
    client.putheader("Connection", "close")
    client.endheaders(request.body or None)


def _body(response: http.client.HTTPResponse, url: str, limits: Limits) -> tuple[bytes, bool]:
    """The body unpacked, and whether it was cut at its bound."""
    unpack = _unpacker(response.getheader("content-encoding") or "")
    packed, body = 0, bytearray()
    while not response.isclosed() and (piece := response.read(min(PIECE, limits.body_bytes - packed + 1))):
        packed += len(piece)
        fits = packed <= limits.body_bytes
        room = limits.unpacked_bytes - len(body)
        fresh = unpack.take(piece if fits else piece[:-1], room + 1)
        body += fresh[:room]
        if not fits or len(fresh) > room:
            if limits.whole:
                raise FetchError(Kind.TOO_LARGE, url, "body")
            return bytes(body), True
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    if not unpack.is_complete():
        raise http.client.IncompleteRead(b"")
    return bytes(body), False


class _Client(http.client.HTTPConnection):
    """The standard library's protocol on a connection made and bounded here."""

    def __init__(self, host: str, wire: _Wire) -> None:
        super().__init__(host)
        self.sock = wire
        self.auto_open = 0


class _Wire:
    """Stands in for a socket: every read and write gets what is left of the time, and bytes are counted."""

    def __init__(self, connection: socket.socket, url: str, run: _Run) -> None:
        self.connection, self.url, self.run = connection, url, run
        self.bound = run.limits.header_bytes + io.DEFAULT_BUFFER_SIZE  # what is buffered may already be body
        self.count = 0

    def header_is_read(self) -> None:
        self.bound = self.count + self.run.limits.header_bytes + FRAMING * self.run.limits.body_bytes

    def sendall(self, data: bytes) -> None:
        self.connection.settimeout(self.run.left(self.url))
        self.connection.sendall(data)

    def receive_into(self, buffer: memoryview) -> int:
        self.connection.settimeout(self.run.left(self.url))
        count = self.connection.recv_into(buffer)
        self.count += count
        if self.count > self.bound:
            raise FetchError(Kind.TOO_LARGE, self.url)
        return count

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Raw(self))

    def close(self) -> None:
        """http.client closes as soon as the header is read; whoever connected closes."""


class _Raw(io.RawIOBase):
    def __init__(self, wire: _Wire) -> None:
        self.wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        return self.wire.receive_into(buffer)


class _Unpacker(Protocol):
    def take(self, piece: bytes, room: int) -> bytes:
        """At most ``room`` bytes more."""

    def is_complete(self) -> bool: ...


def _unpacker(encoding: str) -> _Unpacker:
    match encoding.strip().lower():
        case "" | "identity":
            return _Plain()
        case "gzip" | "x-gzip" | "deflate":
            return _Zlib(encoding.strip().lower() != "deflate")
        case "br":
            return _Brotli()
    raise ValueError(f"content-encoding {encoding[:80]}")  # not asked for


class _Plain:
    def take(self, piece: bytes, room: int) -> bytes:
        return piece[:room]

    def is_complete(self) -> bool:
        return True


class _Zlib:
    """gzip in one or several members; deflate with or without its wrapping, as servers disagree about it."""

    def __init__(self, gzip: bool) -> None:
        self.gzip = gzip
        self.inner = zlib.decompressobj(zlib.MAX_WBITS | 16 if gzip else zlib.MAX_WBITS)
        self.started = False

    def take(self, piece: bytes, room: int) -> bytes:
        if not self.gzip and not self.started and piece[0] & 0x0F != 8:
            self.inner = zlib.decompressobj(-zlib.MAX_WBITS)
        self.started = True
        parts = bytearray()
        while piece and len(parts) < room:
            if self.inner.eof:
                if not self.gzip or not piece.startswith(b"\x1f"):
                    break  # padding after the last member
                self.inner = zlib.decompressobj(zlib.MAX_WBITS | 16)
            parts += self.inner.decompress(piece, room - len(parts))
            piece = self.inner.unused_data if self.inner.eof else self.inner.unconsumed_tail
        return bytes(parts)

    def is_complete(self) -> bool:
        return self.inner.eof or not self.started


class _Brotli:
    def __init__(self) -> None:
        self.inner = brotli.Decompressor()
        self.started = False

    def take(self, piece: bytes, room: int) -> bytes:
        self.started = True
        parts = bytearray(self.inner.process(piece, output_buffer_limit=room))
        while len(parts) < room and not self.inner.can_accept_more_data():
            parts += self.inner.process(b"", output_buffer_limit=room - len(parts))
        return bytes(parts)

    def is_complete(self) -> bool:
        return self.inner.is_finished() or not self.started
