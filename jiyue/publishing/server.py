"""The built-in public server: files of all websites by host name, dynamic paths by Django, one port for both.

nginx serves the same tree in production (``jiyue nginx``). Run by ``jiyue serve`` under granian.
"""

import json
import os
import re
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from granian._granian import RSGIHTTPProtocol as HTTPProtocol
from granian.rsgi import Scope

from jiyue.publishing import served
from jiyue.publishing.bridge import Bridge
from jiyue.publishing.headers import NEVER_KEPT, security_headers
from jiyue.publishing.hosts import NOTICE_STATUS, OFFLINE, RETRY_AFTER, UNKNOWN
from jiyue.publishing.pages import LargeFile, Page, Pages, Variant
from jiyue.publishing.store import is_intact, store
from jiyue.publishing.suspensions import RETRY_AFTER as RETRY_SUSPENDED
from jiyue.publishing.suspensions import SPARED, find_suspension, root
from jiyue.publishing.tree import relative_file


HOST = re.compile(r"([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:]+\])(?::\d{1,5})?", re.IGNORECASE | re.ASCII)
RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
REMEMBERED_HOSTS = 10_000
STATIC = "static"
PROBES = "-"  # load balancers know the address of a machine, not the name of a website


class Hosts:
    """``hosts.json`` in memory, read again when it changes."""

    def __init__(self) -> None:
        self.file = f"{settings.PUBLIC_ROOT}/hosts.json"
        self.stamp = (0, 0)
        self.folders: dict[str, str] = {}
        self.known: dict[str, tuple[str, str] | None] = {}

    def resolve(self, header: str) -> tuple[str, str] | None:
        """Host name and folder for a Host header; ``None`` for one that is not a host name at all."""
        self._refresh()
        if header not in self.known:
            if len(self.known) > REMEMBERED_HOSTS:
                self.known.clear()
            self.known[header] = self._resolve(header)
        return self.known[header]

    def _resolve(self, header: str) -> tuple[str, str] | None:
        match = HOST.fullmatch(header)
        if match is None:
            return None
        name = match[1].lower()
        return name, self.folders.get(name, UNKNOWN)

    def _refresh(self) -> None:
        try:
            status = os.stat(self.file)
        except FileNotFoundError:
            return
        stamp = status.st_mtime_ns, status.st_ino
        if stamp != self.stamp:
            self.folders = json.loads(self._table())
            self.stamp = stamp
            self.known.clear()

    def _table(self) -> bytes:
        """As it was published, whatever lies there now."""
        body = Path(self.file).read_bytes()
        right = served.lookup("hosts.json")
        if right is None or is_intact(body, right.digest):
            return body
        return store().get(right.digest) or body


