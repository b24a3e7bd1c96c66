"""How far long work is: a bar on a terminal and in a notebook; elsewhere a line on standard error now and then."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

SECONDS_APART = 10.0
"""Seconds between two lines, at least, and before the first."""

SHARE_APART = 0.2
"""Time between two lines, at least, as a share of the time passed: an hour has some 25 lines, a day some 40."""


class Show(Protocol):
    """Shows how far the work is."""

    def __call__(self, done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
        """Show it.

        Args:
            done: how much is done, what was found done at the start included.
            total: how much there is to do.
            found: how much was done before: it says nothing about the speed.
            failed: how much of what is done has failed.
        """
        ...


@contextmanager
def progress_shown(label: str, unit: str = "runs", quiet: bool = False) -> Iterator[Show]:
    """What shows how far some work is, while the block lasts.

    Args:
        label: of the work.
        unit: of what is counted.
        quiet: show nothing.
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


class Rate(ProgressColumn):
    """How much is done in a second, of what is done now."""

    def __init__(self, unit: str) -> None:
        """Name what is counted."""
        self.unit = unit
        super().__init__()

    def render(self, task: Task) -> Text:
        """The rate, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} {self.unit}/s" if speed else "", style="progress.data.speed")


@contextmanager
def _bar(screen: Console, label: str, unit: str) -> Iterator[Show]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn(f"{{task.completed:,.0f}}/{{task.total:,.0f}} {unit}"),
        Rate(unit),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failures]}", style="bold red"),
    )
    with Progress(*columns, console=screen, speed_estimate_period=300) as bar:

        def show(done: int, total: int, *, found: int = 0, failed: int = 0) -> None:
            if not bar.tasks:
                bar.add_task(label, total=total, completed=found, failures="")
            failures = f"{failed:,} failed" if failed else ""
            bar.update(bar.task_ids[0], completed=done, total=total, failures=failures)

        yield show


# --- lines ----------------------------------------------------------------------------------------------------------


class Lines:
    """Lines in a log: the first after some seconds, then ever fewer, and one at the end if there was any before."""

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
