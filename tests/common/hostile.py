"""A web server on a free port of this machine that answers with whatever bytes a test wants, one thread a connection."""

import contextlib
import datetime as dt
import ipaddress
import re
import socket
import ssl
import threading
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from jiyue.common.clock import now


class Hostile:
    """``routes``: path → function(send, request) that sends bytes until it returns or the client goes away."""

    def __init__(self, routes, *, context=None, silent=False):
        self.routes, self.context, self.silent = routes, context, silent
        self.requests: list[bytes] = []
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.over = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, path="/", host="127.0.0.1", scheme=None):
        return f"{scheme or ('https' if self.context else 'http')}://{host}:{self.port}{path}"

    def close(self):
        self.over.set()
        self.socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that accepts
        self.socket.close()

    def _accept(self):
        while not self.over.is_set():
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError, ValueError, IndexError), connection:
            if self.silent:
                self.over.wait(30)
                return
            secured = self.context.wrap_socket(connection, server_side=True) if self.context else connection
            with secured:
                request = whole_request(secured)
                self.requests.append(request)
                path = request.split(b" ", 2)[1].decode().partition("?")[0]
                self.routes[path](secured.sendall, request)

    def drip(self, send, piece=b"x", every=0.05):
        while not self.over.is_set():
            send(piece)
            time.sleep(every)


def whole_request(connection) -> bytes:
    """Head and body: they may come in two segments, and the body counts as much as the head."""
    request = b""
    while b"\r\n\r\n" not in request and (piece := connection.recv(65536)):
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = int(length[1]) - len(body) if length else 0
    while missing > 0 and (piece := connection.recv(missing)):
        request, missing = request + piece, missing - len(piece)
    return request


def page(body=b"ok", status="200 OK", **headers):
    lines = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\n{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
    return lambda send, request: send(head + body)


def redirect(target, status="302 Found"):
    return page(b"", status, Location=target)


def certificate(folder: Path, host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Contexts of a server for ``host`` and of a client that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    start = now() - dt.timedelta(days=1)
    try:
        subject = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        subject = x509.DNSName(host)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, start, start + dt.timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{host}.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + made.public_bytes(Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=file)
