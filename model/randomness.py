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
from math import prod
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from article10.agents.arrays import FloatArray

Distribution = Literal["normal", "uniform", "exponential"]

SEEDED_TOGETHER = 64
"""Runs that take their seeds from one seed sequence: seeding each by its own costs as much as drawing."""

STRETCH_BYTES = 2**23
"""Bytes of draws of one stream in memory, where they are read once."""

DRAWN_TOGETHER = 16
"""Runs drawn before they are laid by time: the fewer, the surer their draws are still in the cache."""


class Unseeded(np.random.SeedSequence):
    """In place of seeds for a generator whose state is set next: to make seeds takes longer than all the rest."""

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> npt.NDArray[Any]:  # noqa: ANN401 - as NumPy's
        """Nothing but zeros."""
        return np.zeros(n_words, dtype)


UNSEEDED = Unseeded()


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

    def generators(self, seed: int, runs: Iterable[int], *, anew: bool = False) -> Iterator[np.random.Generator]:
        """A generator where each run's draws begin: one that goes from run to run, or a new one for each.

        Run k starts at the state that words ``4 * (k % SEEDED_TOGETHER)`` and the three after it give, of
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
        """Write each run's next draws to ``out``, (time, run, ...): run after run, laid by time."""
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
        """Write a generator's next draws to ``out``, one run's or a part of them."""
        if self.distribution == "normal":
            generator.standard_normal(out=out, dtype=self.dtype)
        elif self.distribution == "uniform":
            generator.random(out=out, dtype=self.dtype)
        else:
            generator.standard_exponential(out=out, dtype=self.dtype)


class Stretches:
    """A stream's draws by step, for one walk from the first to the last: few are in memory at a time.

    >>> shocks = Stream("member_shocks", (100, 33), "uniform", np.float32)
    >>> whole = shocks.draw(shocks.generators(7, [4711]), np.empty((100, 1, 33), np.float32))
    >>> passing = Stretches(shocks, 7, [4710, 4711], np.empty((30, 2, 33), np.float32))
    >>> all((passing[step][1] == whole[step, 0]).all() for step in range(100))
    True
    """

    def __init__(self, stream: Stream, seed: int, runs: Iterable[int], memory: FloatArray) -> None:
        """Use some memory, (time, run, ...), for a stretch after another."""
        self._stream, self._memory = stream, memory
        self._generators = list(stream.generators(seed, runs, anew=True))
        self._first = self._end = 0

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of a step, (run, ...), valid until a later one is asked for.

        Raises:
            IndexError: the step lies in a stretch that has passed, or after the last.
        """
        whole = self._stream.shape[0]
        while self._end <= step < whole:
            self._first, self._end = self._end, min(self._end + len(self._memory), whole)
            self._stream.draw(self._generators, self._memory[: self._end - self._first])
        if not self._first <= step < self._end:
            raise IndexError(f"step {step} of stream {self._stream.name!r} has passed, or is none")
        return self._memory[step - self._first]


class Repeated:
    """A stream's draws given to several scenarios in turn: they are made once, and repeated as each step is read."""

    def __init__(self, draws: FloatArray | Stretches, times: int) -> None:
        """Repeat draws, (time, run, ...), for so many scenarios."""
        self._draws, self._times = draws, times

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of a step, (scenario and run, ...), those of the first scenario before those of the second."""
        one = self._draws[step]
        return np.concatenate([one] * self._times)

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> FloatArray:
        """Draws of all steps, (time, scenario and run, ...)."""
        return np.concatenate([np.asarray(self._draws, dtype)] * self._times, axis=1)


Draws = Mapping[str, Any]
"""By stream name: draws by time (where the stream has it), run, then the rest: an array, or what reads like one."""


def repeated(draws: Draws, times: int) -> Draws:
    """The same draws for several scenarios, which are then stepped side by side.

    Args:
        draws: of some runs.
        times: how many scenarios there are.
    """
    return {name: Repeated(one, times) for name, one in draws.items()}


class Sampler:
    """Draws for one group of runs after another, in memory that is used again: page faults cost as much as numbers.

    Attributes:
        streams: what to draw.
        seed: of the ensemble.
        once: whether each group's draws are read once only, from the first step to the last; what is long is then
            drawn as it is read, and most of it is never in memory.
    """

    def __init__(self, streams: Sequence[Stream], seed: int, *, once: bool = False) -> None:
        """Remember what to draw; memory is taken when it is first needed."""
        self.streams, self.seed, self.once = tuple(streams), seed, once
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
