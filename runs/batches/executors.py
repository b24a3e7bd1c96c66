"""Executors: how the tasks of a batch are distributed over processes or machines. The results do not depend on it."""

from __future__ import annotations

import gc
import multiprocessing
import os
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from itertools import islice
from multiprocessing.context import BaseContext
from typing import Protocol, TypeVar

from article10.model.arguments import whole
from article10.model.extras import require
from article10.runs.batches.error import BatchError
from article10.runs.batches.main_script import is_imported_by_a_worker, needs_main_script, without_main_script

T = TypeVar("T")
R = TypeVar("R")
Starting = Callable[[], AbstractContextManager[None]]
"""A context manager within which workers are started."""

ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""Environment variables that keep a worker's linear algebra to its own core."""

IMPORTED_BEFORE = ("article10.runs.batches.task", "dask.array", "pyarrow.parquet", "zarr")
"""Modules that workers need, imported once for all of them; xarray also imports Dask, if it is installed."""

LOCAL = re.compile(r"local(?::(?P<page>\d{1,5}))?")
"""Pattern of a cluster on this machine, with the port of Dask's dashboard, if wanted."""

LOOPBACK = "127.0.0.1"
"""Address of a local cluster. It runs any code that it receives, so that no other machine may reach it."""

ADDRESS = r"(tcp|tls|ws|wss|ucx|inproc)://.+"
"""Pattern of the address of a Dask scheduler."""

PATIENCE = "10s"
"""Seconds that a scheduler may take to answer."""

MOST_WORKERS = 4096
"""Largest number of processes."""

MOST_LOST = 5
"""Number of workers that may die in a row, with no task done in between, before the batch stops with an error."""


