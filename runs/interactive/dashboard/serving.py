"""Serves the page on this machine only: nothing is fetched from the network."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import webbrowser
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any

from article10.model.scenario import ScenarioError
from article10.runs.interactive.dashboard.doors import Doors
from article10.runs.interactive.dashboard.opening import Asked

HOST = "127.0.0.1"

FIRST_PORT, TRIED_PORTS = 8765, 20
"""First port tried, and number of ports tried, where no port is given."""

ARENA_MAX = -8
"""Number of this setting of glibc's ``mallopt``."""


def listening(port: int | None) -> socket.socket:
    """A socket on this machine: at the port, or at the first free port where none is given.

    Raises:
        ScenarioError: the port, or every port tried, is taken.
    """
    ports = range(FIRST_PORT, FIRST_PORT + TRIED_PORTS) if port is None else (port,)
    for tried in ports:
        found = socket.socket()
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((HOST, tried))
            found.listen(128)
        except OSError:
            found.close()
        else:
            return found
    if port is None:
        raise ScenarioError(f"ports {ports[0]} to {ports[-1]} are all taken; choose another with --port")
    raise ScenarioError(f"--port {port}: taken by another program, or not allowed; choose another")


def share_one_heap() -> None:
    """Make all threads use one heap, so that memory freed by a closed page is used again.

    Each page works in threads of its own. By default glibc gives each thread a heap and keeps the memory that is freed
    in it: 43 MB for a page's ensemble. The setting must be made before the first thread starts, because glibc reads it
    only once. The allocators of other systems share free memory between threads.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(ARENA_MAX, 1)


def serve(asked: Asked, port: int | None, browser: bool, allowed: Sequence[str] = ()) -> None:
    """Serve the page until an interrupt ends the process.

    Args:
        asked: what each page opens.
        port: port to listen on; None for the first free port.
        browser: whether to open the page in the user's browser.
        allowed: further hosts under which a tunnel or a proxy publishes the page.

    Raises:
        ScenarioError: the port is taken.
    """
    share_one_heap()
    with listening(port) as heard:
        number = heard.getsockname()[1]
        address = f"http://{HOST}:{number}"

        def started() -> None:
            sys.stdout.write(f"Dashboard: {address} (press Ctrl-C to stop)\n")
            sys.stdout.flush()
            if browser:
                Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        _server(asked, started, number, allowed).run(sockets=[heard])


def _server(asked: Asked, started: Callable[[], None], port: int, allowed: Sequence[str]) -> Any:  # noqa: ANN401
    import uvicorn

    from article10.runs.interactive.dashboard.application import application

    class Server(uvicorn.Server):
        """A server that says when it is ready."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End at once: there is nothing to save, and work for open pages would be awaited."""
            sys.stdout.write("\n")
            sys.stdout.flush()
            os._exit(0)

    return Server(uvicorn.Config(Doors(application(asked), port, allowed), log_level="error", lifespan="off"))
