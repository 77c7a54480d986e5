"""What granian hands to the server, in memory. `test_server_under_granian` proves it against the real thing."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Scope:
    path: str
    headers: dict[str, str]
    method: str = "GET"
    query_string: str = ""
    proto: str = "http"
    http_version: str = "1.1"
    scheme: str = "http"
    authority: str | None = None
    client: str = "192.0.2.7:4321"
    server: str = "127.0.0.1:8000"


@dataclass
class Answer:
    """The protocol object and, afterwards, what was answered."""

    sent: bytes = b""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def response_empty(self, status, headers):
        self.response_bytes(status, headers, b"")

    def response_str(self, status, headers, body):
        self.response_bytes(status, headers, body.encode())

    def response_bytes(self, status, headers, body):
        assert not self.status, "answered twice"
        self.status, self.headers, self.body = status, dict(headers), body

    def response_file(self, status, headers, file):
        self.response_bytes(status, headers, Path(file).read_bytes())

    def response_file_range(self, status, headers, file, start, end):
        self.response_bytes(status, headers, Path(file).read_bytes()[start:end])

    def response_stream(self, status, headers):
        self.response_bytes(status, headers, b"")
        return self

    async def send_bytes(self, chunk):
        self.body += chunk

    async def __aiter__(self):
        for start in range(0, len(self.sent), 1000):
            yield self.sent[start : start + 1000]


def ask(server, path, *, host="jtj.localhost", method="GET", query="", sent=b"", client="192.0.2.7:4321", **headers):
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    scope = Scope(path, {"host": host, **named}, method=method, query_string=query, client=client)
    answer = Answer(sent)
    asyncio.run(server.__rsgi__(scope, answer))
    return answer
