"""How far a batch is, shown as a bar on a terminal and in a notebook, and not at all elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

if TYPE_CHECKING:
    from article10.runs.batches.batch import Progress as State


class Rate(ProgressColumn):
    """Runs a second, of those that this call has done."""

    def render(self, task: Task) -> Text:
        """The rate, or nothing before there is one."""
        speed = task.finished_speed or task.speed
        return Text(f"{speed:,.0f} runs/s" if speed else "", style="progress.data.speed")


@contextmanager
def progress_bar() -> Iterator[Callable[[State], None]]:
    """A function to tell of each step, which draws a bar with rate, time left and failures."""
    screen = Console(stderr=not _in_notebook())
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}/{task.total:,.0f} runs"),
        Rate(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[failures]}", style="bold red"),
    )
    shown = screen.is_terminal or screen.is_jupyter
    with Progress(*columns, console=screen, disable=not shown, speed_estimate_period=300) as bar:

        def tell(state: State) -> None:
            if not bar.tasks:
                bar.add_task("batch", total=state.runs, completed=state.found, failures="")
            failures = f"{state.failed:,} failed" if state.failed else ""
            bar.update(bar.task_ids[0], completed=state.found + state.done, failures=failures)

        yield tell


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules
