"""The plan of a batch: the tasks into which a design is divided, and their sizes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.batches.design import SUMMARY, Design, Point
from article10.runs.batches.histogram import Histogram
from article10.runs.batches.store import Task

MOST_RUNS = 8192
"""Largest number of runs of a task: some seconds of work, which are lost if a worker dies."""

FEWEST_TASKS = 16
"""Number of tasks that a design should have at least, so that workers share the work evenly."""

EFFICIENT_RUNS = 1024
"""Smallest number of runs of a task: fewer cannot be stepped together efficiently."""

TASK_BYTES = 96 * 2**20
"""Largest number of bytes of the counts of stances in a task; with the draws, it bounds a task's memory."""


def plan(design: Design, points: Sequence[Point]) -> list[Task]:
    """The tasks of a design. They depend only on the design, so that any machine can resume any batch.

    A task has points of one scenario that can be stepped together, and a block of their runs.
    """
    tasks = []
    for name, scenario in design.scenarios_in_full().items():
        own = [point for point in points if point.scenario == name]
        together, block = task_shape(design, scenario, len(own))
        for group in _groups(own, together):
            for first in range(0, design.runs, block):
                runs = min(block, design.runs - first)
                tasks.append(Task(f"{group[0]:07d}-{first:09d}", group, first, runs))
    return tasks


def _groups(points: Sequence[Point], together: int) -> Iterator[tuple[int, ...]]:
    """Indices of the points of each task, in order: at most so many points that can be stepped together."""
    alike: dict[object, list[int]] = {}
    for point in points:
        alike.setdefault(point.stack, []).append(point.index)
    for own in alike.values():
        yield from (tuple(own[start : start + together]) for start in range(0, len(own), together))


def task_shape(design: Design, scenario: Scenario, n_points: int) -> tuple[int, int]:
    """The number of points in a task, and of runs at each of them (which is also the runs of a Zarr chunk).

    Points of a task are stepped together, so that the cost of a run hardly depends on the number of runs at a point.
    """
    cost = design.runs
    # a multiple, so that no task ends with a small chunk
    even = design.n_points * cost // FEWEST_TASKS // EFFICIENT_RUNS * EFFICIENT_RUNS
    task_runs = min(max(even, EFFICIENT_RUNS), MOST_RUNS)
    together = min(n_points, task_runs // min(cost, EFFICIENT_RUNS))
    if design.record == SUMMARY:
        together = max(1, min(together, TASK_BYTES // Histogram(Setup.of(scenario)).counts.nbytes))
    block = task_runs // together
    if design.variables:
        block = min(block, EFFICIENT_RUNS)  # all runs are stepped together: a stretch of steps contains all of them
        block = ceil(design.runs / ceil(design.runs / block))
    return together, min(block, design.runs)
