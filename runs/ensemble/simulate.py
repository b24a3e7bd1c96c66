"""Ensembles: many runs of a scenario at once, each the same whatever others it is run with."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log2, prod
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from article10.agents.arrays import FloatArray
from article10.agents.russia import Strategy
from article10.model import schedule
from article10.model.arguments import LARGEST, check_functions, whole
from article10.model.checked import checked
from article10.model.mechanisms import Mechanism
from article10.model.randomness import Draws, Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.stacked_draws import SharedDraws, StackedDraws
from article10.model.values import PlaceArray
from article10.model.world import World
from article10.runs.ensemble.machine import cache_bytes, check_memory, free_bytes
from article10.runs.ensemble.recorder import Recorder, check_record, with_run_variables
from article10.runs.ensemble.result import EnsembleResult, dataset

MOST, FEWEST = 1024, 64
"""Runs stepped together: beyond the first NumPy's overhead no longer shrinks, below the second it rules."""

STATE_ARRAYS = 25
"""Arrays (run, member) that a step goes through: together they should stay in the cache."""

MEMORY_SHARE = 8
"""One part in so many of the free memory is for draws."""


@checked
def simulate(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    record: Sequence[str] = ("stance",),
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
    first_run: int = 0,
    chunk: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> EnsembleResult:
    """Run a scenario many times.

    Run k depends on the scenario, the seed and k alone: not on how many runs there are, nor on the chunk.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: how many, from ``first_run`` on.
        seed: of all random streams; runs of two scenarios with the same seed and number share every draw.
        changes: by full key, for example ``{"stance.peer_rate": 0.6}``.
        record: variables by member to keep at every step; names in ``article10.MEMBER_VARIABLES``, or
            ``"contribution"`` for what each mechanism did.
        strategy: a function in place of Russia's named strategy; see ``article10.Intelligence``.
        mechanisms: in place of ``article10.MECHANISMS``.
        first_run: number of the first run.
        chunk: runs stepped together, by default chosen from cache and memory; changes speed, never results.
        progress: called with the number of runs done after each chunk.

    Returns:
        The result, with its data as an ``xarray.Dataset``.

    Raises:
        ScenarioError: the scenario is wrong.
        TooLargeError: what is to be kept of so many runs would take more memory than there is.
        ValueError: another argument is wrong.

    >>> result = simulate(runs=4, seed=7, changes={"horizon": "2026-12-01"})
    >>> dict(result.data.sizes)["member"]
    32
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    first_run = whole("first_run", first_run, most=LARGEST - runs)
    chunk = None if chunk is None else whole("chunk", chunk, 1)
    check_functions(strategy, mechanisms)
    check_record(record)
    setup = Setup.of(read_scenario(scenario, changes, own_strategy=strategy is not None), strategy, mechanisms)
    together = min(runs, chunk_size(setup) if chunk is None else chunk)
    check_memory(f"{together:,} runs stepped together", together * state_bytes(setup))
    recorder = Recorder(setup, runs, with_run_variables(record))
    sampler = Sampler(setup.streams, seed, once=True)
    numbers = range(first_run, first_run + runs)
    step_stacks([(setup, recorder)], SharedDraws(sampler), numbers, chunk=together, progress=progress)
    return EnsembleResult(dataset(setup, recorder, seed, first_run))


def chunk_size(setup: Setup) -> int:
    """Runs to step together: a power of two for which the state stays in the cache and draws in an eighth of memory."""
    fit = min(MOST, cache_bytes() // state_bytes(setup), free_bytes() // MEMORY_SHARE // draw_bytes(setup))
    return max(FEWEST, 2 ** int(log2(max(fit, 1))))


def draw_bytes(setup: Setup) -> int:
    """Memory that all draws of a run take."""
    return sum(prod(stream.shape) * np.dtype(stream.dtype).itemsize for stream in setup.streams)


def state_bytes(setup: Setup) -> int:
    """Memory that the state of a run takes while it is stepped."""
    return STATE_ARRAYS * len(setup.roster) * 8


def chunks(runs: int, chunk: int) -> Iterator[slice]:
    """Rows of each chunk in turn."""
    for start in range(0, runs, chunk):
        yield slice(start, min(start + chunk, runs))


def step_stacks(
    stacks: Sequence[tuple[Setup, Recording]],
    draws: StackedDraws,
    runs: range,
    *,
    chunk: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Step the same runs of every scenario of some stacks, those of a stack side by side as far as they fit a chunk.

    What a run does depends on its scenario, its seed and its number alone, to the last bit, not on what is stepped
    beside it.

    Args:
        stacks: each with what records it, which has a row for each run of the first scenario of the stack, then for
            each of the second, and so on.
        draws: for all scenarios.
        runs: numbers of the runs of each scenario.
        chunk: rows that are stepped together, by default chosen from cache and memory.
        progress: called after each chunk with the number of runs done, over all scenarios.
    """
    chunk, done = chunk or min(chunk_size(setup) for setup, _ in stacks), 0
    together = max(1, chunk // len(runs))
    for part in chunks(len(runs), chunk):
        for setup, recording in stacks:
            for some in chunks(len(setup.stacked), together):
                rows = slice(some.start * len(runs) + part.start, (some.stop - 1) * len(runs) + part.stop)
                place = np.repeat(np.arange(some.start, some.stop), part.stop - part.start)
                in_stack = place if len(setup.stacked) > 1 else None
                step_chunk(setup, draws.of(runs[part], some), recording, rows, in_stack)
                done += rows.stop - rows.start
                if progress is not None:
                    progress(done)


class Recording(Protocol):
    """Keeps what is to be kept of some runs."""

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Record the world after a step; ``stance_before`` are the stances before it."""


def step_chunk(setup: Setup, draws: Draws, recording: Recording, rows: slice, place: PlaceArray | None = None) -> World:
    """Step some runs from the first day to the horizon.

    Args:
        setup: what is fixed.
        draws: of these runs; they are read only.
        recording: keeps what is to be kept.
        rows: where it keeps it.
        place: for each run, the place of its scenario in the stack, (run,); not for one scenario.

    Returns:
        The world at the horizon.
    """
    world = World.start(setup, draws, place)
    schedule.begin(world)
    recording.before(world, rows)
    for _ in range(setup.n_steps):
        before = world.members.stance
        schedule.step(world)
        recording.after_step(world, rows, before)
    return world
