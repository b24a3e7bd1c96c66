"""Re-simulates the same runs with other parameters, some first and then all, from random draws that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.accession_rule import MEMBER
from article10.model.arguments import whole
from article10.model.randomness import Draws, Stream, draw
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.machine import check_memory
from article10.runs.ensemble.stepping import chunks, draw_bytes, step_chunk
from article10.runs.interactive.latest import IsStale

FIRST = 100
"""Number of runs that are shown while the others are still being simulated."""


@dataclass(frozen=True)
class Snapshot:
    """What is recorded of an ensemble for an interactive figure.

    Attributes:
        scenario: the scenario simulated, with its changes.
        members: codes of the members recorded.
        days: first day of each step recorded, datetime64, (step,).
        stance: stances of these members, (run, step, member), float32.
        stage: stage of the accession, by code, (run, step), int8.
        whole: number of runs of the ensemble, of which these are all or the first.
    """

    scenario: Scenario
    members: tuple[str, ...]
    days: np.ndarray
    stance: np.ndarray
    stage: np.ndarray
    whole: int

    @property
    def acceded(self) -> np.ndarray:
        """Whether the candidate is a member of the alliance, (run, step), bool."""
        return np.asarray(self.stage == MEMBER)

    @property
    def is_partial(self) -> bool:
        """Whether these are the first runs only."""
        return len(self.stance) < self.whole

    @property
    def counted(self) -> str:
        """The number of runs in words, for example ``"300 runs"`` or ``"the first 100 of 300 runs"``."""
        shown = f"the first {len(self.stance):,} of " if self.is_partial else ""
        return f"{shown}{self.whole:,} run{'s' if self.whole != 1 else ''}"

    def of(self, member: str) -> Snapshot:
        """The snapshot with the stance of one member.

        Raises:
            KeyError: the member was not recorded.
        """
        code = self.scenario.members().code(member)
        if code not in self.members:
            raise KeyError(f"{member!r} was not recorded")
        return replace(self, members=(code,), stance=self.stance[:, :, [self.members.index(code)]])

    def first(self, runs: int) -> Snapshot:
        """The snapshot of the first runs."""
        return replace(self, stance=self.stance[:runs], stage=self.stage[:runs])


class _Superseded(Exception):  # noqa: N818 - not an error
    """The runs being stepped are no longer wanted."""


class _SnapshotRecorder:
    """Records the stances of some members and the stage, every few steps, as long as the runs are wanted."""

    def __init__(self, setup: Setup, runs: int, members: Sequence[str], every: int, is_stale: IsStale) -> None:
        self.is_stale = is_stale
        steps = sorted({*range(0, setup.n_steps + 1, every), setup.n_steps})
        self.place_of = {step: place for place, step in enumerate(steps)}
        places = [setup.roster.index(code) for code in members]
        self.members = slice(None) if places == list(range(len(setup.roster))) else places
        self.days = np.array([setup.scenario.date_of(step) for step in steps], dtype="datetime64[D]")
        self._stance = np.zeros((len(steps), runs, len(members)), np.float32)  # a step writes contiguous memory
        self._stage = np.zeros((len(steps), runs), np.int8)
        self.stance, self.stage = self._stance.swapaxes(0, 1), self._stage.swapaxes(0, 1)

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self._record(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Record the runs after a step, if it is one of those recorded.

        Raises:
            _Superseded: the runs are no longer wanted. The first runs are always finished: a slider that keeps moving
                would otherwise show nothing until it rests.
        """
        if rows.start and self.is_stale():
            raise _Superseded
        if world.step in self.place_of:
            self._record(world, rows)

    def _record(self, world: World, rows: slice) -> None:
        place = self.place_of[world.step]
        self._stance[place, rows] = world.members.stance[:, self.members]
        self._stage[place, rows] = world.accession.stage


class EnsembleCache:
    """Runs of a scenario whose random draws are kept in memory.

    Run k is run k of ``article10.simulate``, bit for bit, whatever is changed. A change that needs other draws, such as
    a later horizon, has them drawn at that time.

    Attributes:
        scenario: the scenario as given.
        runs: number of runs.
        seed: seed of all random streams.
        members: codes of the members whose stances are recorded.
    """

    def __init__(
        self, scenario: Scenario, runs: int, seed: int, members: Sequence[str], *, every: int = 4, chunk: int = 512
    ) -> None:
        """Prepare the ensemble; draws are made when they are first needed.

        Args:
            scenario: the scenario as given.
            runs: number of runs.
            seed: seed of all random streams.
            members: codes of the members whose stances are recorded.
            every: number of steps from one recorded step to the next.
            chunk: number of runs stepped together after the first; a few hundred are fastest.

        Raises:
            KeyError: a member is not on the roster.
            TooLargeError: the draws would take more memory than the machine has.
            ValueError: ``runs`` or ``seed`` is not an integer within bounds.
        """
        self.scenario, self.members = scenario, tuple(map(scenario.members().code, members))
        self.runs, self.seed = whole("runs", runs, 1), whole("seed", seed)
        self._every, self._setup = every, Setup.of(scenario)
        check_memory(f"draws of {self.runs:,} runs", self.runs * draw_bytes(self._setup))
        first = min(FIRST, self.runs)
        others = chunks(self.runs - first, chunk)
        self._chunks = [slice(0, first), *(slice(first + rows.start, first + rows.stop) for rows in others)]
        self._draws: dict[tuple[Stream, int], np.ndarray] = {}

    def simulate(self, changes: Mapping[str, Any] | None = None) -> Snapshot:
        """Simulate the runs with some parameters changed.

        Args:
            changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.

        Raises:
            ScenarioError: a change is not valid.
        """
        *_, all_runs = self.stages(changes)
        return all_runs

    def stages(self, changes: Mapping[str, Any] | None = None, is_stale: IsStale = lambda: False) -> Iterator[Snapshot]:
        """Simulate the runs with some parameters changed, and yield the first ``FIRST`` of them before all.

        Args:
            changes: values by full key, for example ``{"stance.peer_rate": 0.6}``.
            is_stale: whether the runs are no longer wanted. It is asked after each step of the runs behind the first,
                which ends them.

        Raises:
            ScenarioError: a change is not valid.
        """
        setup = Setup.of(read_scenario(self.scenario, changes)) if changes else self._setup
        recorder = _SnapshotRecorder(setup, self.runs, self.members, self._every, is_stale)
        recorded = Snapshot(setup.scenario, self.members, recorder.days, recorder.stance, recorder.stage, self.runs)
        for rows in self._chunks:
            try:
                step_chunk(setup, self._draws_of(setup, rows), recorder, rows)
            except _Superseded:
                return
            if rows.stop == self.runs:
                yield recorded
            elif not rows.start:
                yield recorded.first(rows.stop)

    def _draws_of(self, setup: Setup, rows: slice) -> Draws:
        missing = [stream for stream in setup.streams if (stream, rows.start) not in self._draws]
        for stream, drawn in zip(missing, draw(missing, self.seed, range(rows.start, rows.stop)).values(), strict=True):
            self._draws[stream, rows.start] = drawn
        return {stream.name: self._draws[stream, rows.start] for stream in setup.streams}
