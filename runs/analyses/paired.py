"""Paired runs of several scenarios: they share every random draw, so that they differ only by what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.short_error import shown
from article10.model.accession_rule import Milestone
from article10.model.arguments import LARGEST, whole
from article10.model.days import day_given
from article10.model.randomness import Sampler, Stream
from article10.model.scenario import Scenario
from article10.model.setup import Setup, stacked_setups
from article10.model.stacked_draws import SharedDraws
from article10.model.world import World
from article10.runs.analyses.result import listed
from article10.runs.batches.kept_runs import step_kept
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES, Recorder
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.years import ends_of_years as ends_of_years
from article10.runs.ensemble.years import steps_at_year_ends
from article10.runs.output.progress import Progress as Progress  # re-exported for the analyses that use paired runs
from article10.runs.output.progress import part_of as part_of

MEASURED = (Milestone.INVITATION.value, Milestone.ACCESSION.value)
"""Milestones on which effects are measured."""


class YearEndRecorder:
    """Records outcomes, and some variables at the last step of each calendar year."""

    def __init__(self, setup: Setup, runs: int, names: Sequence[str]) -> None:
        """Allocate the arrays.

        Args:
            setup: setup of the scenario.
            runs: number of runs.
            names: names of variables in MEMBER_VARIABLES or RUN_VARIABLES.
        """
        self.outcomes = Recorder(setup, runs, ())
        self.years = steps_at_year_ends(setup.scenario)
        members = len(setup.roster)
        self.values: dict[str, np.ndarray] = {
            name: np.zeros(
                (runs, len(self.years), members) if name in MEMBER_VARIABLES else (runs, len(self.years)), np.float32
            )
            for name in names
        }
        self._place = {step: place for place, step in enumerate(self.years.values())}

    def part(self, rows: slice) -> YearEndRecorder:
        """The records of some of the runs, in the same memory."""
        own = copy(self)
        own.outcomes, own.values = self.outcomes.part(rows), {name: held[rows] for name, held in self.values.items()}
        return own

    def arrays(self, rows: slice) -> dict[str, np.ndarray]:
        """Everything that is recorded of some runs, by name, as views."""
        by_year = {f"{name}_by_year": values[rows] for name, values in self.values.items()}
        return {**self.outcomes.arrays(rows), **by_year}

    def before(self, world: World, rows: slice) -> None:
        """Record the first day."""
        self.outcomes.before(world, rows)

    def after_step(self, world: World, rows: slice, stance_before: Any) -> None:  # noqa: ANN401 - an array
        """Record the world after a step."""
        self.outcomes.after_step(world, rows, stance_before)
        place = self._place.get(world.step)
        if place is not None:
            for name, values in self.values.items():
                variable = MEMBER_VARIABLES.get(name) or RUN_VARIABLES[name]
                values[rows, place] = variable.read(world)

    def result(self, setup: Setup, seed: int, first_run: int) -> EnsembleResult:
        """The result, with each variable as ``NAME_by_year`` over (run, year) or (run, year, member)."""
        data = dataset(setup, self.outcomes, seed, first_run)
        for name, values in self.values.items():
            dims = ("run", "year", "member")[: values.ndim]
            data[f"{name}_by_year"] = xr.DataArray(values, dims=dims)
        return EnsembleResult(data.assign_coords(year=list(self.years)))


def paired_runs(
    variants: Mapping[str, Scenario],
    runs: int,
    seed: int = 0,
    *,
    by_year: Sequence[str] = (),
    first_run: int = 0,
    progress: Progress | None = None,
) -> dict[str, EnsembleResult]:
    """Run several scenarios with the same random draws: run k of each has the draws of run k of the others.

    Run k of a variant equals run k of ``article10.simulate`` with that scenario, bit for bit; draws are made once.

    Args:
        variants: scenarios by name; they must have the same start, horizon, step and members.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        by_year: variables to record at the end of every year, as ``NAME_by_year``; outcomes are always recorded.
        first_run: number of the first run.
        progress: called with the number of runs done and the number of all runs, ``len(variants) * runs``.

    Returns:
        The result of each variant, by name.

    Raises:
        ValueError: ``runs`` or ``seed`` is invalid, or the variants differ in time or in members.

    >>> from article10 import read_scenario
    >>> short = {"horizon": "2027-06-01"}
    >>> both = {name: read_scenario(name, short) for name in ("baseline", "no_pressure")}
    >>> sorted(paired_runs(both, runs=4))
    ['baseline', 'no_pressure']
    """
    records = paired_records(variants, runs, seed, by_year=by_year, first_run=first_run, progress=progress)
    return {name: record.result(setup, seed, first_run) for name, (record, setup) in records.items()}


def paired_records(
    variants: Mapping[str, Scenario],
    runs: int,
    seed: int = 0,
    *,
    by_year: Sequence[str] = (),
    first_run: int = 0,
    progress: Progress | None = None,
) -> dict[str, tuple[YearEndRecorder, Setup]]:
    """What is recorded of paired runs, as arrays: for analyses of so many variants that datasets would take their time.

    Arguments and errors are those of ``paired_runs``.

    Returns:
        The record of each variant with its setup, by name.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    first_run = whole("first_run", first_run, most=LARGEST - runs)
    check_comparable(variants)
    names, scenarios = list(variants), list(variants.values())
    setups = stacked_setups(scenarios)
    recorders = [YearEndRecorder(setup, len(places) * runs, by_year) for places, setup in setups]
    sampler = Sampler(shared_streams(setup for _, setup in setups), seed)
    step_kept(
        [(setup, recorder) for (_, setup), recorder in zip(setups, recorders, strict=True)],
        SharedDraws(sampler),
        range(first_run, first_run + runs),
        seed,
        progress=progress,
    )
    found = {}
    for (places, setup), recorder in zip(setups, recorders, strict=True):
        for i, place in enumerate(places):
            own = recorder.part(slice(i * runs, (i + 1) * runs))
            found[names[place]] = own, setup.stack([scenarios[place]])
    return {name: found[name] for name in names}


