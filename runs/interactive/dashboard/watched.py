"""The run that the page shows: it steps only once its last step has been drawn, and never while it is being drawn."""

from __future__ import annotations

from threading import Condition, RLock

from mesa.visualization.utils import update_counter

from article10.model.accession_model import AccessionModel
from article10.runs.interactive.dashboard.opening import Opened

PATIENCE = 10.0
"""Seconds after which a run continues although it has not been drawn: its page may have been closed."""


class Canvas:
    """How far the page has drawn its run. Mesa's controls play in a thread of their own, which would run ahead."""

    def __init__(self) -> None:
        """Start with nothing drawn."""
        self.busy = RLock()
        self._drawn, self._moved = 0, Condition()

    def reach(self, update: int) -> None:
        """Note which update has been drawn."""
        with self._moved:
            self._drawn = update
            self._moved.notify_all()

    def wait(self, update: int) -> None:
        """Wait until an update has been drawn."""
        with self._moved:
            self._moved.wait_for(lambda: self._drawn >= update, PATIENCE)


class Watched(AccessionModel):
    """The model as Mesa's controls create it at a reset: Mesa 3.5 would fill a parameter named ``scenario`` itself."""

    def __init__(self, opened: Opened, canvas: Canvas) -> None:
        """Start a run on its first day."""
        self.canvas = canvas
        super().__init__(opened.scenario, opened.seed, opened.run)

    def step(self) -> None:
        """Make a step, once the page shows the step before."""
        self.canvas.wait(update_counter.peek())
        with self.canvas.busy:
            super().step()
