"""Who may talk to the dashboard, and what a page can have opened: other websites nothing, and no file by its path."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from served import dashboard
from typer.testing import CliRunner
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from article10.model.scenario import ScenarioError
from article10.runs.command_line import app
from article10.runs.interactive.dashboard.opening import Asked, opened, opened_for_a_page, picked

SECRET = "hunter2"
PROXY = "lab.example.org"

OTHER_HOSTS = ["evil.example", "evil.example:{port}", "127.0.0.1", "localhost:1", "127.0.0.1.evil.example:{port}", ""]
OTHER_ORIGINS = [
    "http://evil.example",
    "http://evil.example:{port}",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil.example@127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}/",
    "https://127.0.0.1:{port}",
    "http://localhost",
    "http://localhost:1",
    "null",
    "",
]
OWN = ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", PROXY]
OWN_ORIGINS = [None, *(f"http://{host}" for host in OWN), "HTTP://LocalHost:{port}", f"https://{PROXY}"]

ROUTES = ["/", "/anything", "/talk", "/web/main.js", "/web/style.css"]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with dashboard("--allow", PROXY) as (_, server):
        (listens,) = {c.laddr for c in server.net_connections() if c.status == psutil.CONN_LISTEN}
        assert listens.ip == "127.0.0.1"
        yield int(listens.port)


def status(port: int, route: str, host: str, origin: str | None = None, method: str = "GET") -> int:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
        connection.putrequest(method, route, skip_host=True)
        connection.putheader("Host", host.format(port=port))
        if origin is not None:
            connection.putheader("Origin", origin.format(port=port))
        connection.endheaders()
        answer = connection.getresponse()
        body = answer.read()
    assert answer.status != 403 or b"--allow" in body
    return answer.status


def talk(port: int, host: str, origin: str | None) -> None:
    """Open the page's WebSocket, and ask for what it does not have."""
    headers = {"Origin": origin.format(port=port)} if origin is not None else {}
    with (
        socket.create_connection(("127.0.0.1", port)) as line,
        connect(f"ws://{host.format(port=port)}/talk", sock=line, additional_headers=headers) as page,
    ):
        page.send(json.dumps({"kind": "nothing"}))
        assert json.loads(page.recv(timeout=20))["text"] == "'nothing': no such request"


@pytest.mark.slow
class TestOfAServer:
    """What is served, from outside."""

    @pytest.mark.parametrize("route", ROUTES)
    def test_another_host_or_origin_is_refused_on_every_route(self, port: int, route: str):
        assert status(port, route, "127.0.0.1:{port}") != 403
        for host in OTHER_HOSTS:
            assert status(port, route, host) in (400, 403), host
        for origin in OTHER_ORIGINS:
            assert status(port, route, "127.0.0.1:{port}", origin) == 403, origin

    @pytest.mark.parametrize("origin", OWN_ORIGINS)
    @pytest.mark.parametrize("host", OWN)
    def test_its_own_hosts_and_origins_are_answered(self, port: int, host: str, origin: str | None):
        assert status(port, "/web/main.js", host, origin) == 200

    @pytest.mark.parametrize("origin", OTHER_ORIGINS)
    def test_a_websocket_of_another_origin_is_refused(self, port: int, origin: str):
        with pytest.raises(InvalidStatus, match="403"):
            talk(port, "127.0.0.1:{port}", origin)

    @pytest.mark.parametrize("host", [host for host in OTHER_HOSTS if host])
    def test_a_websocket_of_another_host_is_refused(self, port: int, host: str):
        with pytest.raises(InvalidStatus, match="403"):
            talk(port, host, f"http://{host}")

    @pytest.mark.parametrize("origin", OWN_ORIGINS)
    def test_a_websocket_of_its_own_page_or_of_a_program_without_origin_is_answered(
        self, port: int, origin: str | None
    ):
        talk(port, "127.0.0.1:{port}", origin)

    @pytest.mark.parametrize("folder", ["/", "/web/", "/web/../"])
    @pytest.mark.parametrize("up", ["../", "..%2f", "%2e%2e/"])
    def test_no_file_outside_the_packages_is_served(self, port: int, folder: str, up: str):
        assert status(port, f"{folder}{12 * up}etc/passwd", "127.0.0.1:{port}") in (400, 404, 500)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "credentials.toml"
    path.write_text(f'[server]\npassword = "{SECRET}"\n{SECRET} {SECRET}\n', "utf-8")
    return path


def test_a_page_opens_what_is_listed_and_what_was_opened_at_the_start(secret: Path, tmp_path: Path):
    own = tmp_path / "own.toml"
    own.write_text("[stance]\npeer_rate = 0.7\n", "utf-8")
    start = opened(Asked(str(own), run=3, seed=5))
    now = picked("no_pressure", start, start)
    assert (now.run, now.seed) == (3, 5)
    assert picked(str(own), start, now) == start
    for name in [
        str(secret),
        str(secret.with_suffix("")),
        str(tmp_path),
        f"../{own.name}",
        "/etc/passwd",
        "nothing",
        "",
    ]:
        with pytest.raises(ScenarioError) as refused:
            picked(name, start, now)
        assert str(refused.value).startswith("scenario: choose one of those listed")


@pytest.mark.parametrize(
    "content", [f'[server]\npassword = "{SECRET}"\n', f"{SECRET} {SECRET}", f'"{SECRET}" = {{}}\n"{SECRET}" = 1', None]
)
def test_a_page_quotes_nothing_of_a_file_that_is_not_a_scenario_any_more(tmp_path: Path, content: str | None):
    path = tmp_path / "own.toml"
    if content is not None:
        path.write_text(content, "utf-8")
    with pytest.raises(ScenarioError, match=r"own\.toml: cannot be opened any more") as refused:
        opened_for_a_page(Asked(str(path)))
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize(
    "host", ["*", "http://lab.example.org", "lab.example.org/", "a b", "", "user@host", "host:port"]
)
def test_what_is_no_host_is_refused_at_the_start(host: str):
    done = CliRunner().invoke(app, ["dashboard", "--allow", host])
    assert done.exit_code == 2
    assert f"--allow {host!r}: expected a host" in done.stderr