class PublicServer:
    """``bridge`` answers dynamic paths; without one the server serves files only."""

    def __init__(self, bridge: Bridge | None) -> None:
        self.bridge = bridge
        self.hosts = Hosts()
        self.public = Pages(settings.PUBLIC_ROOT, published=True)
        self.static = Pages(settings.STATIC_ROOT)
        self.dynamic = frozenset(settings.DYNAMIC_PATHS)
        self.office = frozenset(settings.OFFICE_PATHS)
        self.notices = Pages(Path(root()))
        self.spared = self.office | {PROBES, STATIC, *SPARED}

    async def __rsgi__(self, scope: Scope, protocol: HTTPProtocol) -> None:
        found = self.hosts.resolve(scope.authority or scope.headers.get("host", ""))
        if found is None:
            self._bare(protocol, 400)
            return
        host, folder = found
        first = scope.path.split("/", 2)[1] if scope.path[:1] == "/" else ""
        notice = None if first in self.spared else find_suspension(folder, scope.path)
        if notice is not None:
            self._suspended(scope, protocol, notice)
        elif self.bridge is not None and self._is_dynamic(first, host, folder):
            await self.bridge.answer(scope, protocol, [] if first in self.office else security_headers())
        elif scope.method not in ("GET", "HEAD"):
            self._bare(protocol, 405, ("allow", "GET, HEAD"))
        elif first == STATIC:
            self._static(scope, protocol)
        elif folder in NOTICE_STATUS:
            self._notice(scope, protocol, folder)
        else:
            self._site(scope, protocol, folder)

    def _is_dynamic(self, first: str, host: str, folder: str) -> bool:
        if first in self.office:
            return host == settings.ADMIN_HOST
        return first == PROBES or (first in self.dynamic and folder not in NOTICE_STATUS)

    def _site(self, scope: Scope, protocol: HTTPProtocol, folder: str) -> None:
        path = scope.path
        page = self.public.find(folder, path)
        if page is not None:
            self._serve(scope, protocol, page, 200)
        elif (gone := self.public.find_gone(folder, path)) is not None:
            self._serve(scope, protocol, gone, 410)
        elif path[-1:] != "/" and self.public.is_folder(folder, path):
            query = f"?{scope.query_string}" if scope.query_string else ""
            self._bare(protocol, 301, ("location", f"{quote(path)}/{query}"))
        else:
            self._serve(scope, protocol, self.public.find(folder, "/404.html"), 404)

    def _static(self, scope: Scope, protocol: HTTPProtocol) -> None:
        try:
            name = relative_file(scope.path).removeprefix(f"{STATIC}/")
        except ValueError:
            name = ""
        self._serve(scope, protocol, self.static.file(name, scope.path), 200)

    def _suspended(self, scope: Scope, protocol: HTTPProtocol, notice: str) -> None:
        extra = [("retry-after", str(RETRY_SUSPENDED))]
        page = self.notices.file(notice, "/notice.html")
        if isinstance(page, Page):
            fresh = [("cache-control", NEVER_KEPT), *extra]
            variant = _chosen(page, scope.headers.get("accept-encoding"))
            headers = [header for header in variant.headers if header[0] != "cache-control"]
            protocol.response_bytes(503, headers + fresh, variant.body)
        else:  # it went in this very moment
            self._bare(protocol, 503, *extra)

    def _notice(self, scope: Scope, protocol: HTTPProtocol, folder: str) -> None:
        status = NOTICE_STATUS[folder]
        extra = [("retry-after", str(RETRY_AFTER))] if folder == OFFLINE else []
        self._serve(scope, protocol, self.public.file(f"{folder}/{status}.html", f"/{status}.html"), status, extra)

    def _serve(
        self,
        scope: Scope,
        protocol: HTTPProtocol,
        page: Page | LargeFile | None,
        status: int,
        extra: list[tuple[str, str]] | None = None,
    ) -> None:
        if page is None:
            self._bare(protocol, 404 if status == 200 else status, *(extra or []))
        elif isinstance(page, LargeFile):
            self._stream(scope, protocol, page)
        else:
            self._send(scope, protocol, _chosen(page, scope.headers.get("accept-encoding")), status, extra)

    def _send(
        self, scope: Scope, protocol: HTTPProtocol, variant: Variant, status: int, extra: list[tuple[str, str]] | None
    ) -> None:
        headers = variant.headers + extra if extra else variant.headers
        if status == 200:
            known = scope.headers.get("if-none-match")
            if known is not None and (variant.etag in known or known == "*"):
                protocol.response_empty(304, variant.unchanged)
                return
        protocol.response_bytes(status, headers, variant.body)

    def _stream(self, scope: Scope, protocol: HTTPProtocol, page: LargeFile) -> None:
        headers = [*page.headers, ("accept-ranges", "bytes")]
        span = _span(scope.headers.get("range"), page.size)
        if span is None:
            protocol.response_file(200, [*headers, ("content-length", str(page.size))], page.file)
            return
        start, end = span
        if start >= end:
            self._bare(protocol, 416, ("content-range", f"bytes */{page.size}"))
            return
        headers += [("content-range", f"bytes {start}-{end - 1}/{page.size}"), ("content-length", str(end - start))]
        protocol.response_file_range(206, headers, page.file, start, end)

    def _bare(self, protocol: HTTPProtocol, status: int, *headers: tuple[str, str]) -> None:
        protocol.response_empty(status, [*headers, *security_headers()])


def _chosen(page: Page, accepted: str | None) -> Variant:
    if page.packed is None or accepted is None or "gzip" not in accepted or "gzip;q=0" in accepted.replace(" ", ""):
        return page.plain
    return page.packed


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; ``None`` where a header names no single range and is to be ignored."""
    match = RANGE.fullmatch(header or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size


def application() -> PublicServer:
    """What granian runs: files and, behind the bridge, Django."""
    from jiyue.wsgi import application as django  # setting Django up takes seconds and 100 MB

    return PublicServer(Bridge(django, threads=settings.OFFICE_THREADS, limit=settings.MAX_REQUEST_BYTES))


def files_only() -> PublicServer:
    return PublicServer(None)
