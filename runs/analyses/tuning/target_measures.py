"""Estimates of the targets from runs, with the standard error of a finite number of runs."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from article10.agents.members import NEVER, NO_BALLOT, REASON_STANCE
from article10.model.accession_rule import OBJECT, SHELVED, Milestone
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.analyses.tuning.targets import (
    ObjectionTarget,
    ProbabilityTarget,
    RatificationTarget,
    StanceTarget,
    Targets,
)
from article10.runs.ensemble.recorder import Recorder
from article10.runs.statistics.intervals import ratio


class TargetRecorder:
    """Outcomes, stances at the dates of the targets, and the step at which a bid was first shelved."""

    def __init__(self, setup: Setup, runs: int, targets: Targets) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the scenario.
            runs: number of runs.
            targets: targets to estimate.
        """
        self.outcomes = Recorder(setup, runs, ())
        self.shelved = np.full(runs, NEVER, np.int32)
        steps = {last_step(setup.scenario, target.day) for target in targets.stance}
        self.stance = {step: np.zeros((runs, len(setup.roster)), np.float32) for step in steps}

    def part(self, rows: slice) -> TargetRecorder:
        """What is recorded of some of the runs, in the same memory."""
        own = copy(self)
        own.outcomes, own.shelved = self.outcomes.part(rows), self.shelved[rows]
        own.stance = {step: stance[rows] for step, stance in self.stance.items()}
        return own

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.outcomes.before(world, rows)
        self._note(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: Any) -> None:  # noqa: ANN401 - an array
        """Record the world after a step."""
        self.outcomes.after_step(world, rows, stance_before)
        self._note(world, rows)

    def _note(self, world: World, rows: slice) -> None:
        if world.step in self.stance:
            self.stance[world.step][rows] = world.members.stance
        now = (world.accession.stage == SHELVED) & (self.shelved[rows] == NEVER)
        self.shelved[rows][now] = world.step


def last_step(scenario: Scenario, day: date) -> int:
    """Number of steps done by the last recorded date on or before a day, as in a result's ``step``."""
    return scenario.n_steps if day >= scenario.horizon else scenario.step_of(day)


@dataclass(frozen=True)
class Measured:
    """Estimate of each target.

    Attributes:
        values: estimates, (target,); NaN where no run provides one.
        errors: standard errors of the estimates, (target,).
    """

    values: np.ndarray
    errors: np.ndarray


def summarised(recorder: TargetRecorder, setup: Setup, targets: Targets) -> Measured:
    """Estimates of the targets over the runs of a recorder."""
    found = [_of(target, recorder, setup) for target in targets]
    return Measured(np.array([value for value, _ in found]), np.array([error for _, error in found]))


def _of(target: object, recorder: TargetRecorder, setup: Setup) -> tuple[float, float]:
    if isinstance(target, StanceTarget):
        step, place = last_step(setup.scenario, target.day), setup.roster.index(target.member)
        return mean(np.ascontiguousarray(recorder.stance[step][:, place]))
    if isinstance(target, ProbabilityTarget):
        return share(_reached(target, recorder, setup.scenario))
    if isinstance(target, RatificationTarget):
        return median(_days(target, recorder, setup))
    assert isinstance(target, ObjectionTarget)
    return ratio(*_objections(target, recorder, setup.roster.index(target.member)))


def _reached(target: ProbabilityTarget, recorder: TargetRecorder, scenario: Scenario) -> np.ndarray:
    step = recorder.shelved if target.milestone == "shelved" else _entered(recorder, target.milestone)
    return np.asarray((step != NEVER) & (step <= last_step(scenario, target.day)))


def _entered(recorder: TargetRecorder, milestone: str) -> np.ndarray:
    return np.asarray(recorder.outcomes.outcomes.entered[Milestone(milestone)])


def _days(target: RatificationTarget, recorder: TargetRecorder, setup: Setup) -> np.ndarray:
    """Days from signature to ratification in runs with a signature; infinite where it is not ratified."""
    signed = _entered(recorder, "signature")
    ratified = recorder.outcomes.outcomes.ratified_step.astype(float)
    ratified[ratified == NEVER] = np.inf
    if target.member is not None:
        step = ratified[:, setup.roster.index(target.member)]
    else:
        step = np.sort(ratified, axis=1)[:, (target.n or 1) - 1]
    return np.asarray((step - signed)[signed != NEVER] * setup.scenario.step_days)


def _objections(target: ObjectionTarget, recorder: TargetRecorder, place: int) -> tuple[np.ndarray, np.ndarray]:
    kept = recorder.outcomes.outcomes
    councils = (kept.ballot != NO_BALLOT).any(axis=2).sum(axis=1)
    own = (kept.reason[:, :, place] & REASON_STANCE) > 0
    objects = own if target.reason == "own_stance" else kept.ballot[:, :, place] == OBJECT
    return objects.sum(axis=1).astype(float), councils.astype(float)


# --- estimates and their errors -------------------------------------------------------------------------------------


def mean(values: np.ndarray) -> tuple[float, float]:
    """The mean and its standard error."""
    error = float(values.std(ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 1.0
    return float(values.mean()), float(error)


def share(reached: np.ndarray) -> tuple[float, float]:
    """A share and its binomial standard error.

    The error is that of Agresti & Coull (1998), with two successes and two failures added, because a share of zero in a
    finite number of runs does not mean a probability of zero.

    >>> value, error = share(np.zeros(96, dtype=bool))
    >>> value, round(error, 3)
    (0.0, 0.014)
    """
    n, k = len(reached), int(reached.sum())
    middle = (k + 2) / (n + 4)
    return k / n, float(np.sqrt(middle * (1 - middle) / (n + 4)))


def median(values: np.ndarray) -> tuple[float, float]:
    """The median and its standard error from order statistics; NaN if it is infinite or there are no values.

    The error is half the distance between the order statistics one binomial standard deviation to either side.
    """
    ordered, n = np.sort(values), len(values)
    if n == 0 or not np.isfinite(ordered[n // 2]):
        return float("nan"), float("nan")
    half = np.sqrt(n) / 2
    low, high = ordered[max(0, int(n / 2 - half))], ordered[min(n - 1, int(np.ceil(n / 2 + half)))]
    high = high if np.isfinite(high) else ordered[np.isfinite(ordered)][-1]
    middle = ordered[n // 2] if n % 2 else (ordered[n // 2 - 1] + ordered[n // 2]) / 2
    return float(middle), float(max((high - low) / 2, np.finfo(float).eps))
