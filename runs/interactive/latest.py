"""Does the work of the latest request only: a request that comes while another is worked on makes that work stale."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Condition, Thread
from typing import Generic, TypeVar

Request = TypeVar("Request")
Result = TypeVar("Result")

IsStale = Callable[[], bool]
"""Whether the result of the work under way is no longer wanted."""


class Latest(Generic[Request, Result]):
    """Works on requests in a thread of its own, one at a time; of those that wait, only the latest is kept.

    The thread lives as long as there is work, so that nothing needs to be ended.

    >>> shown = []
    >>> latest = Latest(lambda number, is_stale: [number, number**2], shown.append, print)
    >>> latest.ask(7)
    >>> latest.wait()
    >>> shown
    [7, 49]
    """

    def __init__(
        self,
        work: Callable[[Request, IsStale], Iterable[Result]],
        show: Callable[[Result], None],
        fail: Callable[[Exception], None],
    ) -> None:
        """Start with nothing to do.

        Args:
            work: yields the results of a request, the first as soon as there is something to show; it ends early once
                the function that it is passed says that the request is stale.
            show: called with each result, in order, from the working thread.
            fail: called with an exception that the work has raised, from the working thread.
        """
        self._work, self._show, self._fail = work, show, fail
        self._changed = Condition()
        self._waiting: list[Request] = []  # at most one
        self._is_working = self._is_closed = False

    def ask(self, request: Request) -> None:
        """Request work in place of all that has been requested before; nothing happens after ``close``."""
        with self._changed:
            if self._is_closed:
                return
            self._waiting = [request]
            if not self._is_working:
                Thread(target=self._work_off, daemon=True).start()
                self._is_working = True

    def wait(self) -> None:
        """Wait until the latest request has been worked on; not to be called from the working thread."""
        with self._changed:
            self._changed.wait_for(lambda: not self._is_working)

    def close(self) -> None:
        """Drop all work; nothing is shown from now on."""
        with self._changed:
            self._is_closed, self._waiting = True, []

    def _is_stale(self) -> bool:
        return self._is_closed or bool(self._waiting)

    def _work_off(self) -> None:
        try:
            while request := self._next():
                self._answer(*request)
        except BaseException:
            self._rest()
            raise

    def _next(self) -> list[Request]:
        """The request that waits, or nothing, whereupon the thread ends."""
        with self._changed:
            request, self._waiting = self._waiting, []
            if not request:
                self._rest()
            return request

    def _rest(self) -> None:
        with self._changed:
            self._is_working = False
            self._changed.notify_all()

    def _answer(self, request: Request) -> None:
        try:
            for result in self._work(request, self._is_stale):
                if not self._is_closed:
                    self._show(result)
        except Exception as error:  # noqa: BLE001 - whatever went wrong is shown to the user
            if not self._is_closed:
                self._fail(error)
