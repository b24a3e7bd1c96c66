"""Serves the page on this machine alone; nothing is fetched from elsewhere, and no usage is reported."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
import warnings
import webbrowser
from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any

from article10.model.scenario import ScenarioError
from article10.runs.interactive.dashboard.doors import Doors

HOST = "127.0.0.1"

FIRST_PORT, TRIED_PORTS = 8765, 20
"""Where no port is asked for, the first that is free from here."""

SETTINGS = {
    "SOLARA_APP": "article10.runs.interactive.dashboard.page",
    "SOLARA_MODE": "production",
    "SOLARA_ASSETS_PROXY": "True",  # scripts and fonts come from solara-assets through this server
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # what is not there is missing, and not fetched
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_KERNEL_CULL_TIMEOUT": "5m",  # after which a page that vanished is given up; Solara waits for a day
    "SOLARA_CHECK_HOOKS": "off",  # Mesa's own components would be warned of
    "SOLARA_THEME_SHOW_BANNER": "False",
}

ARENA_MAX = -8
"""Number of this setting of glibc's ``mallopt``."""


def listening(port: int | None) -> socket.socket:
    """A socket on this machine: at the port, or at the first that is free where none is asked for.

    Raises:
        ScenarioError: the port is taken.
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
    """Have all threads take memory from one heap, what a closed page has freed before anything new.

    Each page runs in threads of its own, and glibc would give each thread a heap and keep what is free in it: 43 MB
    of a page's ensemble. It is asked before the first thread starts: then glibc counts heaps, once. Other systems'
    allocators share what is free.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        library.mallopt(ARENA_MAX, 1)


def serve(port: int | None, browser: bool, allowed: Sequence[str] = ()) -> None:
    """Serve the page until it is interrupted, which ends the process.

    Args:
        port: where to listen; None for the first that is free.
        browser: whether to open the page in the user's browser.
        allowed: hosts, beside this machine's own names, under which a tunnel or a proxy makes it known.

    Raises:
        ScenarioError: the port is taken.
    """
    share_one_heap()
    os.environ.update(SETTINGS)
    warnings.filterwarnings("ignore", "Cookies with samesite", UserWarning)  # on this machine plain http is as safe
    with listening(port) as heard:
        number = heard.getsockname()[1]
        address = f"http://{HOST}:{number}"

        def started() -> None:
            sys.stdout.write(f"Dashboard: {address} (Ctrl-C ends it)\n")
            sys.stdout.flush()
            if browser:
                Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        _server(started, number, allowed).run(sockets=[heard])


def _server(started: Callable[[], None], port: int, allowed: Sequence[str]) -> Any:  # noqa: ANN401 - may be missing
    import uvicorn
    from solara.server.starlette import app

    class Server(uvicorn.Server):
        """Says when it can be visited."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            started()

        async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
            """End at once: nothing is to be kept, and a world that plays would be waited for until its horizon."""
            sys.stdout.write("\n")
            sys.stdout.flush()
            os._exit(0)

    return Server(uvicorn.Config(Doors(app, port, allowed), log_level="error", lifespan="on"))
