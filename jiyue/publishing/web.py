"""Running the built-in server: in this process for ``jiyue up``, or in several worker processes."""

import asyncio
import signal
from typing import Any

from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server
from granian.server.embed import Server as EmbeddedServer


SETTINGS: dict[str, Any] = {
    "interface": Interfaces.RSGI,
    "factory": True,
    "websockets": False,
    "log_enabled": False,
    "http1_settings": HTTP1Settings(header_read_timeout=10_000),
}


def serve(*, address: str, port: int, workers: int, files_only: bool) -> None:
    """Returns after SIGINT or SIGTERM."""
    Server(
        f"jiyue.publishing.server:{'files_only' if files_only else 'application'}",
        address=address,
        port=port,
        workers=workers,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        **SETTINGS,
    ).serve()


def serve_here(*, address: str, port: int) -> None:
    asyncio.run(_serve_here(address, port))


async def _serve_here(address: str, port: int) -> None:
    from jiyue.publishing.server import application

    server = EmbeddedServer(application(), address=address, port=port, **SETTINGS | {"factory": False})
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, server.stop)
    await server.serve()
