"""Randomness: one named stream per kind of decision, a pure function of seed, run and name.

A stream's number comes from its name, so that adding a stream changes no other. Each stream's draws for a run are laid
out in a fixed shape, earliest step first, whether or not they are used: scenarios that differ in one lever share every
other draw, and a longer horizon only adds draws at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import numpy as np

from article10.agents.arrays import FloatArray

Distribution = Literal["normal", "uniform", "exponential"]

SEEDED_TOGETHER = 64
"""Runs that take their seeds from one seed sequence: seeding each by its own costs as much as drawing."""

DRAWN_TOGETHER = 8
"""Runs drawn before they are laid by time: the fewer, the surer their draws are still in the cache."""


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

    @cached_property
    def number(self) -> int:
        """A stable 32-bit number from the name (never Python's ``hash``)."""
        return int.from_bytes(hashlib.sha256(self.name.encode()).digest()[:4], "big")

    def generators(self, seed: int, runs: Iterable[int]) -> Iterator[np.random.Generator]:
        """The generator of this stream for one run after another; each holds until the next is asked for.

        Run k starts PCG64 at the state that words ``4 * (k % SEEDED_TOGETHER)`` and the three after it give, of
        ``SeedSequence(seed, spawn_key=(number, k // SEEDED_TOGETHER))``.
        """
        bits = np.random.PCG64(0)
        generator = np.random.Generator(bits)
        block, words = -1, [[0]]
        for run in runs:
            if run // SEEDED_TOGETHER != block:
                block = run // SEEDED_TOGETHER
                sequence = np.random.SeedSequence(seed, spawn_key=(self.number, block))
                words = sequence.generate_state(4 * SEEDED_TOGETHER, np.uint64).reshape(-1, 4).tolist()
            high, low, odd_high, odd_low = words[run % SEEDED_TOGETHER]
            bits.state = {
                "bit_generator": "PCG64",
                "state": {"state": high << 64 | low, "inc": odd_high << 64 | odd_low | 1},
                "has_uint32": 0,
                "uinteger": 0,
            }
            yield generator

    def fill(self, generators: Iterator[np.random.Generator], out: FloatArray) -> None:
        """Draws of the next runs, written to ``out``, (run, ...), one run after another.

        >>> elections, three, one = Stream("elections", (2,)), np.empty((3, 2)), np.empty((1, 2))
        >>> elections.fill(elections.generators(7, [4710, 4711, 4712]), three)
        >>> elections.fill(elections.generators(7, [4711]), one)
        >>> bool((three[1] == one[0]).all())
        True
        """
        for into in out:
            generator = next(generators)
            if self.distribution == "normal":
                generator.standard_normal(out=into, dtype=self.dtype)
            elif self.distribution == "uniform":
                generator.random(out=into, dtype=self.dtype)
            else:
                generator.standard_exponential(out=into, dtype=self.dtype)


Draws = Mapping[str, FloatArray]
"""By stream name: draws whose axes are time (where the stream has it), run, then the rest."""


class Sampler:
    """Draws for one group of runs after another, in memory that is used again: page faults cost as much as numbers.

    Attributes:
        streams: what to draw.
        seed: of the ensemble.
    """

    def __init__(self, streams: Sequence[Stream], seed: int) -> None:
        """Remember what to draw; memory is taken when it is first needed."""
        self.streams, self.seed = tuple(streams), seed
        self._memory: dict[str, FloatArray] = {}

    def draw(self, runs: Sequence[int]) -> Draws:
        """Draws of all streams for some runs, valid until the next call.

        What a run gets does not depend on which others are drawn with it.

        Args:
            runs: numbers of the runs.

        Returns:
            For a stream of shape ``(step, member)`` an array ``(step, run, member)``; for ``(step,)``, ``(step, run)``.
        """
        return {stream.name: self._draw(stream, runs) for stream in self.streams}

    def _draw(self, stream: Stream, runs: Sequence[int]) -> FloatArray:
        """Drawn run after run, as a generator goes, and laid time after time, as steps read."""
        n = len(runs)
        if stream.name not in self._memory or self._memory[stream.name].shape[1] < n:
            self._memory[stream.name] = np.empty((stream.shape[0], n, *stream.shape[1:]), stream.dtype)
        by_time = self._memory[stream.name][:, :n]
        generators = stream.generators(self.seed, runs)
        by_run = np.empty((DRAWN_TOGETHER, *stream.shape), stream.dtype)
        for start in range(0, n, DRAWN_TOGETHER):
            some = by_time[:, start : start + DRAWN_TOGETHER]
            drawn = by_run[: some.shape[1]]
            stream.fill(generators, drawn)
            some[:] = drawn.swapaxes(0, 1)
        return by_time


def draw(streams: Sequence[Stream], seed: int, runs: Sequence[int]) -> Draws:
    """Draws of all streams for some runs, in memory of their own; see ``Sampler.draw``."""
    return Sampler(streams, seed).draw(runs)
