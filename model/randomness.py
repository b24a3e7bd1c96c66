"""Random draws: one named stream for each kind of decision, a pure function of seed, run and name.

A stream's number is computed from its name, so that adding a stream changes no other. Each stream's draws for a run
have a fixed shape, earliest step first, whether or not they are used. Two scenarios that differ in one lever therefore
share every other draw, and a longer horizon only adds draws at the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import prod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import FloatArray

Distribution = Literal["normal", "uniform", "exponential"]

SEEDED_TOGETHER = 64
"""Runs that share one seed sequence; a sequence for each run would take as long as drawing."""

STRETCH_BYTES = 2**23
"""Largest number of bytes of one stream's draws in memory, if they are read only once."""

DRAWN_TOGETHER = 16
"""Runs drawn before their draws are transposed; a small number keeps them in the processor's cache."""


SPAWNED = 2**62
"""The least spawned seed: nobody gives one as high, and one twice as high is refused."""


def stable_number(name: str) -> int:
    """A 32-bit number from a name, the same in every process (never Python's ``hash``)."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4], "big")


def spawned_seeds(seed: int, purpose: str, n: int) -> list[int]:
    """Seeds for parts of what one seed is given for, such as the points of a design or a bootstrap.

    Seeds made by adding to a seed meet those of its neighbours; these are words of
    ``SeedSequence(seed, spawn_key=(stable_number(purpose),))``, so that no two seeds share any, nor do two purposes.

    Args:
        seed: seed from which they are spawned.
        purpose: their purpose, in words.
        n: number of seeds; the first ones do not depend on it.

    Returns:
        Whole numbers of 63 bits, ``SPAWNED`` or more, each of which ``simulate`` and ``article10 run --seed`` take.

    >>> spawned_seeds(0, "points", 2) == spawned_seeds(0, "points", 3)[:2]
    True
    """
    words = np.random.SeedSequence(seed, spawn_key=(stable_number(purpose),)).generate_state(n, np.uint64)
    return [SPAWNED + int(word) % SPAWNED for word in words]


class Unseeded(np.random.SeedSequence):
    """Placeholder seed for a generator whose state is set next; computing a real seed would take longer."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> npt.NDArray[Any]:  # noqa: ANN401 - as NumPy's
        """Return zeros."""
        return np.zeros(n_words, dtype)


UNSEEDED = Unseeded()


@dataclass(frozen=True)
class Stream:
    """One named stream of draws.

    Attributes:
        name: the kind of decision, for example ``"elections"``.
        shape: shape of one run's draws; the first axis is time, if there is a time axis.
        distribution: standard normal, uniform on [0, 1) or standard exponential.
        dtype: float64, or float32 for streams with very many draws.
    """

    name: str
    shape: tuple[int, ...]
    distribution: Distribution = "normal"
    dtype: type[np.floating[Any]] = np.float64

    @cached_property
    def number(self) -> int:
        """A stable 32-bit number from the name."""
        return stable_number(self.name)

    def generators(self, seed: int, runs: Iterable[int], *, anew: bool = False) -> Iterator[np.random.Generator]:
        """Yield for each run a generator at the beginning of its draws: the same one, or a new one if ``anew``.

        The initial state of run k consists of four words, beginning with word ``4 * (k % SEEDED_TOGETHER)``, of
        ``SeedSequence(seed, spawn_key=(number, k // SEEDED_TOGETHER))``.
        """
        bits = np.random.PCG64(UNSEEDED)
        generator = np.random.Generator(bits)
        block, words = -1, [[0]]
        for run in runs:
            if run // SEEDED_TOGETHER != block:
                block = run // SEEDED_TOGETHER
                sequence = np.random.SeedSequence(seed, spawn_key=(self.number, block))
                words = sequence.generate_state(4 * SEEDED_TOGETHER, np.uint64).reshape(-1, 4).tolist()
            high, low, odd_high, odd_low = words[run % SEEDED_TOGETHER]
            if anew:
                bits = np.random.PCG64(UNSEEDED)
                generator = np.random.Generator(bits)
            bits.state = {
                "bit_generator": "PCG64",
                "state": {"state": high << 64 | low, "inc": odd_high << 64 | odd_low | 1},
                "has_uint32": 0,
                "uinteger": 0,
            }
            yield generator

    def draw(self, generators: Iterable[np.random.Generator], out: FloatArray) -> FloatArray:
        """Write each run's next draws to ``out``, (time, run, ...), one run after another."""
        by_run = np.empty((DRAWN_TOGETHER, len(out), *out.shape[2:]), out.dtype)
        one_a_run = iter(generators)
        for start in range(0, out.shape[1], DRAWN_TOGETHER):
            some = out[:, start : start + DRAWN_TOGETHER]
            drawn = by_run[: some.shape[1]]
            for into, generator in zip(drawn, one_a_run, strict=False):
                self._fill(generator, into)
            some[:] = drawn.swapaxes(0, 1)
        return out

    def _fill(self, generator: np.random.Generator, out: FloatArray) -> None:
        """Write a generator's next draws to ``out``, all or part of one run's."""
        if self.distribution == "normal":
            generator.standard_normal(out=out, dtype=self.dtype)
        elif self.distribution == "uniform":
            generator.random(out=out, dtype=self.dtype)
        else:
            generator.standard_exponential(out=out, dtype=self.dtype)


