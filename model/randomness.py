"""Randomness: one named stream per kind of decision, a pure function of seed, run and name.

A stream's number comes from its name, so that adding a stream changes no other. Each stream's draws for a run are laid
out in a fixed shape, earliest step first, whether or not they are used: scenarios that differ in one lever share every
other draw, and a longer horizon only adds draws at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from article10.agents.arrays import FloatArray

Distribution = Literal["normal", "uniform", "exponential"]


@dataclass(frozen=True)
class Stream:
    """One named stream of draws.

    Attributes:
        name: what is decided, for example ``"elections"``.
        shape: shape of one run's draws; the first axis is time where there is one.
        distribution: standard normal, uniform on [0, 1) or standard exponential.
        dtype: float64, or float32 for noise that is drawn by the million.
    """

    name: str
    shape: tuple[int, ...]
    distribution: Distribution = "normal"
    dtype: type[np.floating[Any]] = np.float64

    @property
    def number(self) -> int:
        """A stable 32-bit number from the name (never Python's ``hash``)."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big")

    def generator(self, seed: int, run: int) -> np.random.Generator:
        """The generator of this stream for one run."""
        sequence = np.random.SeedSequence(seed, spawn_key=(run, self.number))
        return np.random.Generator(np.random.PCG64(sequence))

    def draw(self, seed: int, run: int, out: FloatArray | None = None) -> FloatArray:
        """One run's draws, of this stream's shape, written to ``out`` if given.

        >>> s = Stream("elections", (2,))
        >>> bool((s.draw(7, 4711) == s.draw(7, 4711)).all())
        True
        """
        generator = self.generator(seed, run)
        out = np.empty(self.shape, self.dtype) if out is None else out
        if self.distribution == "normal":
            return generator.standard_normal(out=out, dtype=self.dtype)
        if self.distribution == "uniform":
            return generator.random(out=out, dtype=self.dtype)
        return generator.standard_exponential(out=out, dtype=self.dtype)


Draws = Mapping[str, FloatArray]
"""By stream name: draws whose axes are time (where the stream has it), run, then the rest."""

SHORT = 2
"""Rows of a step up to this long are laid side by side in memory; longer ones stay where they were drawn."""


class Sampler:
    """Draws for one group of runs after another, in memory that is used again: page faults cost as much as numbers.

    Attributes:
        streams: what to draw.
        seed: of the ensemble.
    """

    def __init__(self, streams: Sequence[Stream], seed: int) -> None:
        """Remember what to draw; memory is taken when it is first needed."""
        self.streams, self.seed = tuple(streams), seed
        self._memory: dict[tuple[str, int], tuple[FloatArray, FloatArray]] = {}

    def draw(self, runs: Sequence[int]) -> Draws:
        """Draws of all streams for some runs, valid until the next call.

        What a run gets does not depend on which others are drawn with it.

        Args:
            runs: numbers of the runs.

        Returns:
            For a stream of shape ``(step, member)`` an array ``(step, run, member)``; for ``(step,)``, ``(step, run)``.
        """
        drawn: dict[str, FloatArray] = {}
        for stream in self.streams:
            by_run, by_time = self._room(stream, len(runs))
            for place, run in enumerate(runs):
                stream.draw(self.seed, run, by_run[place])
            if by_time.base is not by_run:
                np.copyto(by_time, by_run.swapaxes(0, 1))
            drawn[stream.name] = by_time
        return drawn

    def _room(self, stream: Stream, n: int) -> tuple[FloatArray, FloatArray]:
        key = (stream.name, n)
        if key not in self._memory:
            by_run = np.empty((n, *stream.shape), stream.dtype)
            by_time = by_run.swapaxes(0, 1)
            if by_run[0, 0].size <= SHORT:
                by_time = np.empty(by_time.shape, stream.dtype)
            self._memory[key] = (by_run, by_time)
        return self._memory[key]


def draw(streams: Sequence[Stream], seed: int, runs: Sequence[int]) -> Draws:
    """Draws of all streams for some runs, in memory of their own; see ``Sampler.draw``."""
    return Sampler(streams, seed).draw(runs)
