"""The plan of a batch: the tasks into which a design is cut, and how large each is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil

from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.runs.batches.design import SUMMARY, Design, Point
from article10.runs.batches.histogram import Histogram
from article10.runs.batches.store import Task

MOST_RUNS = 8192
"""Most runs of a task: some seconds of work, which is what is lost when a worker dies."""

FEWEST_TASKS = 16
"""Number of tasks that a design should have at least, so that workers share it evenly."""

EFFICIENT_RUNS = 1024
"""Fewest runs of a task: fewer cannot be stepped together efficiently."""

TASK_BYTES = 96 * 2**20
"""Most bytes of the counts of stances of all points in a task; with the draws, they bound its memory."""


def plan(design: Design, points: Sequence[Point]) -> list[Task]:
    """The tasks of a design. They depend on the design alone, so that any machine can resume any batch.

    Points of a scenario that can be stepped side by side go together; their runs are cut into blocks.
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
    """Numbers of the points of each task: at most so many of those that can be stepped side by side, in order."""
    alike: dict[object, list[int]] = {}
    for point in points:
        alike.setdefault(point.stack, []).append(point.index)
    for own in alike.values():
        yield from (tuple(own[start : start + together]) for start in range(0, len(own), together))


def task_shape(design: Design, scenario: Scenario, n_points: int) -> tuple[int, int]:
    """How many points of a scenario go together in a task, and how many runs of each (also the runs of a Zarr chunk).

    Points of a task are stepped side by side, so that a run costs about the same however few there are at a point.
    """
    cost = design.runs
    even = design.n_points * cost // FEWEST_TASKS // EFFICIENT_RUNS * EFFICIENT_RUNS  # no task ends in a small chunk
    task_runs = min(max(even, EFFICIENT_RUNS), MOST_RUNS)
    together = min(n_points, task_runs // min(cost, EFFICIENT_RUNS))
    if design.record == SUMMARY:
        together = max(1, min(together, TASK_BYTES // Histogram(Setup.of(scenario)).counts.nbytes))
    block = task_runs // together
    if design.variables:
        block = min(block, EFFICIENT_RUNS)  # stepped together, so that a stretch of time is all runs'
        block = ceil(design.runs / ceil(design.runs / block))
    return together, min(block, design.runs)
