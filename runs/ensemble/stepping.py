"""Stepping: a chunk of runs from the first day to the horizon, and how many runs are stepped together."""

from __future__ import annotations

from collections.abc import Iterator
from math import log2, prod
from typing import Protocol

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model import schedule
from article10.model.randomness import Draws
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.machine import cache_bytes, free_bytes

MOST, FEWEST = 1024, 64
"""Runs stepped together: above the first, batching gains nothing; below the second, NumPy's call overhead dominates."""

STATE_ARRAYS = 25
"""Number of arrays, (run, member), that a step reads and writes: together they should fit into the cache."""

MEMORY_SHARE = 8
"""Draws take at most one part in this many of the free memory."""


def chunk_size(setup: Setup) -> int:
    """Number of runs to step together.

    A power of two for which the state fits into the cache and the draws into an eighth of the free memory.
    """
    fit = min(MOST, cache_bytes() // state_bytes(setup), free_bytes() // MEMORY_SHARE // draw_bytes(setup))
    return max(FEWEST, 2 ** int(log2(max(fit, 1))))


def draw_bytes(setup: Setup) -> int:
    """Memory that all random draws of one run take, in bytes."""
    return sum(prod(stream.shape) * np.dtype(stream.dtype).itemsize for stream in setup.streams)


def state_bytes(setup: Setup) -> int:
    """Memory that the state of one run takes while it is stepped, in bytes."""
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


def step_chunk(setup: Setup, draws: Draws, recording: Recording, rows: slice) -> World:
    """Step some runs from the first day to the horizon.

    Args:
        setup: what stays the same during all runs.
        draws: random draws of these runs; they are only read.
        recording: records the runs.
        rows: rows of the recorder's arrays that belong to these runs.

    Returns:
        The world at the horizon.
    """
    world = World.start(setup, draws)
    schedule.begin(world)
    recording.before(world, rows)
    for _ in range(setup.n_steps):
        before = world.members.stance
        schedule.step(world)
        recording.after_step(world, rows, before)
    return world