class Stretches:
    """A stream's draws, read once from the first step to the last; only a stretch of steps is in memory at a time.

    >>> shocks = Stream("member_shocks", (100, 33), "uniform", np.float32)
    >>> whole = shocks.draw(shocks.generators(7, [4711]), np.empty((100, 1, 33), np.float32))
    >>> passing = Stretches(shocks, 7, [4710, 4711], np.empty((30, 2, 33), np.float32))
    >>> all((passing[step][1] == whole[step, 0]).all() for step in range(100))
    True
    """

    def __init__(self, stream: Stream, seed: int, runs: Iterable[int], memory: FloatArray) -> None:
        """Prepare to draw into this memory, (time, run, ...), one stretch of steps after another."""
        self._stream, self._memory = stream, memory
        self._generators = list(stream.generators(seed, runs, anew=True))
        self._first = self._end = 0

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of one step, (run, ...), valid until those of a later step are requested.

        Raises:
            IndexError: the step is in an earlier stretch, or after the last step.
        """
        whole = self._stream.shape[0]
        while self._end <= step < whole:
            self._first, self._end = self._end, min(self._end + len(self._memory), whole)
            self._stream.draw(self._generators, self._memory[: self._end - self._first])
        if not self._first <= step < self._end:
            raise IndexError(f"step {step} of stream {self._stream.name!r} is in an earlier stretch or does not exist")
        return self._memory[step - self._first]


Draws = Mapping[str, Any]
"""Indexed by stream name: arrays (time, run, ...), or what is read like one, a step at a time."""


class Sampler:
    """Draws for one group of runs after another, in memory that is reused, because allocating it again would be slow.

    Attributes:
        streams: the streams to draw.
        seed: seed of the ensemble.
        once: whether each group's draws are read only once, from the first step to the last; long streams are then
            drawn as they are read, and are never in memory as a whole.
    """

    def __init__(self, streams: Sequence[Stream], seed: int, *, once: bool = False) -> None:
        """Store the streams; memory is allocated when it is first needed."""
        self.streams, self.seed, self.once = tuple(streams), seed, once
        self._memory: dict[str, FloatArray] = {}

    def draw(self, runs: Sequence[int]) -> Draws:
        """Draws of all streams for some runs, valid until the next call.

        The draws of a run do not depend on the other runs in the group.

        Args:
            runs: numbers of the runs.

        Returns:
            For a stream of shape ``(step, member)`` an array ``(step, run, member)``; for ``(step,)``, ``(step, run)``.
        """
        return {stream.name: self._draw(stream, runs) for stream in self.streams}

    def _draw(self, stream: Stream, runs: Sequence[int]) -> FloatArray | Stretches:
        whole = stream.shape[0]
        bytes_of_time = len(runs) * prod(stream.shape[1:]) * np.dtype(stream.dtype).itemsize
        held = min(whole, max(1, STRETCH_BYTES // bytes_of_time)) if self.once else whole
        if stream.name not in self._memory or self._memory[stream.name].shape[1] < len(runs):
            self._memory[stream.name] = np.empty((held, len(runs), *stream.shape[1:]), stream.dtype)
        memory = self._memory[stream.name][:, : len(runs)]
        if len(memory) < whole:
            return Stretches(stream, self.seed, runs, memory)
        return stream.draw(stream.generators(self.seed, runs), memory)


def draw(streams: Sequence[Stream], seed: int, runs: Sequence[int]) -> Draws:
    """Draws of all streams for some runs, in memory of their own; see ``Sampler.draw``."""
    return Sampler(streams, seed).draw(runs)
