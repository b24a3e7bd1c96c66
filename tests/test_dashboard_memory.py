"""The dashboard's memory, while its page is loaded again and again, is that of one page."""

from __future__ import annotations

import gc
import json
import socket
import time
import weakref
from pathlib import Path

import psutil
import pytest
from chromium import PROGRAM, chromium
from served import dashboard
from websockets.sync.client import connect

from article10.model.accession_model import AccessionModel

WARM, LOADS = 2, 6
"""Loads until everything has been imported and made once, and loads that are measured."""

MOST = 40e6
"""Bytes by which these loads may add to the server's own memory; one page's ensemble alone has 43 MB of draws."""


@pytest.mark.slow
@pytest.mark.skipif(PROGRAM is None, reason="no Chromium on this machine (Debian: apt-get install chromium)")
def test_memory_is_bounded_while_the_page_is_loaded_again_and_again(tmp_path: Path):
    own = []
    with dashboard("--seed", "7") as (address, server), chromium(tmp_path) as page:
        for _ in range(WARM + LOADS):
            page.open(address)
            page.wait(
                "['.dots .mark-symbol path', '.strip svg'].every(part => document.querySelector(part))", seconds=60
            )
            own.append(server.memory_full_info().uss)
    assert own[-1] - own[WARM - 1] < MOST, own


@pytest.mark.slow
def test_pages_that_vanish_without_a_word_are_given_up():
    with dashboard() as (address, server):
        host = address.removeprefix("http://")
        for _ in range(3):
            with socket.create_connection(tuple_of(host)) as line, connect(f"ws://{host}/talk", sock=line) as page:
                page.send(json.dumps({"kind": "run", "state": {}}))
                assert json.loads(page.recv(timeout=60))["run"]
                line.shutdown(socket.SHUT_RDWR)
        wait_for(lambda: not [c for c in server.net_connections() if c.status == psutil.CONN_ESTABLISHED])


def tuple_of(host: str) -> tuple[str, int]:
    name, _, port = host.partition(":")
    return name, int(port)


def wait_for(holds) -> None:
    until = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_world_that_is_not_shown_any_more_is_released():
    model = AccessionModel("baseline", changes={"horizon": "2026-02-01"})
    released = weakref.ref(model)
    del model
    gc.collect()
    assert released() is None