SAME_IN_ALL: Mapping[str, Callable[[Scenario], object]] = {
    "start": lambda scenario: scenario.start,
    "horizon": lambda scenario: scenario.horizon,
    "step_days": lambda scenario: scenario.step_days,
    "without": lambda scenario: sorted(scenario.without),
}
"""The values that scenarios must share, so that a draw has the same meaning in each: the same member and step."""


def check_comparable(variants: Mapping[str, Scenario]) -> None:
    """Refuse scenarios whose runs cannot be paired, because they differ in time or in members.

    Raises:
        ValueError: the message says in what they differ.
    """
    first, *others = variants.items()
    for name, scenario in others:
        for what, read in SAME_IN_ALL.items():
            one, other = read(first[1]), read(scenario)
            if one != other:
                raise ValueError(
                    f"{first[0]!r} and {name!r} cannot share draws: {what} is {one} in one and {other} in the other; "
                    f"expected the same {listed(SAME_IN_ALL)}"
                )


def shared_streams(setups: Iterable[Setup]) -> tuple[Stream, ...]:
    """The random streams of all setups together, each as long as the longest that a setup needs.

    Draws of a run are in the order of their use. A setup that needs fewer draws (it reviews Russia's effort less often,
    or has fewer elections) uses the first ones, as it would alone: the n-th review has the same draw in all setups.

    Raises:
        ValueError: two setups have different kinds of draws under one name.
    """
    together: dict[str, Stream] = {}
    for stream in (stream for setup in setups for stream in setup.streams):
        both = (stream, together.setdefault(stream.name, stream))
        if len({replace(one, shape=one.shape[1:]) for one in both}) > 1:
            raise ValueError(f"the scenarios cannot share draws: {stream.name!r} is drawn in another way in each")
        together[stream.name] = max(both, key=lambda one: one.shape[0])
    return tuple(together.values())


# --- milestones -------------------------------------------------------------------------------------------------------


def outcomes_ahead(scenario: Scenario) -> tuple[str, ...]:
    """Outcomes still possible at the start."""
    return MEASURED if scenario.accession.stage == "aspirant" else MEASURED[1:]


def columns_ahead(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """A table without the columns of outcomes that the candidate has reached before the start."""
    behind = set(MEASURED) - set(outcomes_ahead(scenario))
    return frame[[column for column in frame if not any(outcome in str(column) for outcome in behind)]]


def check_milestone(name: str) -> None:
    """Raise unless a name is that of a milestone.

    Raises:
        ValueError: the name is not that of a milestone.
    """
    if name not in tuple(Milestone):
        raise ValueError(f"outcome = {shown(name)}: expected {', '.join(Milestone)}")


def reached(result: EnsembleResult, milestone: str, by: object = None) -> np.ndarray:
    """Whether each run has reached a milestone by the end of a date, (run,) of bool.

    Args:
        result: the result of an ensemble.
        milestone: ``invitation``, ``signature`` or ``accession``.
        by: a date; by default the horizon.
    """
    dates = result.outcomes_by_member[f"{milestone}_date"]
    return dates.notna().to_numpy() if by is None else (dates <= pd.Timestamp(day_given("by", by))).to_numpy()


def years_until(result: EnsembleResult, milestone: str) -> np.ndarray:
    """Years from the start to a milestone, or to the horizon in runs that do not reach it, (run,).

    Its mean over runs is the restricted mean time to the milestone (Royston & Parmar 2013); every run is observed to
    the horizon, so that no estimate is needed.
    """
    s = result.scenario
    dates = result.outcomes_by_member[f"{milestone}_date"].fillna(pd.Timestamp(s.horizon))
    return ((dates - pd.Timestamp(s.start)).dt.days / 365.25).to_numpy()
