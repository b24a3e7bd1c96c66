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

from article10.agents.arrays import FloatArray

Distribution = Literal["normal", "uniform", "exponential"]

State = Any
"""State of PCG64, as NumPy gives and takes it."""

SEEDED_TOGETHER = 64
"""Runs that take their seeds from one seed sequence: seeding each by its own costs as much as drawing."""

STRETCH_BYTES = 2**23
"""Bytes of draws of one stream in memory, where they are read once."""

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

    def states(self, seed: int, runs: Iterable[int]) -> Iterator[State]:
        """Where PCG64 starts for each run.

        Run k starts at the state that words ``4 * (k % SEEDED_TOGETHER)`` and the three after it give, of
        ``SeedSequence(seed, spawn_key=(number, k // SEEDED_TOGETHER))``.
        """
        block, words = -1, [[0]]
        for run in runs:
            if run // SEEDED_TOGETHER != block:
                block = run // SEEDED_TOGETHER
                sequence = np.random.SeedSequence(seed, spawn_key=(self.number, block))
                words = sequence.generate_state(4 * SEEDED_TOGETHER, np.uint64).reshape(-1, 4).tolist()
            high, low, odd_high, odd_low = words[run % SEEDED_TOGETHER]
            yield {
                "bit_generator": "PCG64",
                "state": {"state": high << 64 | low, "inc": odd_high << 64 | odd_low | 1},
                "has_uint32": 0,
                "uinteger": 0,
            }

    def fill(self, generator: np.random.Generator, out: FloatArray) -> None:
        """Write a generator's next draws to ``out``, one run's or a part of them."""
        if self.distribution == "normal":
            generator.standard_normal(out=out, dtype=self.dtype)
        elif self.distribution == "uniform":
            generator.random(out=out, dtype=self.dtype)
        else:
            generator.standard_exponential(out=out, dtype=self.dtype)


class Passage:
    """A stream's draws for some runs from the first step to the last, a stretch of time after another.

    Attributes:
        stream: what is drawn.
        left: steps not yet drawn.

    >>> shocks = Stream("member_shocks", (100, 33), "uniform", np.float32)
    >>> passing, whole = Passage(shocks, 7, [4710, 4711]), Passage(shocks, 7, [4711])
    >>> part, rest = passing.next(np.empty((60, 2, 33), np.float32)), passing.next(np.empty((40, 2, 33), np.float32))
    >>> bool((np.concatenate([part, rest])[:, 1] == whole.next(np.empty((100, 1, 33), np.float32))[:, 0]).all())
    True
    """

    def __init__(self, stream: Stream, seed: int, runs: Iterable[int]) -> None:
        """Stand before the first step."""
        self.stream, self.left = stream, stream.shape[0]
        self._states = list(stream.states(seed, runs))
        self._bits = np.random.PCG64(0)
        self._generator = np.random.Generator(self._bits)

    def next(self, out: FloatArray) -> FloatArray:
        """Draw a stretch as long as ``out``, (time, run, ...): run after run, as a generator goes, laid by time."""
        self.left -= len(out)
        by_run = np.empty((DRAWN_TOGETHER, len(out), *out.shape[2:]), out.dtype)
        for start in range(0, out.shape[1], DRAWN_TOGETHER):
            some = out[:, start : start + DRAWN_TOGETHER]
            drawn = by_run[: some.shape[1]]
            for run, into in enumerate(drawn, start):
                self._bits.state = self._states[run]
                self.stream.fill(self._generator, into)
                if self.left:
                    self._states[run] = self._bits.state
            some[:] = drawn.swapaxes(0, 1)
        return out


class Stretches:
    """A stream's draws by step, for one walk from the first to the last: few are in memory at a time."""

    def __init__(self, passage: Passage, memory: FloatArray) -> None:
        """Use some memory, (time, run, ...), for a stretch after another."""
        self._passage, self._memory = passage, memory
        self._first = self._end = 0

    def __getitem__(self, step: int) -> FloatArray:
        """Draws of a step, (run, ...), valid until a later one is asked for.

        Raises:
            IndexError: the step lies in a stretch that has passed.
        """
        while step >= self._end:
            stretch = self._passage.next(self._memory[: self._passage.left])
            self._first, self._end = self._end, self._end + len(stretch)
        if step < self._first:
            raise IndexError(f"step {step} of stream {self._passage.stream.name!r} has passed")
        return self._memory[step - self._first]


Draws = Mapping[str, Any]
"""By stream name: draws by time (where the stream has it), run, then the rest: an array, or ``Stretches`` of one."""


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
        passage, whole = Passage(stream, self.seed, runs), stream.shape[0]
        bytes_of_time = len(runs) * prod(stream.shape[1:]) * np.dtype(stream.dtype).itemsize
        held = min(whole, max(1, STRETCH_BYTES // bytes_of_time)) if self.once else whole
        if stream.name not in self._memory or self._memory[stream.name].shape[1] < len(runs):
            self._memory[stream.name] = np.empty((held, len(runs), *stream.shape[1:]), stream.dtype)
        memory = self._memory[stream.name][:, : len(runs)]
        return Stretches(passage, memory) if len(memory) < whole else passage.next(memory)


def draw(streams: Sequence[Stream], seed: int, runs: Sequence[int]) -> Draws:
    """Draws of all streams for some runs, in memory of their own; see ``Sampler.draw``."""
    return Sampler(streams, seed).draw(runs)
