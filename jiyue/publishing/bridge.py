"""Lets the one server process answer dynamic paths with the Django application: RSGI outside, WSGI inside."""

import asyncio
import io
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

from django.conf import settings
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope


SPOOLED = 1024 * 1024  # a larger request body waits in a temporary file
FORWARDED = frozenset({"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "forwarded", "x-real-ip"})

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers = list[tuple[str, str]]


class Bridge:
    def __init__(self, application: Application, *, threads: int, limit: int) -> None:
        self.application = application
        self.limit = limit
        self.pool = ThreadPoolExecutor(threads, thread_name_prefix="wsgi")

    async def answer(self, scope: Scope, protocol: HTTPProtocol, extra: Headers) -> None:
        """``extra`` headers are added where the application has not set its own."""
        body = await self._body(scope, protocol)
        if body is None:
            protocol.response_str(413, [("content-type", "text/plain; charset=utf-8")], "上传的内容过大。")
            return
        loop = asyncio.get_running_loop()
        with body:
            environ = environ_of(scope, body)
            status, headers, answer = await loop.run_in_executor(self.pool, self._call, environ)
        own = {name for name, _ in headers}
        headers += [header for header in extra if header[0] not in own]
        if isinstance(answer, bytes):
            protocol.response_bytes(status, headers, answer)
            return
        transport = protocol.response_stream(status, headers)
        chunks = iter(answer)
        while (chunk := await loop.run_in_executor(self.pool, next, chunks, None)) is not None:
            await transport.send_bytes(chunk)

    async def _body(self, scope: Scope, protocol: HTTPProtocol) -> IO[bytes] | None:
        if scope.method in ("GET", "HEAD"):
            return io.BytesIO()
        body = tempfile.SpooledTemporaryFile(SPOOLED)  # noqa: SIM115 -- answer() closes it
        async for chunk in protocol:
            body.write(chunk)
            if body.tell() > self.limit:
                body.close()
                return None
        body.seek(0)
        return body

    def _call(self, environ: dict[str, Any]) -> tuple[int, Headers, bytes | Iterator[bytes]]:
        started: list[Any] = []

        def start_response(status: str, headers: Headers, exc_info: object = None) -> Callable[[bytes], None]:
            started[:] = int(status[:3]), [(name.lower(), value) for name, value in headers]
            return _write_refused

        response = self.application(environ, start_response)
        if getattr(response, "streaming", False):
            return started[0], started[1], _chunks(response)
        try:
            return started[0], started[1], b"".join(response)
        finally:
            _close(response)


def environ_of(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    length = body.seek(0, io.SEEK_END)
    body.seek(0)
    trusted = _address(scope.client) in settings.TRUSTED_PROXIES
    host = scope.authority or scope.headers.get("host", "")
    environ = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string.encode().decode("latin-1"),
        "SERVER_NAME": _address(scope.server),
        "SERVER_PORT": scope.server.rpartition(":")[2],
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": _forwarded_for(scope) if trusted else _address(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    environ.update(_headers(scope, trusted=trusted))
    return environ | {"HTTP_HOST": host, "CONTENT_LENGTH": str(length)}


def _headers(scope: Scope, *, trusted: bool) -> dict[str, str]:
    """Names with an underscore could pass for another header and are dropped, as nginx does."""
    named: dict[str, str] = {}
    for name, value in scope.headers.items():
        if "_" in name or (name in FORWARDED and not trusted):
            continue
        key = "CONTENT_TYPE" if name == "content-type" else f"HTTP_{name.upper().replace('-', '_')}"
        separator = "; " if name == "cookie" else ","
        named[key] = f"{named[key]}{separator}{value}" if key in named else value
    return named


def _forwarded_for(scope: Scope) -> str:
    """The address our own proxy saw: the last one in the list, whatever the client wrote before it."""
    return scope.headers.get("x-forwarded-for", _address(scope.client)).rpartition(",")[2].strip()


def _address(name: str) -> str:
    return name.rpartition(":")[0].strip("[]")


def _chunks(response: Iterable[bytes]) -> Iterator[bytes]:
    try:
        yield from response
    finally:
        _close(response)


def _close(response: Iterable[bytes]) -> None:
    close = getattr(response, "close", None)
    if close is not None:
        close()


def _write_refused(data: bytes) -> None:
    raise NotImplementedError("Django never uses WSGI's write()")
