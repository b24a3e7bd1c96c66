"""The filter: runs are stepped, weighed by each row as it becomes known, and resampled when few weigh much."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.model.setup import Setup
from article10.runs.evidence.nowcast.cloud import NO_JUMPS, Cloud, Jumps
from article10.runs.evidence.nowcast.observations import (
    POSITION,
    Assumptions,
    Observation,
    Seen,
    log_likelihood,
    powers,
)

RESAMPLE_BELOW = 0.5
"""Share of the runs below which the effective sample size makes the filter resample."""

LOW, HIGH = 0.05, 0.95
"""Quantiles at the ends of the interval of a stance."""

COLUMNS = ("mean", "sd", "low", "high", "objects")
"""What is recorded of each member's stance: mean, standard deviation, 90% interval, share of runs that object."""


@dataclass(frozen=True)
class Filtered:
    """What the filter found.

    Attributes:
        by_step: mean, standard deviation, interval and share of runs below the objection line of each member's stance
            at the beginning of each step, (step, member, what), ``what`` as in ``COLUMNS``.
        weights: by step: effective sample size before resampling; the same of the runs of the first day, each with
            the weight of its descendants; whether the runs were resampled; number of rows taken in.
        taught: by row: its probability, and what it changed.
        first: stances on the first day, (run, member).
        stance: stances at the end, (run, member).
        alternative: share of the runs in which each member's main alternative governs at the end, (member,).
        ties: mean ties of each member's government at the end, (member,).
        weight: of each run at the end, which sum to 1, (run,).
        foreseen: by place of a position among the rows: stance of its member on its day and weight of each run,
            before the row was taken in, (run,) each.
    """

    by_step: FloatArray
    weights: pd.DataFrame
    taught: pd.DataFrame
    first: FloatArray
    stance: FloatArray
    alternative: FloatArray
    ties: FloatArray
    weight: FloatArray
    foreseen: Mapping[int, tuple[FloatArray, FloatArray]]


@dataclass(frozen=True)
class Asked:
    """What to filter.

    Attributes:
        setup: setup of the runs.
        runs: number of runs.
        seed: seed of all random streams.
        rows: in the order in which they become known.
        assumed: what is assumed of them.
        learn_until: rows that become known later are foreseen, and not taken in.
        silent: by name of an event left to chance, the number of steps in which it does not begin.
        jumps: moves that the model has no cause for.
    """

    setup: Setup
    runs: int
    seed: int
    rows: Sequence[Observation]
    assumed: Assumptions
    learn_until: date
    silent: Mapping[str, int]
    jumps: Jumps = NO_JUMPS

    def step_about(self, row: Observation) -> int:
        """Number of steps done in the runs that a row is compared with.

        A position with the stance at the beginning of its step, as in the hindcast of stances; who governs and whether
        a ceasefire holds with the end of the step, because an election or a ceasefire falls within it.
        """
        step = self.setup.scenario.step_of(row.day) + (row.kind != POSITION)
        return min(max(step, 0), self.setup.n_steps)

    def step_known(self, row: Observation) -> int:
        """Number of steps done when a row is taken in."""
        known = self.setup.scenario.step_of(row.seen)
        return min(max(known, self.step_about(row)), self.setup.n_steps)


def filtered(asked: Asked, progress: Callable[[int], None] | None = None) -> Filtered:
    """Step, weigh and resample.

    Args:
        asked: what to filter.
        progress: called after each step with the number of steps done.
    """
    work = _Work(asked)
    for step in range(asked.setup.n_steps + 1):
        work.remember(step)
        taken_in = sum(work.take_in(place) for place in work.due.get(step, ()))
        work.record(step, taken_in)
        if step < asked.setup.n_steps:
            work.cloud.advance()
        if progress is not None:
            progress(step)
    return work.result()


