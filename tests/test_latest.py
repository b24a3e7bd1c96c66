"""Work for the latest request only: what is superseded is dropped, what fails is shown, what is closed stays silent."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator
from threading import Event

import pytest

from article10.runs.interactive.latest import IsStale, Latest


def join() -> None:
    """Wait until the threads that have worked have ended."""
    for thread in threading.enumerate():
        if thread.name.endswith("(_work_off)"):
            thread.join(10)


class Work:
    """Work that yields a request twice, and between the two waits until it may go on."""

    def __init__(self) -> None:
        self.shown: list[str] = []
        self.failed: list[str] = []
        self.began: list[str] = []
        self.has_begun, self.may_go_on = Event(), Event()
        self.latest = Latest(self.work, self.shown.append, lambda error: self.failed.append(str(error)))

    def work(self, request: str, is_stale: IsStale) -> Iterator[str]:
        self.began.append(request)
        if request == "wrong":
            raise ValueError("cannot be done")
        yield f"{request}: first"
        self.has_begun.set()
        assert self.may_go_on.wait(10)
        if not is_stale():
            yield f"{request}: all"


@pytest.fixture
def work() -> Iterator[Work]:
    """Work whose thread has ended when the test has."""
    made = Work()
    yield made
    made.may_go_on.set()
    made.latest.wait()
    join()
    assert not any(thread.name.endswith("(_work_off)") for thread in threading.enumerate())


def test_of_requests_during_work_only_the_last_is_worked_on(work: Work):
    work.latest.ask("a")
    assert work.has_begun.wait(10)
    for request in "bcd":
        work.latest.ask(request)
    work.may_go_on.set()
    work.latest.wait()
    assert work.began == ["a", "d"]
    assert work.shown == ["a: first", "d: first", "d: all"]


def test_a_request_after_a_rest_is_worked_on_as_the_first_was(work: Work):
    work.may_go_on.set()
    for request in "ab":
        work.latest.ask(request)
        work.latest.wait()
    assert work.shown == ["a: first", "a: all", "b: first", "b: all"]


def test_what_fails_is_shown_and_the_next_request_is_worked_on(work: Work):
    work.may_go_on.set()
    work.latest.ask("wrong")
    work.latest.wait()
    assert (work.failed, work.shown) == (["cannot be done"], [])
    work.latest.ask("a")
    work.latest.wait()
    assert work.shown == ["a: first", "a: all"]


def test_what_is_closed_shows_nothing_and_begins_nothing(work: Work):
    work.latest.ask("a")
    assert work.has_begun.wait(10)
    work.latest.ask("b")
    work.latest.close()
    work.may_go_on.set()
    work.latest.ask("c")
    work.latest.wait()
    assert (work.began, work.shown, work.failed) == (["a"], ["a: first"], [])


def test_an_exception_in_showing_is_shown_too():
    failed: list[Exception] = []

    def show(number: int) -> None:
        raise RuntimeError(f"{number} cannot be shown")

    latest = Latest(lambda number, is_stale: [number], show, failed.append)
    latest.ask(1)
    latest.wait()
    assert [str(error) for error in failed] == ["1 cannot be shown"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_nobody_waits_forever_where_even_the_failure_cannot_be_shown():
    shown: list[int] = []

    def fail(error: Exception) -> None:
        raise error

    latest = Latest(lambda number, is_stale: [1 // number], shown.append, fail)
    for number in (0, 1):
        latest.ask(number)
        latest.wait()
    join()
    assert shown == [1]


def test_it_is_released_with_what_it_has_worked_on():
    class Request:
        pass

    request = Request()
    released = weakref.ref(request)
    latest: Latest[Request, int] = Latest(lambda request, is_stale: [1], lambda result: None, lambda error: None)
    latest.ask(request)
    latest.wait()
    del request
    join()
    gc.collect()
    assert released() is None
