"""The same worlds again and again: draws are kept, so that a changed lever costs the steps alone and no noise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.arguments import whole
from article10.model.randomness import Draws, Stream, draw
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.stepping import chunks, draw_bytes, step_chunk


@dataclass(frozen=True)
class Glimpse:
    """What is looked at while a lever moves.

    Attributes:
        scenario: that it is of.
        days: first day of each step shown, datetime64, (step,).
        stance: of the members looked at, (run, step, member), float32.
        acceded: whether the candidate is a member, (run, step), bool.
    """

    scenario: Scenario
    days: np.ndarray
    stance: np.ndarray
    acceded: np.ndarray


class _Glimpsing:
    """Keeps some members' stances and the accession, every few steps."""

    def __init__(self, setup: Setup, runs: int, members: Sequence[str], every: int) -> None:
        steps = sorted({*range(0, setup.n_steps + 1, every), setup.n_steps})
        self.place_of = {step: place for place, step in enumerate(steps)}
        self.members = [setup.roster.index(code) for code in members]
        self.days = np.array([setup.scenario.date_of(step) for step in steps], dtype="datetime64[D]")
        self.stance = np.zeros((runs, len(steps), len(members)), np.float32)
        self.acceded = np.zeros((runs, len(steps)), bool)

    def before(self, world: World, rows: slice) -> None:
        """Keep the first day."""
        self._keep(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Keep the world after a step, if it is looked at."""
        if world.step in self.place_of:
            self._keep(world, rows)

    def _keep(self, world: World, rows: slice) -> None:
        place = self.place_of[world.step]
        self.stance[rows, place] = world.members.stance[:, self.members]
        self.acceded[rows, place] = world.accession.is_member


class EnsembleCache:
    """Some runs of a scenario whose random draws are kept in memory.

    Run k is run k of ``article10.simulate``, bit for bit, whatever is changed; a change that needs draws of another
    shape, such as a longer horizon, has them drawn then.

    Attributes:
        scenario: as it was given.
        runs: how many.
        seed: of all random streams.
        members: codes of those looked at.
    """

    def __init__(
        self, scenario: Scenario, runs: int, seed: int, members: Sequence[str], *, every: int = 4, chunk: int = 512
    ) -> None:
        """Remember what to run; draws are made when they are first needed.

        Args:
            scenario: as it is given.
            runs: how many.
            seed: of all random streams.
            members: codes of those to look at.
            every: steps between two looks.
            chunk: runs stepped together; a few hundred in one go are quickest.

        Raises:
            KeyError: a member is not on the roster.
            TooLargeError: the draws of so many runs would take more memory than there is.
            ValueError: ``runs`` or ``seed`` is wrong.
        """
        self.scenario, self.members = scenario, tuple(members)
        self.runs, self.seed = whole("runs", runs, 1), whole("seed", seed)
        self._every, self._setup = every, Setup.of(scenario)
        check_memory(f"draws of {self.runs:,} runs", self.runs * draw_bytes(self._setup))
        self._chunks = list(chunks(self.runs, chunk))
        self._kept: dict[tuple[Stream, int], np.ndarray] = {}
        for code in members:
            self._setup.roster.index(code)

    def look(self, changes: Mapping[str, Any] | None = None) -> Glimpse:
        """The worlds with some parameters changed.

        Args:
            changes: by full key, for example ``{"stance.peer_rate": 0.6}``.

        Raises:
            ScenarioError: a change is wrong.
        """
        setup = Setup.of(read_scenario(self.scenario, changes)) if changes else self._setup
        seen = _Glimpsing(setup, self.runs, self.members, self._every)
        for rows in self._chunks:
            step_chunk(setup, self._draws(setup, rows), seen, rows)
        return Glimpse(setup.scenario, seen.days, seen.stance, seen.acceded)

    def _draws(self, setup: Setup, rows: slice) -> Draws:
        missing = [stream for stream in setup.streams if (stream, rows.start) not in self._kept]
        for stream, drawn in zip(missing, draw(missing, self.seed, range(rows.start, rows.stop)).values(), strict=True):
            self._kept[stream, rows.start] = drawn
        return {stream.name: self._kept[stream, rows.start] for stream in setup.streams}
