"""Randomness: one named stream per kind of decision, a pure function of seed, run and name.

A stream's number comes from its name, so that adding a stream changes no other. Each stream's draws for a run are laid
out in a fixed shape, earliest step first, whether or not they are used: scenarios that differ in one lever share every
other draw, and a longer horizon only adds draws at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

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
    """

    name: str
    shape: tuple[int, ...]
    distribution: Distribution = "normal"

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
        out = np.empty(self.shape) if out is None else out
        if self.distribution == "normal":
            return generator.standard_normal(out=out)
        if self.distribution == "uniform":
            return generator.random(out=out)
        return generator.standard_exponential(out=out)


Draws = Mapping[str, FloatArray]
"""By stream name: draws whose axes are time (where the stream has it), run, then the rest."""


def draw(streams: Sequence[Stream], seed: int, runs: Sequence[int]) -> Draws:
    """Draws of all streams for some runs; what a run gets does not depend on which others are drawn with it.

    Args:
        streams: what to draw.
        seed: of the ensemble.
        runs: numbers of the runs.

    Returns:
        For a stream of shape ``(step, member)`` an array ``(step, run, member)``; for ``(step,)``, ``(step, run)``.
    """
    drawn: dict[str, FloatArray] = {}
    for stream in streams:
        out = np.empty((len(runs), *stream.shape))
        for place, run in enumerate(runs):
            stream.draw(seed, run, out[place])
        by_time = out.swapaxes(0, 1)
        # A step reads one row a run: short rows are laid side by side, long ones can stay where they are.
        drawn[stream.name] = by_time if out[0, 0].size > 2 else np.ascontiguousarray(by_time)
    return drawn
