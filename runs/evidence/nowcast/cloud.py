"""A cloud of runs, which are stepped together and resampled: some are dropped, and others go on several times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import BoolArray, FloatArray
from article10.agents.members import STANCE_LIMIT
from article10.agents.plans import HEGEMON_OFFERS
from article10.model import schedule
from article10.model.first_day import first_day
from article10.model.randomness import Sampler, Stream, draw, stable_number
from article10.model.setup import Setup
from article10.runs.ensemble.history import arrays_of, decide_anew, set_arrays
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.stepping import chunk_size, chunks, draw_bytes, state_bytes
from article10.runs.evidence.nowcast.record import HEGEMON_PLAN

Places = npt.NDArray[np.intp]
"""Places of runs in the cloud."""

STATES = 4
"""Memory of a cloud in states of its runs: the state, what is gathered of it, and what is kept for records."""

PURPOSE = "nowcast resampling"
"""Names the stream of which each resampling draws one number."""

JUMPS = "nowcast_jumps"
"""Name of the stream of moves that the model has no cause for."""


@dataclass(frozen=True)
class Jumps:
    """Moves of members' own stances that the model has no cause for: the model error of a filter.

    Attributes:
        rate: how often a member's stance jumps, per year.
        size: standard deviation of a jump, in units of stance.
    """

    rate: float = 0.0
    size: float = 0.3

    def of(self, chance: FloatArray, years: float) -> FloatArray:
        """The jump of each member in a step, mostly zero, (run, member).

        Args:
            chance: a uniform draw for each, (run, member), which gives both whether there is one and how large it is.
            years: length of the step.
        """
        from scipy.special import ndtri

        within = float(-np.expm1(-self.rate * years))
        jump = np.zeros(chance.shape)
        there = chance < within
        if there.any():
            jump[there] = self.size * ndtri((chance[there].astype(np.float64) + TINY) / (within + 2.0 * TINY))
        return jump


NO_JUMPS = Jumps()

TINY = 2.0**-25
"""Half the distance between two draws, so that no quantile is infinite."""


class Cloud:
    """Runs of one setup, each with the random draws of the run of its place.

    A run that is copied into the place of run k has the draws of run k of the seed from then on, as a run of a branch
    does; what chance had decided and not yet shown is decided anew. Events that are under way go on.

    Attributes:
        setup: the setup of all runs.
        seed: seed of all random streams.
        origin: for each run, the place where it was on the first day, (run,).
    """

    def __init__(
        self, setup: Setup, n: int, seed: int, silent: Mapping[str, int] | None = None, jumps: Jumps = NO_JUMPS
    ) -> None:
        """The runs on the first day.

        Args:
            setup: setup of all runs.
            n: number of runs.
            seed: seed of all random streams.
            jumps: moves that the model has no cause for; by default none.
            silent: by name of an event left to chance, or ``HEGEMON_PLAN``, the number of steps in which none begins.

        Raises:
            TooLargeError: so many runs would take more memory than there is.
        """
        check_memory(f"{n:,} runs stepped together", n * (STATES * state_bytes(setup) + draw_bytes(setup)))
        self.setup, self.seed, self.origin, self.jumps = setup, seed, np.arange(n), jumps
        self._rows = list(chunks(n, chunk_size(setup)))
        events = setup.scenario.events
        by_name = {stream.name: stream for stream in setup.streams}
        self._begin = [by_name[f"event:{e.name}"] for e in events if e.rate is not None]
        self._dated = [f"event:{e.name}" for e in events if e.rate is None]
        self._draws = [self._drawn(range(rows.start, rows.stop), silent or {}) for rows in self._rows]
        self.worlds = [first_day(setup, draws) for draws in self._draws]
        for world in self.worlds:
            schedule.begin(world)

    def _drawn(self, numbers: range, silent: Mapping[str, int]) -> dict[str, Any]:
        shape = (self.setup.n_steps, len(numbers))
        unread = dict.fromkeys(self._dated, np.broadcast_to(np.float32(1.0), shape))  # a date leaves nothing to chance
        whole = draw(self._begin, self.seed, numbers)  # because events that last are counted from their beginning
        others = [s for s in self.setup.streams if s.name not in unread and s.name not in whole]
        if self.jumps.rate > 0:
            steps, members = self.setup.n_steps, len(self.setup.roster)
            others.append(Stream(JUMPS, (steps, members), "uniform", np.float32))
        draws = {**Sampler(others, self.seed, once=True).draw(numbers), **whole, **unread}
        for name, steps in silent.items():
            if name == HEGEMON_PLAN:
                draws["plans"][: -(-steps // self.setup.review_steps), :, HEGEMON_OFFERS] = np.inf
            else:
                draws[f"event:{name}"][:steps] = 1.0  # no event begins at a draw of one
        return draws

    @property
    def step(self) -> int:
        """Number of steps done."""
        return self.worlds[0].step

    def advance(self) -> None:
        """Step every run once; jumps come first, and change the member's own judgement for good."""
        for world in self.worlds:
            if self.jumps.rate > 0:
                jump = self.jumps.of(world.draws[JUMPS][world.step], self.setup.dt)
                world.members.disposition = world.members.disposition + jump
                world.members.stance = np.clip(world.members.stance + jump, -STANCE_LIMIT, STANCE_LIMIT)
            schedule.step(world)

    @property
    def stance(self) -> FloatArray:
        """Stances now, (run, member)."""
        return np.concatenate([world.members.stance for world in self.worlds])

    @property
    def alternative(self) -> BoolArray:
        """Whether each member's main alternative governs, (run, member)."""
        return np.concatenate([world.members.alternative for world in self.worlds])

    @property
    def ties(self) -> FloatArray:
        """Ties of each member's government, (run, member)."""
        return np.concatenate([world.members.government_ties for world in self.worlds])

    @property
    def ceasefire(self) -> BoolArray:
        """Whether a ceasefire holds, (run,)."""
        return np.concatenate([world.russia.ceasefire for world in self.worlds])

    def resample(self, weights: FloatArray) -> Places:
        """Systematic resampling (Kitagawa 1996) by one draw of a stream that depends on the seed and the step alone.

        Args:
            weights: which sum to 1, (run,).

        Returns:
            For each place, the place of the run that is now there, (run,).
        """
        key = (stable_number(PURPOSE), self.step)
        number = np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key)).random()
        ancestors = systematic(weights, number)
        self._gather(ancestors)
        return ancestors

    def _gather(self, ancestors: Places) -> None:
        """Give each place a copy of the run of its ancestor."""
        step, moved = self.step, ancestors != np.arange(len(ancestors))
        states = [arrays_of(world) for world in self.worlds]
        arrays = {name: np.concatenate([state[name] for state in states])[ancestors] for name in states[0]}
        for stream in self._begin:
            past = np.concatenate([draws[stream.name][:step] for draws in self._draws], axis=1)[:, ancestors]
            for rows, draws in zip(self._rows, self._draws, strict=True):
                draws[stream.name][:step] = past[:, rows]
        self.origin = self.origin[ancestors]
        for place, (rows, draws) in enumerate(zip(self._rows, self._draws, strict=True)):
            world = first_day(self.setup, draws)  # for what follows from setup and draws
            set_arrays(world, {name: np.array(values[rows]) for name, values in arrays.items()})
            world.step = step
            if step < self.setup.n_steps:
                decide_anew(world, moved[rows].nonzero()[0])
            self.worlds[place] = world


def systematic(weights: FloatArray, number: float) -> Places:
    """Ancestors by systematic resampling: each run has ``n * weight`` offspring, rounded up or down.

    A run that has offspring keeps its place; further copies fill the places of those that have none.

    Args:
        weights: which sum to 1, (run,).
        number: a uniform draw from [0, 1).

    Returns:
        For each place, the place of its ancestor, (run,).

    >>> systematic(np.array([0.5, 0.0, 0.25, 0.25]), 0.5).tolist()
    [0, 0, 2, 3]
    """
    n = len(weights)
    ends = np.cumsum(weights)
    chosen = np.minimum(np.searchsorted(ends / ends[-1], (number + np.arange(n)) / n, side="right"), n - 1)
    offspring = np.bincount(chosen, minlength=n)
    ancestors = np.arange(n)
    ancestors[offspring == 0] = np.repeat(np.arange(n), np.maximum(offspring - 1, 0))
    return ancestors
