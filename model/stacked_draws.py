"""Random draws for a stack: the same for every scenario that is stepped side by side, or draws of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import FloatArray
from article10.model.randomness import Draws, Sampler, Stream, draw


class SideBySide:
    """The draws of one stream for one scenario after another, joined along the run axis as each step is read."""

    def __init__(self, draws: Sequence[FloatArray]) -> None:
        """Join draws, (time, run, ...) for each scenario."""
        self._draws = draws

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of a step, (scenario and run, ...): all runs of the first scenario, then those of the second, ..."""
        return np.concatenate([one[step] for one in self._draws])

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        """Draws of all steps, (time, scenario and run, ...)."""
        return np.concatenate([np.asarray(one, dtype) for one in self._draws], axis=1)


class Repeated:
    """The same draws of one stream for each of several scenarios, repeated along the run axis as each step is read."""

    def __init__(self, draws: FloatArray, times: int) -> None:
        """Repeat draws, (time, run, ...), for a number of scenarios."""
        self._draws, self._times = draws, times
        self._last: tuple[int, FloatArray] | None = None

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of a step, (scenario and run, ...): all runs of the first scenario, then those of the second, ..."""
        if self._last is None or self._last[0] != step:
            self._last = step, self._repeated(self._draws[step][None])[0]
        return self._last[1]

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        """Draws of all steps, (time, scenario and run, ...)."""
        return self._repeated(np.asarray(self._draws, dtype))

    def _repeated(self, draws: FloatArray) -> FloatArray:
        return np.tile(draws, (1, self._times, *(1,) * (draws.ndim - 2)))


class StackedDraws(Protocol):
    """Gives the draws of some runs of some scenarios of a stack."""

    def of(self, runs: range, scenarios: slice) -> Draws:
        """The draws of the runs of each of the scenarios, valid until the next call.

        Args:
            runs: numbers of the runs.
            scenarios: places of the scenarios in the stack.
        """


class SharedDraws:
    """The same draws for every scenario (common random numbers): made once, and given to each."""

    def __init__(self, sampler: Sampler) -> None:
        """Draw with a sampler."""
        self._sampler, self._runs = sampler, range(0)
        self._draws: Draws = {}

    def of(self, runs: range, scenarios: slice) -> Draws:
        """See ``StackedDraws``."""
        if runs != self._runs or self._sampler.once:
            self._runs, self._draws = runs, self._sampler.draw(runs)
        times = scenarios.stop - scenarios.start
        return self._draws if times == 1 else {name: Repeated(one, times) for name, one in self._draws.items()}


class OwnDraws:
    """Draws of its own for each scenario, from a seed of its own."""

    def __init__(self, streams: Sequence[Stream], seeds: Sequence[int]) -> None:
        """Draw from streams, with one seed for each scenario of the stack."""
        self._streams, self._seeds = tuple(streams), tuple(seeds)

    def of(self, runs: range, scenarios: slice) -> Draws:
        """See ``StackedDraws``."""
        each = [draw(self._streams, seed, runs) for seed in self._seeds[scenarios]]
        return {stream.name: SideBySide([one[stream.name] for one in each]) for stream in self._streams}
