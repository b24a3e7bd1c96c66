"""Which runs of a batch are done, which failed, and which are still to be simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from article10.runs.batches.store import Commit, Task

MOST_RANGES = 6
"""Largest number of ranges of points that a sentence lists."""


@dataclass(frozen=True)
class Coverage:
    """The state of the runs of a design.

    Attributes:
        runs: number of runs at each point of the design.
        done: by point, the tasks in which its runs were done; points without any are left out.
        failed: by point, the number of runs that failed; points without any are left out.
    """

    runs: int
    done: Mapping[int, Sequence[Task]]
    failed: Mapping[int, int]

    @classmethod
    def of(cls, commits: Iterable[Commit], runs: int) -> Coverage:
        """The state of the runs according to the commits of a batch."""
        done: dict[int, list[Task]] = {}
        failed: dict[int, int] = {}
        for commit in commits:
            for point in commit.task.points:
                if point in commit.failed_points:
                    failed[point] = failed.get(point, 0) + commit.task.runs
                else:
                    done.setdefault(point, []).append(commit.task)
        return cls(runs, done, failed)

    def missing_at(self, points: Sequence[int]) -> str:
        """A sentence: how many runs of some points are done, and which failed or are missing; empty if all are done."""
        done = {point: sum(task.runs for task in self.done.get(point, ())) for point in points}
        failed = {point: self.failed[point] for point in points if point in self.failed}
        not_made = {point: self.runs - n - failed.get(point, 0) for point, n in done.items()}
        parts = [
            f"{sum(lacking.values()):,} {what} (point{'s' if len(lacking) > 1 else ''} {_ranges(lacking)})"
            for what, lacking in (("failed", failed), ("are not made yet", {p: n for p, n in not_made.items() if n}))
            if lacking
        ]
        total = self.runs * len(points)
        return ", ".join([f"{sum(done.values()):,} of {total:,} runs are done", *parts]) if parts else ""

    def runs_done(self, point: int) -> list[int]:
        """Numbers of the runs that are done at a point, in order."""
        tasks = sorted(self.done.get(point, ()), key=lambda task: task.first_run)
        return [run for task in tasks for run in range(task.first_run, task.first_run + task.runs)]

    def largest_part(self, points: Sequence[int]) -> tuple[list[int], list[int]]:
        """The largest part of some points' runs in which every run is done at every point.

        Args:
            points: points of one scenario, whose tasks divide the runs in the same way.

        Returns:
            Points, and numbers of runs; both empty if no run is done.
        """
        starts = {point: frozenset(task.first_run for task in self.done.get(point, ())) for point in points}
        # one point for each distinct set of tasks that are done
        like = {own: point for point, own in starts.items() if own}
        parts = [([p for p in points if starts[p] >= own], self.runs_done(point)) for own, point in like.items()]
        return max(parts, key=lambda part: len(part[0]) * len(part[1]), default=([], []))


def _ranges(points: Iterable[int]) -> str:
    """Points in words, consecutive ones as a range.

    >>> _ranges([7, 1, 2, 3])
    '1 to 3, 7'
    """
    together = [list(own) for _, own in groupby(enumerate(sorted(points)), key=lambda at: at[1] - at[0])]
    words = [str(own[0][1]) if len(own) == 1 else f"{own[0][1]} to {own[-1][1]}" for own in together]
    more = len(words) - MOST_RANGES
    return ", ".join([*words[:MOST_RANGES], f"and {more:,} more"] if more > 0 else words)
