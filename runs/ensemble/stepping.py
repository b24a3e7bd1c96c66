"""Stepping: a chunk of runs from the first day to the horizon, and how many runs are stepped together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import log2, prod
from typing import TYPE_CHECKING, Protocol

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.randomness import Draws
from article10.model.setup import Setup
from article10.model.stacked_draws import StackedDraws
from article10.model.values import PlaceArray
from article10.model.world import World
from article10.runs.ensemble.machine import cache_bytes, free_bytes

if TYPE_CHECKING:
    from article10.runs.output.progress import Progress

MOST, FEWEST = 1024, 64
"""Runs stepped together: above the first, batching gains nothing; below the second, NumPy's call overhead dominates."""

STATE_ARRAYS = 25
"""Number of arrays (run, member) that a step reads and writes; together they should fit into the cache."""

MEMORY_SHARE = 8
"""Draws take at most one part in this many of the free memory."""


def chunk_size(setup: Setup) -> int:
    """Number of runs to step together.

    A power of two for which the state fits into the cache and the draws into an eighth of the free memory.
    """
    fit = min(MOST, cache_bytes() // state_bytes(setup), free_bytes() // MEMORY_SHARE // draw_bytes(setup))
    return max(FEWEST, 2 ** int(log2(max(fit, 1))))


def draw_bytes(setup: Setup) -> int:
    """Memory of all random draws of one run, in bytes."""
    return sum(prod(stream.shape) * np.dtype(stream.dtype).itemsize for stream in setup.streams)


def state_bytes(setup: Setup) -> int:
    """Memory of the state of one run while it is stepped, in bytes."""
    return STATE_ARRAYS * len(setup.roster) * 8


def chunks(runs: int, chunk: int) -> Iterator[slice]:
    """Rows of each chunk, in order."""
    for start in range(0, runs, chunk):
        yield slice(start, min(start + chunk, runs))


class Recording(Protocol):
    """Records variables of a chunk of runs."""

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Record the world after a step; ``stance_before`` are the stances before it."""


@dataclass(frozen=True)
class Piece:
    """Runs that are stepped together.

    Attributes:
        stack: place of their stack among all stacks.
        scenarios: places of their scenarios in the stack.
        runs: numbers of the runs of each scenario.
        rows: rows of the stack's recorder that belong to them.
    """

    stack: int
    scenarios: slice
    runs: range
    rows: slice


class Keeper(Protocol):
    """Keeps what was recorded of runs, so that they are not stepped again after an interruption."""

    def restored(self, piece: Piece) -> bool:
        """Whether these runs were kept; they are then in the rows of the recorder, and are not stepped."""

    def keep(self, piece: Piece) -> None:
        """Keep these runs, which have been stepped."""


def step_stacks(
    stacks: Sequence[tuple[Setup, Recording]],
    draws: StackedDraws,
    runs: range,
    *,
    chunk: int | None = None,
    keeper: Keeper | None = None,
    progress: Progress | None = None,
) -> None:
    """Step the same runs of every scenario of some stacks; the scenarios of a stack share chunks.

    A run depends only on its scenario, its seed and its number, to the last bit, not on the runs stepped with it.

    Args:
        stacks: stacks with their recorders; a recorder has a row for each run of the first scenario of its stack, then
            for each run of the second, and so on.
        draws: random draws of all scenarios.
        runs: numbers of the runs of each scenario.
        chunk: number of rows stepped together, by default chosen from cache and memory.
        keeper: is asked for the runs of each chunk before they are stepped, and given them afterwards.
        progress: called after each chunk with the number of runs done and the number of all runs, over all scenarios.
    """
    chunk, done = chunk or min(chunk_size(setup) for setup, _ in stacks), 0
    total = len(runs) * sum(len(setup.stacked) for setup, _ in stacks)
    for part in chunks(len(runs), chunk):
        for stack, (setup, recording) in enumerate(stacks):
            for some in chunks(len(setup.stacked), max(1, chunk // len(runs))):
                rows = slice(some.start * len(runs) + part.start, (some.stop - 1) * len(runs) + part.stop)
                piece = Piece(stack, some, runs[part], rows)
                if keeper is None or not keeper.restored(piece):
                    place = np.repeat(np.arange(some.start, some.stop), part.stop - part.start)
                    in_stack = place if len(setup.stacked) > 1 else None
                    step_chunk(setup, draws.of(runs[part], some), recording, rows, in_stack)
                    if keeper is not None:
                        keeper.keep(piece)
                done += rows.stop - rows.start
                if progress is not None:
                    progress(done, total)


def step_chunk(setup: Setup, draws: Draws, recording: Recording, rows: slice, place: PlaceArray | None = None) -> World:
    """Step some runs from the first day to the horizon.

    Args:
        setup: setup of the runs.
        draws: random draws of these runs, which are not changed.
        recording: records the runs.
        rows: rows of the recorder's arrays that belong to these runs.
        place: for each run, the place of its scenario in the stack, (run,); not for one scenario.

    Returns:
        The world at the horizon.
    """
    world = first_day(setup, draws, place)
    schedule.begin(world)
    recording.before(world, rows)
    for _ in range(setup.n_steps):
        before = world.members.stance
        schedule.step(world)
        recording.after_step(world, rows, before)
    return world
