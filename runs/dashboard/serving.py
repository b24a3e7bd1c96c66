"""Serves the page on this machine alone; nothing is fetched from elsewhere, and no usage is reported."""

from __future__ import annotations

import os
import socket
import sys
import warnings
import webbrowser
from collections.abc import Callable
from threading import Thread
from typing import Any

from article10.model.scenario import ScenarioError

HOST = "127.0.0.1"

FIRST_PORT, TRIED_PORTS = 8765, 20
"""Where no port is asked for, the first that is free from here."""

SETTINGS = {
    "SOLARA_APP": "article10.runs.dashboard.page",
    "SOLARA_MODE": "production",
    "SOLARA_ASSETS_PROXY": "True",  # scripts and fonts come from solara-assets through this server
    "SOLARA_ASSETS_CDN": "http://127.0.0.1:9/",  # what is not there is missing, and not fetched
    "SOLARA_TELEMETRY_MIXPANEL_ENABLE": "False",
    "SOLARA_CHECK_HOOKS": "off",  # Mesa's own components would be warned of
    "SOLARA_THEME_SHOW_BANNER": "False",
}


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


def serve(port: int | None, browser: bool) -> None:
    """Serve the page until it is interrupted, which ends the process.

    Args:
        port: where to listen; None for the first that is free.
        browser: whether to open the page in the user's browser.

    Raises:
        ScenarioError: the port is taken.
    """
    os.environ.update(SETTINGS)
    warnings.filterwarnings("ignore", "Cookies with samesite", UserWarning)  # on this machine plain http is as safe
    with listening(port) as heard:
        address = f"http://{HOST}:{heard.getsockname()[1]}"

        def started() -> None:
            sys.stdout.write(f"Dashboard: {address} (Ctrl-C ends it)\n")
            sys.stdout.flush()
            if browser:
                Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        _server(started).run(sockets=[heard])


def _server(started: Callable[[], None]) -> Any:  # noqa: ANN401 - uvicorn is not always installed
    import uvicorn

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

    page = "solara.server.starlette:app"
    return Server(uvicorn.Config(page, log_level="error", lifespan="on"))