class _Work:
    """The cloud with its weights, and what is recorded of it."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.cloud = Cloud(asked.setup, asked.runs, asked.seed, asked.silent, asked.jumps)
        self.first = self.cloud.stance
        self.log_weight = np.zeros(asked.runs)
        self.power = powers(row for row in asked.rows if row.seen <= asked.learn_until)
        self.due: dict[int, list[int]] = {}
        for place, row in enumerate(asked.rows):
            self.due.setdefault(asked.step_known(row), []).append(place)
        self.kept: dict[int, Seen] = {}
        self.foreseen: dict[int, tuple[FloatArray, FloatArray]] = {}
        self.taught: list[dict[str, object]] = []
        self.weights: list[dict[str, float]] = []
        self.by_step = np.zeros((asked.setup.n_steps + 1, len(asked.setup.roster), len(COLUMNS)))
        self.line = np.asarray(asked.setup.values.alone.accession.objection_line)

    @property
    def weight(self) -> FloatArray:
        """Weights that sum to 1, (run,)."""
        weight: FloatArray = np.exp(self.log_weight - self.log_weight.max())
        return weight / weight.sum()

    def remember(self, step: int) -> None:
        """Keep what the rows that are about now will be compared with, those that come late among them."""
        about = [k for k, row in enumerate(self.asked.rows) if self.asked.step_about(row) == step]
        if not about:
            return
        cloud, roster = self.cloud, self.asked.setup.roster
        stance, alternative, ceasefire = cloud.stance, cloud.alternative, cloud.ceasefire
        for place in about:
            named = [roster.index(code) for code in self.asked.rows[place].members]
            self.kept[place] = Seen(stance[:, named], alternative[:, named], ceasefire)

    def take_in(self, place: int) -> bool:
        """Foresee a row, and weigh the runs by it unless it becomes known too late; whether it was taken in."""
        row, seen, before = self.asked.rows[place], self.kept.pop(place), self.weight
        if row.kind == POSITION:
            self.foreseen[place] = (seen.stance[:, 0].astype(np.float32), before)
        if row.seen > self.asked.learn_until:
            return False
        said = log_likelihood(row, seen, self.asked.assumed)
        probability = float(before @ np.exp(said))
        self.log_weight = self.log_weight + self.power[place] * said
        self.taught.append({"row": place, **self._change(row, before), "probability": probability})
        return True

    def _change(self, row: Observation, before: FloatArray) -> dict[str, object]:
        """What a row changed: of a position the member's stance now, of other rows the share of what they say."""
        after = self.weight
        found: dict[str, object] = {"ess": float(1.0 / (after**2).sum())}
        if row.kind != POSITION:
            return found
        now = self.cloud.stance[:, self.asked.setup.roster.index(row.members[0])]
        for name, weight in (("before", before), ("after", after)):
            mean = float(weight @ now)
            found[f"mean_{name}"] = mean
            found[f"sd_{name}"] = float(np.sqrt(weight @ (now - mean) ** 2))
            found[f"objects_{name}"] = float(weight @ (now < self.line))
        return found

    def record(self, step: int, taken_in: int) -> None:
        """Record the weighed runs, and resample them if few weigh much."""
        weight, stance, n = self.weight, self.cloud.stance, self.asked.runs
        self.by_step[step] = _described(stance, weight, float(self.line))
        size = 1.0 / float((weight**2).sum())
        left = 1.0 / float((np.bincount(self.cloud.origin, weight) ** 2).sum())
        resamples = size < RESAMPLE_BELOW * n and step < self.asked.setup.n_steps
        self.weights.append({"ess": size, "first_day": left, "resampled": resamples, "rows": taken_in})
        if resamples:
            ancestors = self.cloud.resample(weight)
            self.log_weight = np.zeros(n)
            self.kept = {
                place: Seen(seen.stance[ancestors], seen.alternative[ancestors], seen.ceasefire[ancestors])
                for place, seen in self.kept.items()
            }

    def result(self) -> Filtered:
        """What was found."""
        cloud, weight, scenario = self.cloud, self.weight, self.asked.setup.scenario
        days = [scenario.date_of(step) for step in range(len(self.weights))]
        return Filtered(
            by_step=self.by_step,
            weights=pd.DataFrame(self.weights, index=pd.Index(days, name="date")),
            taught=pd.DataFrame(self.taught),
            first=self.first,
            stance=cloud.stance,
            alternative=weight @ cloud.alternative,
            ties=weight @ cloud.ties,
            weight=weight,
            foreseen=self.foreseen,
        )


def _described(stance: FloatArray, weight: FloatArray, line: float) -> FloatArray:
    """Mean, standard deviation, interval and share below the objection line of each member, (member, what)."""
    mean = weight @ stance
    sd = np.sqrt(weight @ (stance - mean) ** 2)
    low, high = weighted_quantiles(stance, weight, (LOW, HIGH))
    return np.stack([mean, sd, low, high, weight @ (stance < line)], axis=-1)


def weighted_quantiles(samples: FloatArray, weight: FloatArray, shares: Sequence[float]) -> Iterator[FloatArray]:
    """Quantiles of weighted samples, (case,) each: the smallest sample with at least that share at or below it.

    Args:
        samples: (run, case).
        weight: which sum to 1, (run,).
        shares: from 0 to 1.

    >>> [q.tolist() for q in weighted_quantiles(np.array([[3.0], [1.0]]), np.array([0.9, 0.1]), (0.05, 0.5))]
    [[1.0], [3.0]]
    """
    order = np.argsort(samples, axis=0)
    ranked = np.take_along_axis(samples, order, axis=0)
    below = np.cumsum(weight[order], axis=0)
    for share in shares:
        place = np.minimum((below < share).sum(axis=0), len(samples) - 1)
        yield ranked[place, np.arange(samples.shape[1])]
