"""Progress of long work: a bar on a terminal and in a notebook; elsewhere lines on standard error at intervals."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich import progress as bars
from rich.console import Console
from rich.text import Text

Progress = Callable[[int, int], None]
"""A function that is called from time to time with the amount of work done and the amount in all."""

SECONDS_APART = 10.0
"""Fewest seconds between two lines, and before the first."""

SHARE_APART = 0.2
"""Shortest time between two lines as a share of the time passed: an hour has some 25 lines, a day some 40."""


class Show(Protocol):
    """A ``Progress`` that also takes what the two counts do not show."""

    def __call__(self, done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
        """Show the progress.

        Args:
            done: amount done, including what was done before this call.
            total: amount in all.
            found: amount that was done before this call, which does not count towards the speed.
            failed: amount of what is done that has failed.
        """
        ...


def part_of(progress: Progress | None, before: int, total: int) -> Progress | None:
    """The progress of one part of some work.

    Args:
        progress: progress of the whole work.
        before: amount done when the part begins.
        total: amount in all.
    """
    return None if progress is None else lambda done, _: progress(before + done, total)


@contextmanager
def progress_to(progress: bool | Progress, label: str) -> Iterator[Show]:
    """Where to report the progress of runs: the caller's own function, or a bar or lines (True), or nowhere (False)."""
    if callable(progress):
        yield lambda done, total, **_: progress(done, total)
    else:
        with progress_shown(label, quiet=not progress) as show:
            yield show


@contextmanager
def progress_shown(label: str, unit: str = "runs", quiet: bool = False) -> Iterator[Show]:
    """Show the progress of some work while the block lasts.

    Args:
        label: name of the work.
        unit: name of what is counted, in the plural.
        quiet: whether to show nothing.
    """
    screen = Console(stderr=not _in_notebook())
    if quiet:
        yield _nothing
    elif screen.is_jupyter or (screen.file.isatty() and not screen.is_dumb_terminal):
        with _bar(screen, label, unit) as show:
            yield show
    else:
        yield Lines(label, unit)


def _nothing(done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
    pass


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules


# --- a bar ----------------------------------------------------------------------------------------------------------


class Rate(bars.ProgressColumn):
    """A column of the bar: the amount done per second."""

    def __init__(self, unit: str) -> None:
        """Set the name of what is counted."""
        self.unit = unit
        super().__init__()

    def render(self, task: bars.Task) -> Text:
        """The rate, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self.unit}/s" if speed else "", style="progress.data.speed")


@contextmanager
def _bar(screen: Console, label: str, unit: str) -> Iterator[Show]:
    columns = (
        bars.TextColumn("{task.description}", markup=False),
        bars.BarColumn(),
        bars.TextColumn(f"{{task.completed:,.0f}}/{{task.total:,.0f}} {unit}"),
        Rate(unit),
        bars.TimeRemainingColumn(),
        bars.TextColumn("{task.fields[failures]}", style="bold red"),
    )
    with bars.Progress(*columns, console=screen, speed_estimate_period=300) as bar:

        def show(done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
            if not bar.tasks:
                bar.add_task(label, total=total, completed=found, failures="")
            failures = f"{failed:,} failed" if failed else ""
            bar.update(bar.task_ids[0], completed=done, total=total, failures=failures)

        yield show


# --- lines ----------------------------------------------------------------------------------------------------------


class Lines:
    """Lines in a log: the first after some seconds, then fewer and fewer, and a last one if there was any before it."""

    def __init__(self, label: str, unit: str) -> None:
        """Begin to measure the time."""
        self.label, self.unit = label, unit
        self.begin = self.last = monotonic()
        self.done = 0

    def __call__(self, done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
        """Write a line if it is time for one; see ``Show``."""
        now = monotonic()
        if done < self.done:  # another part begins
            self.begin = self.last = now
        self.done = done
        elapsed, is_last = now - self.begin, done == total and self.last > self.begin
        if not is_last and now - self.last < max(SECONDS_APART, SHARE_APART * elapsed):
            return
        self.last = now
        parts = [f"{done:,} of {total:,} {self.unit} ({done / total:.0%})", f"{_clock(elapsed)} elapsed"]
        if found < done < total:
            parts.append(f"about {_clock(elapsed * (total - done) / (done - found))} left")
        if failed:
            parts.append(f"{failed:,} failed")
        sys.stderr.write(f"article10: {self.label}: {', '.join(parts)}\n")
        sys.stderr.flush()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}"
