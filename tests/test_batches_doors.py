"""A local Dask cluster listens on this machine alone, and serves its pages only where they are asked for."""

from __future__ import annotations

import http.client
import socket
from contextlib import closing

import psutil
import pytest

from article10.runs.batches.error import BatchError
from article10.runs.batches.executors import Dask, executor

pytestmark = pytest.mark.slow

PAGES = ("/status", "/health", "/metrics", "/info/main/workers.html", "/json/counts.json")


def listening() -> set[tuple[str, int]]:
    """Where this process and its children listen."""
    me = psutil.Process()
    found = [c for p in (me, *me.children(recursive=True)) for c in p.net_connections("inet")]
    return {(c.laddr.ip, c.laddr.port) for c in found if c.status == psutil.CONN_LISTEN}


def answers(address: tuple[str, int], page: str) -> int | None:
    """Status of a page, None where no HTTP is spoken."""
    with closing(http.client.HTTPConnection(*address, timeout=10)) as connection:
        try:
            connection.request("GET", page)
            return connection.getresponse().status
        except (http.client.HTTPException, OSError):
            return None


def test_a_local_cluster_listens_on_this_machine_alone_and_serves_no_page():
    before = listening()
    with executor(2, "local").ready():
        found = listening() - before
        assert len(found) > 3  # scheduler, nannies, workers
        assert {ip for ip, _ in found} == {"127.0.0.1"}
        assert {answers(address, page) for address in found for page in PAGES} <= {None, 404}
    assert listening() - before == set()


def test_its_page_is_served_on_this_machine_alone_where_it_is_asked_for():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    before = listening()
    with executor(1, f"local:{port}").ready():
        assert {ip for ip, _ in listening() - before} == {"127.0.0.1"}
        assert answers(("127.0.0.1", port), "/health") == 200


@pytest.mark.parametrize("cluster", ["local:", "local:x", "local:0.0.0.0:8787", "Local", "local:999999"])
def test_what_is_not_a_local_cluster_is_refused(cluster: str):
    with pytest.raises(BatchError, match="'local:8787' serves Dask's page"):
        Dask(cluster, 1)
