"""The web application: one page, its scripts, and a WebSocket for each page that is open."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket, WebSocketDisconnect

from article10.model.scenario import ScenarioError
from article10.runs.interactive.dashboard.modules import VEGA, WEB, vega
from article10.runs.interactive.dashboard.opening import Asked, opened_for_a_page
from article10.runs.interactive.dashboard.session import Answer, Session

POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:"
"""What the browser lets the page load: nothing from elsewhere, no script that is not a file of ours."""


def application(asked: Asked) -> Starlette:
    """The application.

    Args:
        asked: what each page opens.
    """

    async def talk(socket: WebSocket) -> None:
        await socket.accept()
        await _talk(socket, asked)

    charts = ThreadPoolExecutor(1).submit(vega)  # it takes a second or two, and is ready when the first page asks

    async def library(_: Request) -> Response:
        return Response(await asyncio.wrap_future(charts), media_type="text/javascript")

    return Starlette(
        routes=[
            Route("/", _page),
            WebSocketRoute("/talk", talk),
            Route(f"/web/{VEGA}", library),
            Mount("/web", StaticFiles(directory=WEB)),
        ]
    )


async def _page(_: Request) -> Response:
    return FileResponse(WEB / "index.html", headers={"Content-Security-Policy": POLICY})


async def _talk(socket: WebSocket, asked: Asked) -> None:
    """Answer a page until it is closed."""
    answers: asyncio.Queue[Answer] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def answer(found: Answer) -> None:
        loop.call_soon_threadsafe(answers.put_nowait, found)

    try:
        session = Session(await asyncio.to_thread(opened_for_a_page, asked), answer)
    except ScenarioError as error:
        await socket.send_text(json.dumps({"kind": "error", "about": "start", "text": str(error)}))
        await socket.close()
        return
    sending = asyncio.create_task(_send(socket, answers))
    try:
        while True:
            session.receive(_read(await socket.receive_text()))
    except (WebSocketDisconnect, RuntimeError):  # closed by the page, or while an answer was sent
        pass
    finally:
        session.close()
        sending.cancel()


async def _send(socket: WebSocket, answers: asyncio.Queue[Answer]) -> None:
    while True:
        await socket.send_text(json.dumps(await answers.get()))


def _read(text: str) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(text)
    except ValueError:
        return None
