"""Batches that are killed, lose workers or fill the disk: they end with the bytes of an uninterrupted one."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from article10 import BatchError, open_batch, run_batch
from article10.runs.batches.executors import Dask, Processes
from article10.runs.command_line import app

pytestmark = pytest.mark.slow

DESIGN = """
runs = 6000
seed = 7
record = "stance"
changes.horizon = "2026-04-06"
[grid]
stance.peer_rate = [0.2, 0.8]
"""


TASKS = 12


def start(design: Path, out: Path, *words: str, **options) -> subprocess.Popen[str]:
    """The command, in a process of its own."""
    command = [sys.executable, "-m", "article10.runs.command_line", "batch", str(design), "--out", str(out), *words]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, **pipes, **options)


def finish(design: Path, out: Path, *words: str) -> None:
    done = start(design, out, *words)
    _, errors = done.communicate(timeout=300)
    assert done.returncode == 0, errors


@pytest.fixture(scope="module")
def design(tmp_path_factory):
    path = tmp_path_factory.mktemp("design") / "design.toml"
    path.write_text(DESIGN)
    return path


@pytest.fixture(scope="module")
def whole(design, digest):
    folder = design.parent / "whole"
    run_batch(design, folder, workers=1, progress=False)
    return digest(folder)


def committed(folder: Path) -> int:
    return len(list(folder.glob("commits/*.json")))


def test_killed_at_ten_random_moments_it_ends_the_same(design, whole, tmp_path, digest):
    out, chance = tmp_path / "b", np.random.default_rng(10)
    grew, interrupted = [], 0
    for kill in range(10):
        before = committed(out)
        process = start(design, out, "--workers", "1" if kill % 2 else "2")
        begin = time.monotonic()
        while committed(out) == before and process.poll() is None and time.monotonic() - begin < 60:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.25))
        interrupted += process.poll() is None
        process.kill()
        process.communicate(timeout=60)
        grew.append(committed(out) - before)
        assert len(open_batch(out).outcomes) < 12000 or kill > 3
        if committed(out) >= 11:  # nearly done: take some away, so that there is something to kill
            for path in sorted(out.glob("commits/*.json"))[::2]:
                path.unlink()
    assert interrupted >= 8
    assert sum(n > 0 for n in grew) >= 5, grew
    finish(design, out)
    assert digest(out) == whole


def test_stopped_by_ctrl_c_it_says_so_and_goes_on(design, whole, tmp_path, digest):
    out = tmp_path / "b"
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a job in the background ignores Ctrl-C
    process = start(design, out, "--workers", "2", start_new_session=True, preexec_fn=heard)
    begin = time.monotonic()
    while not committed(out) and time.monotonic() - begin < 60:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert 0 < committed(out) < TASKS
    assert errors.strip() == f"article10: stopped; what is done is in {out}, and the same command resumes from it"
    finish(design, out)
    assert digest(out) == whole


def test_workers_do_not_outlive_a_killed_parent(design, tmp_path):
    process = start(design, tmp_path / "b", "--workers", "2")
    begin = time.monotonic()
    while not committed(tmp_path / "b") and time.monotonic() - begin < 60:
        time.sleep(0.01)
    children = descendants(process.pid)
    assert len(children) >= 3
    process.kill()
    process.communicate(timeout=60)
    assert committed(tmp_path / "b") < TASKS
    begin = time.monotonic()
    while any(map(alive, children)) and time.monotonic() - begin < 20:
        time.sleep(0.05)
    assert not any(map(alive, children))


def descendants(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    children = [int(child) for path in tasks for child in path.read_text().split()]
    return [*children, *(each for child in children for each in descendants(child))]


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_a_lost_worker_process_is_replaced(design, whole, tmp_path, digest):
    killed = []

    def kill_one(done, total):
        if done and len(killed) < 2:
            killed.append(next(child.pid for child in multiprocessing.active_children() if alive(child.pid)))
            os.kill(killed[-1], signal.SIGKILL)

    run_batch(design, tmp_path / "b", workers=2, progress=kill_one)
    assert len(killed) == 2
    assert digest(tmp_path / "b") == whole


# --- Dask -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def cluster():
    distributed = pytest.importorskip("distributed")
    options = {"dashboard_address": ":0", "memory_limit": None, "threads_per_worker": 1, "silence_logs": 50}
    with distributed.LocalCluster(n_workers=2, **options) as local:
        yield local


def test_all_executors_give_the_same_bytes(design, whole, tmp_path, cluster, digest):
    run_batch(design, tmp_path / "processes", workers=2, progress=False)
    run_batch(design, tmp_path / "tcp", cluster=cluster.scheduler_address, progress=False)
    run_batch(design, tmp_path / "local", cluster="local", workers=2, progress=False)
    for name in ("processes", "tcp", "local"):
        assert digest(tmp_path / name) == whole, name


def test_a_lost_dask_worker_costs_nothing(design, whole, tmp_path, cluster, digest):
    killed = []

    def kill_one(done, total):
        if done and not killed:
            killed.append(next(iter(cluster.workers.values())).process.pid)
            os.kill(killed[0], signal.SIGKILL)

    run_batch(design, tmp_path / "b", cluster=cluster.scheduler_address, progress=kill_one)
    assert killed
    assert digest(tmp_path / "b") == whole


def test_a_scheduler_that_is_not_there_is_said(design, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr("article10.runs.batches.executors.PATIENCE", "1s")
    words = ["batch", str(design), "--out", str(tmp_path / "b"), "--cluster", "tcp://127.0.0.1:1"]
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert "127.0.0.1:1" in done.stderr
    assert (done.stderr + capfd.readouterr().err).count("\n") == 1
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize("executor", [Processes(2), Dask("local", 1)], ids=["processes", "dask"])
def test_workers_that_die_again_and_again_end_the_batch_with_one_message(executor):
    with executor.ready(), pytest.raises(BatchError, match="died"):
        list(executor.run(os._exit, [1, 1]))


# --- full disk ------------------------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of a few megabytes, or None where none can be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(folder)]
    mounted = sys.platform == "linux" and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    yield folder if mounted else None
    if mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.parametrize("workers", ["1", "2"])
def test_on_a_disk_that_fills_up_it_stops_and_goes_on_when_there_is_room(
    design, whole, tmp_path, small_disk, workers, digest
):
    if small_disk is None:  # a limit on the size of files stands in for it
        out, options = tmp_path / "b", {"preexec_fn": _limit}
    else:
        out, options = small_disk / "b", {}
    process = start(design, out, "--workers", workers, **options)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 2, errors
    assert errors.startswith("article10: ")
    assert "Traceback" not in errors
    assert "space" in errors or "large" in errors
    assert len(open_batch(out).outcomes) < 12000
    if small_disk is not None:
        subprocess.run(["mount", "-o", "remount,size=200m", str(small_disk)], check=True)
    finish(design, out)
    assert digest(out) == whole


def _limit() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))


def test_a_second_command_is_refused_while_the_first_writes(design, whole, tmp_path, digest):
    first = start(design, tmp_path / "b", "--workers", "1")
    begin = time.monotonic()
    while not (tmp_path / "b" / "design.json").exists() and time.monotonic() - begin < 60:
        time.sleep(0.01)
    refused: list[str] = []

    def second() -> None:
        process = start(design, tmp_path / "b")
        _, errors = process.communicate(timeout=60)
        refused.append(errors if process.returncode == 2 else f"exit code {process.returncode}")

    os.kill(first.pid, signal.SIGSTOP)
    thread = threading.Thread(target=second)
    thread.start()
    thread.join()
    os.kill(first.pid, signal.SIGCONT)
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert "another process is writing" in refused[0]
    assert digest(tmp_path / "b") == whole
