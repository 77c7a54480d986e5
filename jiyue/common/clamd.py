"""Asks a ClamAV daemon about bytes (INSTREAM). Whoever cannot be asked has not said that something is clean."""

import socket
import struct
from typing import Final


PIECE: Final = 64 * 1024
SECONDS: Final = 30


class ScannerError(Exception):
    """No daemon answers, or not in time, or it would not take that much."""


def virus_in(data: bytes, *, address: str) -> str:
    """The name of what was found, empty for nothing. ``address``: ``host:port`` or the path of a socket file."""
    try:
        with _connected(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                connection.sendall(struct.pack("!L", len(piece)) + piece)
            connection.sendall(struct.pack("!L", 0))
            answer = _answer(connection)
    except (OSError, ValueError) as error:
        raise ScannerError(str(error)) from error
    if answer == "stream: OK":
        return ""
    if answer.endswith(" FOUND"):
        return answer.removeprefix("stream: ").removesuffix(" FOUND")
    raise ScannerError(answer)


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(SECONDS)
        connection.connect(address)
        return connection
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), SECONDS)


def _answer(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < 4096 and (piece := connection.recv(4096)):
        answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()
