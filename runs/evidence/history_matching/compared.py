"""What runs are compared with: positions of members, governments and the war, from 2022 to 2026.

Fixed before any run was compared: the two periods, the outputs and their errors. One output is one member in one
period, whose positions are averaged, because what one member says again is not new evidence; beside these stand the
mean of all positions of a period, the number of governments that changed sides, and that no ceasefire came.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.coded import STANCE_PER_CODE
from article10.model.randomness import Sampler
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.setup import Setup, stacked_setups
from article10.model.stacked_draws import SharedDraws
from article10.model.world import World
from article10.runs.analyses.paired import shared_streams
from article10.runs.batches.kept_runs import step_kept
from article10.runs.ensemble.stepping import MOST
from article10.runs.evidence.nowcast.observations import GOVERNMENT, POSITION, Assumptions, Observation
from article10.runs.evidence.nowcast.record import record_of
from article10.runs.evidence.stance_positions import CODED_ON, EDITION
from article10.runs.evidence.stance_scenario import BASE_EVENTS, HORIZON, NAME

POSITIONS, SUMMARY = "position", "summary"
"""Kinds of outputs: of one member, which can rest on a wrong row; or of many rows, which cannot."""

LEANING = 0.05
"""Standard deviation of an error that all positions of a period share, in stance: coders may lean to one side."""

PAST, NOW = "2022–25", "2026"
"""Names of the periods."""


@dataclass(frozen=True)
class Output:
    """One number of a run that is compared with what is known.

    Attributes:
        name: in a few words.
        kind: ``POSITIONS`` or ``SUMMARY``.
        observed: what is known.
        variance: variance of the error of what is known, and of what the model leaves out.
        is_stance: whether it is a stance, from -1 to 1.
    """

    name: str
    kind: str
    observed: float
    variance: float
    is_stance: bool = True


@dataclass(frozen=True)
class Period:
    """Years that are simulated with the events that are known, and rows on them.

    Attributes:
        name: the years.
        scenario: the scenario.
        rows: positions of offices that decide.
        governments: the last row on who governs, if it is known.
    """

    name: str
    scenario: Scenario
    rows: tuple[Observation, ...]
    governments: Observation | None = None

    @property
    def members(self) -> list[str]:
        """Members with positions."""
        return sorted({row.members[0] for row in self.rows})

    @cached_property
    def outputs(self) -> list[Output]:
        """What is compared, in the order of the last axis of what ``simulated`` returns."""
        found = [self._of(code) for code in self.members]
        n = len(found)
        mean = float(np.mean([each.observed for each in found]))
        spread = sum(each.variance for each in found) / n**2 + LEANING**2
        outputs = [*found, Output(f"mean of all positions {self.name}", SUMMARY, mean, spread)]
        if self.governments is not None:
            changed = sum(self.governments.values)
            wrong = Assumptions().wrong_side
            error = len(self.governments.values) * wrong * (1 - wrong)
            outputs.append(Output(f"governments of the other side {self.name}", SUMMARY, changed, error, False))
            outputs.append(
                Output(f"a ceasefire holds at the end of {self.name}", SUMMARY, 0.0, wrong * (1 - wrong), False)
            )
        return outputs

    def _of(self, code: str) -> Output:
        """The mean position of a member; its rows share their error, and so no error becomes smaller."""
        assumed, rows = Assumptions(), [row for row in self.rows if row.members[0] == code]
        coded = np.mean([row.spread(assumed) ** 2 for row in rows]) + STANCE_PER_CODE**2 / 12
        years = np.mean([(row.day - self.scenario.start).days / 365.25 for row in rows])
        jumps = assumed.jump_rate * years * assumed.jump_size**2
        observed = float(np.mean([row.stance for row in rows]))
        return Output(f"{code} {self.name}", POSITIONS, observed, float(coded + jumps))

    @property
    def given(self) -> set[str]:
        """Keys of parameters that the scenario itself sets because of what is known: they do not vary."""
        from article10.model.scenario import all_declarations

        base = {d.key: d.default for d in all_declarations(read_scenario("baseline", edition=EDITION))}
        return {d.key for d in all_declarations(self.scenario) if d.default != base[d.key]}


def periods() -> tuple[Period, ...]:
    """The periods that are compared: from the attack to December 2025, and from there to October 2026."""
    past = read_scenario(NAME)
    said = record_of(past, CODED_ON, events=True)
    start = read_scenario("baseline", edition=EDITION)
    known = record_of(start, HORIZON, events=True)
    now = read_scenario(known.scenario, {"horizon": HORIZON.isoformat()})
    for name in BASE_EVENTS:  # what happened in 2026 stands among the dated events
        now = read_scenario(now, {"without_events": [name]})
    governments = [row for row in known.rows if row.kind == GOVERNMENT and len(row.members) > 1][-1]
    return (Period(PAST, said.scenario, _decided(said.rows)), Period(NOW, now, _decided(known.rows), governments))


def _decided(rows: Sequence[Observation]) -> tuple[Observation, ...]:
    return tuple(row for row in rows if row.kind == POSITION and row.decides)


class OutputRecorder:
    """The outputs of each run."""

    def __init__(self, setup: Setup, runs: int, period: Period) -> None:
        """Allocate the array.

        Args:
            setup: setup of the scenario.
            runs: number of runs.
            period: what is compared.
        """
        self.values = np.zeros((runs, len(period.outputs)))
        self.last = setup.n_steps
        self._members, roster = period.members, setup.roster
        self._said: dict[int, list[tuple[int, int, float]]] = {}
        for row in period.rows:
            column = self._members.index(row.members[0])
            weight = 1 / sum(other.members == row.members for other in period.rows)
            step = _step(setup.scenario, row.day)
            self._said.setdefault(step, []).append((column, roster.index(row.members[0]), weight))
        governments = period.governments
        self._asked = None if governments is None else [roster.index(code) for code in governments.members]

    def part(self, rows: slice) -> OutputRecorder:
        """The records of some of the runs, in the same memory."""
        own = copy(self)
        own.values = self.values[rows]
        return own

    def arrays(self, rows: slice) -> dict[str, FloatArray]:
        """What is recorded of some runs, for ``kept_runs``."""
        return {"values": self.values[rows]}

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self._note(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: Any) -> None:  # noqa: ANN401 - an array
        """Record the world after a step."""
        self._note(world, rows)

    def _note(self, world: World, rows: slice) -> None:
        for column, place, weight in self._said.get(world.step, ()):
            self.values[rows, column] += weight * world.members.stance[:, place]
        if world.step == self.last:
            n = len(self._members)
            self.values[rows, n] = self.values[rows, :n].mean(axis=1)
            if self._asked is not None:
                self.values[rows, n + 1] = world.members.alternative[:, self._asked].sum(axis=1)
                self.values[rows, n + 2] = world.russia.ceasefire


def _step(scenario: Scenario, day: date) -> int:
    return scenario.n_steps if day >= scenario.horizon else scenario.step_of(day)


def simulated(period: Period, points: Sequence[Mapping[str, float | int]], runs: int, seed: int) -> FloatArray:
    """Outputs of runs at some points, (point, run, output); all points share their random draws.

    Args:
        period: what is compared.
        points: changes of each point, by full key; what the scenario itself gives stays.
        runs: number of runs at each point.
        seed: seed of all random streams.
    """
    given, said = period.given, repr((period.rows, period.governments))
    asked = [{key: value for key, value in point.items() if key not in given} for point in points]
    found = np.zeros((len(points), runs, len(period.outputs)))
    together = max(1, MOST // runs)
    for first in range(0, len(points), together):
        setups = stacked_setups([period.scenario.with_(point) for point in asked[first : first + together]])
        recorders = [OutputRecorder(setup, len(places) * runs, period) for places, setup in setups]
        sampler = Sampler(shared_streams(setup for _, setup in setups), seed)
        stacks = [(setup, recorder) for (_, setup), recorder in zip(setups, recorders, strict=True)]
        step_kept(stacks, SharedDraws(sampler), range(runs), seed, settings=said)
        for (places, _), recorder in zip(setups, recorders, strict=True):
            for i, place in enumerate(places):
                found[first + place] = recorder.values[i * runs : (i + 1) * runs]
    return found