class Executor(Protocol):
    """Calls a function with each of some tasks, in any order."""

    def ready(self) -> AbstractContextManager[None]:
        """A context manager that connects to other processes or machines while tasks are run."""
        ...

    def run(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Results in the order in which tasks end.

        Args:
            function: an importable function that may be called twice for a task, if a worker is lost.
            tasks: arguments of the calls.

        Raises:
            Exception: an error of the function; tasks not yet begun are dropped.
        """
        ...


class InProcess:
    """One task after another, in this process."""

    def ready(self) -> AbstractContextManager[None]:
        """There is nothing to connect to."""
        return nullcontext()

    def run(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Results in order."""
        yield from map(function, tasks)


class Processes:
    """Processes on this machine; a process that dies is replaced, and its tasks are repeated."""

    def __init__(self, workers: int) -> None:
        """Set the number of processes."""
        self.workers = workers

    def ready(self) -> AbstractContextManager[None]:
        """There is nothing to connect to."""
        return nullcontext()

    def run(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Results in the order in which tasks end.

        Raises:
            BatchError: workers die repeatedly, or the tasks cannot be sent to them.
        """
        if self.workers == 1 or len(tasks) == 1:  # one task does not need another process
            yield from InProcess().run(function, tasks)
            return
        starting = nullcontext if needs_main_script((function, tasks)) else without_main_script
        left, lost = dict(enumerate(tasks)), 0
        while left:
            before = len(left)
            try:
                yield from self._pool(function, left, starting)
            except BrokenProcessPool:
                lost = lost + 1 if len(left) == before else 1
                if lost >= MOST_LOST:
                    raise BatchError(
                        f"worker processes died {lost} times in a row: out of memory? Fewer --workers may help; "
                        "a script that defines what workers need starts them under `if __name__ == '__main__':`"
                    ) from None

    def _pool(self, function: Callable[[T], R], left: dict[int, T], starting: Starting) -> Iterator[R]:
        others = set(multiprocessing.active_children())
        with _one_thread():
            pool = ProcessPoolExecutor(min(self.workers, len(left)), mp_context=_processes(), initializer=_begin_worker)
            try:
                waiting: dict[Future[R], int] = {}
                queue = iter(list(left.items()))

                def submit(most: int) -> None:
                    for number, task in islice(queue, most):
                        with starting():  # starts a worker if there are fewer than allowed
                            waiting[pool.submit(function, task)] = number

                submit(2 * self.workers)
                while waiting:
                    finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                    for future in finished:
                        result = future.result()
                        del left[waiting.pop(future)]
                        submit(1)
                        yield result
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                for child in set(multiprocessing.active_children()) - others:
                    child.kill()  # its task was not committed and is repeated
                raise
            finally:
                pool.shutdown(wait=True, cancel_futures=True)


def _processes() -> BaseContext:
    """How workers start: on Linux they are forked from a server whose imported modules they share."""
    if sys.platform != "linux":
        return multiprocessing.get_context("spawn")
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(list(IMPORTED_BEFORE))
    return server


def _begin_worker() -> None:
    """Set up a worker: only its parent stops it, and it ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()  # memory of imported modules stays shared only if the garbage collector skips it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Dask:
    """A Dask cluster: ``"local"`` on this machine, ``"local:8787"`` with its dashboard, or a scheduler's address."""

    def __init__(self, cluster: str, workers: int) -> None:
        """Set the address of the scheduler, and the number of workers of a local one.

        Raises:
            BatchError: the text is not an address.
        """
        if not LOCAL.fullmatch(cluster) and not re.fullmatch(ADDRESS, cluster):
            raise BatchError(
                f"cluster = {cluster!r}: expected 'local' or an address such as tcp://host:8786; "
                "'local:8787' serves Dask's page at that port"
            )
        self.cluster, self.workers = cluster, workers

    @contextmanager
    def ready(self) -> Iterator[None]:
        """Connect.

        Raises:
            BatchError: no scheduler answers.
            ImportError: Dask is not installed.
        """
        require("distributed", f"cluster = {self.cluster!r}")
        from distributed import Client

        with _one_thread(), _scheduler(self.cluster, self.workers) as address:
            try:
                client = Client(address, timeout=PATIENCE, set_as_default=False)
            except OSError as error:
                raise BatchError(f"cluster = {self.cluster!r}: no Dask scheduler answers: {error}") from None
            with client as self.client:
                yield

    def run(self, function: Callable[[T], R], tasks: Sequence[T]) -> Iterator[R]:
        """Results in the order in which tasks end; Dask repeats the tasks of a lost worker.

        Raises:
            BatchError: workers die repeatedly.
        """
        from distributed import KilledWorker, as_completed

        futures = self.client.map(function, list(tasks), pure=False)
        for future in as_completed(futures, loop=self.client.loop):
            try:
                yield future.result()
            except KilledWorker as error:
                if LOCAL.fullmatch(self.cluster):  # Dask cannot close a worker that is still starting
                    with suppress(TimeoutError):
                        self.client.wait_for_workers(self.workers, timeout=PATIENCE)
                raise BatchError(f"workers died again and again: out of memory? {error}") from None
            future.release()


@contextmanager
def _scheduler(cluster: str, workers: int) -> Iterator[str]:
    local = LOCAL.fullmatch(cluster)
    if local is None:
        yield cluster
        return
    import dask
    from distributed import LocalCluster

    page = local["page"]
    without = () if page else ("distributed.scheduler.http.routes", "distributed.worker.http.routes")
    with (
        without_main_script(),  # Dask can send functions that a script defines
        dask.config.set({key: [] for key in without}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            host=LOOPBACK,
            dashboard_address=f"{LOOPBACK}:{page or 0}",
            scheduler_kwargs={"dashboard": page is not None},
            memory_limit=None,
            silence_logs=50,
        ) as started,
    ):
        yield started.scheduler_address


@contextmanager
def _one_thread() -> Iterator[None]:
    """A block in which new processes get one thread each for linear algebra: they read these variables at the start."""
    saved = {name: os.environ.get(name) for name in ONE_THREAD}
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"))
    try:
        yield
    finally:
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def executor(workers: int | None = None, cluster: str | None = None) -> Executor:
    """The executor for a number of workers or a cluster: this process for one worker and no cluster.

    Args:
        workers: number of processes, by default one per core.
        cluster: ``"local"`` for a Dask cluster with so many workers on this machine, which no other machine can reach;
            ``"local:8787"`` for one that serves Dask's dashboard at that port; or a scheduler's address.

    Raises:
        ValueError: ``workers`` is not a number of processes.
        BatchError: ``cluster`` is not an address.
    """
    workers = None if workers is None else whole("workers", workers, 1, MOST_WORKERS)
    if cluster is not None:
        return Dask(cluster, workers or cores())
    if workers == 1:
        return InProcess()
    if is_imported_by_a_worker():
        sys.exit(1)  # the process that runs the script prints the reason
    return Processes(workers or cores())
