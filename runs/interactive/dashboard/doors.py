"""Who may connect to the dashboard: its own pages, and not those of other websites open in the same browser."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any

from article10.model.scenario import ScenarioError

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
"""Names that always lead to this machine."""

HOST = re.compile(r"([a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[0-9]{1,5})?")
"""A host as a browser writes it: a name or an address, and a port unless it is the default port."""

REFUSAL = b"The dashboard answers only to the address that it printed, and to hosts given with --allow.\n"


def checked_host(host: str) -> str:
    """A host given with ``--allow``, as browsers write it.

    Raises:
        ScenarioError: the text is not a host, for example ``*`` or a whole address.
    """
    lowered = host.strip().lower()
    if not HOST.fullmatch(lowered):
        raise ScenarioError(f"--allow {host!r}: expected a host such as lab.example.org or localhost:9000")
    return lowered


class Doors:
    """An application that only some hosts, and pages of these hosts, can reach.

    A website whose name has been made to lead to this machine is recognised by the host that its requests name. A
    website that connects to this machine from its own address is recognised by the origin, which browsers state for
    each WebSocket and for each request that could change something. A program that states no origin is not a browser
    and is admitted: it could state any origin.
    """

    def __init__(self, application: Application, port: int, allowed: Sequence[str] = ()) -> None:
        """Guard an application.

        Args:
            application: the application that is served.
            port: port on this machine.
            allowed: further hosts under which it is reached, through a tunnel or a proxy, over http or https.
        """
        self.application = application
        local = {f"{name}{'' if port == 80 else f':{port}'}" for name in LOOPBACK}
        self.hosts = local | set(allowed)
        self.origins = {f"http://{host}" for host in self.hosts} | {f"https://{host}" for host in allowed}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on a request of an expected host and origin; refuse any other before it is read."""
        if scope["type"] == "lifespan" or self._is_expected(scope):
            await self.application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            headers = [(b"content-type", b"text/plain; charset=utf-8")]
            await send({"type": "http.response.start", "status": 403, "headers": headers})
            await send({"type": "http.response.body", "body": REFUSAL})

    def _is_expected(self, scope: Message) -> bool:
        hosts, origins = _values(scope, b"host"), _values(scope, b"origin")
        return len(hosts) == 1 and set(hosts) <= self.hosts and set(origins) <= self.origins


def _values(scope: Message, name: bytes) -> list[str]:
    return [value.decode("latin-1").lower() for header, value in scope["headers"] if header == name]
