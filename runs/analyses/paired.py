"""The same worlds under several scenarios: every random draw is shared, so that what differs is what was changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from article10.agents.short_error import shown
from article10.model.accession_rule import ENTERED, INVITED, MEMBER
from article10.model.arguments import LARGEST, whole
from article10.model.days import day_given
from article10.model.randomness import Sampler, Stream
from article10.model.scenario import Scenario
from article10.model.setup import Setup, stacked_setups
from article10.model.stacked_draws import SharedDraws
from article10.model.world import World
from article10.runs.analyses.result import listed
from article10.runs.ensemble.dataset import dataset
from article10.runs.ensemble.recorder import MEMBER_VARIABLES, RUN_VARIABLES, Recorder
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.stepping import step_stacks
from article10.runs.ensemble.summary import MILESTONES
from article10.runs.ensemble.years import ends_of_years as ends_of_years
from article10.runs.ensemble.years import steps_at_year_ends
from article10.runs.output.progress import Progress as Progress  # for the analyses, whose progress is of paired runs
from article10.runs.output.progress import part_of as part_of

OUTCOMES = tuple(ENTERED[stage] for stage in (INVITED, MEMBER))
"""Milestones on which influence is measured."""


class YearEndRecorder:
    """Outcomes, and chosen variables at the last step of each calendar year."""

    def __init__(self, setup: Setup, runs: int, names: Sequence[str]) -> None:
        """Make room.

        Args:
            setup: of the scenario.
            runs: number of runs.
            names: in MEMBER_VARIABLES or RUN_VARIABLES.
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
        """What is recorded of some of the runs, in the same memory."""
        own = copy(self)
        own.outcomes, own.values = self.outcomes.part(rows), {name: held[rows] for name, held in self.values.items()}
        return own

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
    """Run several scenarios in the same worlds: run k of each has the draws of run k of the others.

    Run k of a variant is run k of ``article10.simulate`` of it, bit for bit; draws are made once for all variants.

    Args:
        variants: by a name; they must begin on the same day and have the same horizon, step and members.
        runs: of each.
        seed: of all random streams.
        by_year: variables to keep at the end of every year, as ``NAME_by_year``; outcomes are always kept.
        first_run: number of the first run.
        progress: called with the number of runs done and of all, ``len(variants) * runs``.

    Returns:
        By name, the result of each variant.

    Raises:
        ValueError: ``runs`` or ``seed`` is wrong, or the variants differ in time or in members.

    >>> from article10 import read_scenario
    >>> short = {"horizon": "2026-06-01"}
    >>> both = {name: read_scenario(name, short) for name in ("baseline", "no_pressure")}
    >>> sorted(paired_runs(both, runs=4))
    ['baseline', 'no_pressure']
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    first_run = whole("first_run", first_run, most=LARGEST - runs)
    check_comparable(variants)
    names, scenarios = list(variants), list(variants.values())
    setups = stacked_setups(scenarios)
    recorders = [YearEndRecorder(setup, len(places) * runs, by_year) for places, setup in setups]
    sampler = Sampler(shared_streams(setup for _, setup in setups), seed)
    step_stacks(
        [(setup, recorder) for (_, setup), recorder in zip(setups, recorders, strict=True)],
        SharedDraws(sampler),
        range(first_run, first_run + runs),
        progress=progress,
    )
    found = {}
    for (places, setup), recorder in zip(setups, recorders, strict=True):
        for i, place in enumerate(places):
            own = recorder.part(slice(i * runs, (i + 1) * runs))
            found[names[place]] = own.result(setup.stack([scenarios[place]]), seed, first_run)
    return {name: found[name] for name in names}


SAME_IN_ALL: Mapping[str, Callable[[Scenario], object]] = {
    "start": lambda scenario: scenario.start,
    "horizon": lambda scenario: scenario.horizon,
    "step_days": lambda scenario: scenario.step_days,
    "without": lambda scenario: sorted(scenario.without),
}
"""What scenarios must agree in for a draw to mean the same in each of them: the same member in the same step."""


def check_comparable(variants: Mapping[str, Scenario]) -> None:
    """Refuse scenarios whose runs cannot be compared pair by pair: they differ in time or in members.

    Raises:
        ValueError: with what they differ in.
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
    """The streams of all setups together, each as long as the longest that is asked for.

    A run's draws lie earliest first, so that a setup that needs fewer (it reviews Russia's effort less often, or holds
    fewer elections) finds the ones that it would have alone at the beginning: the n-th review is drawn alike in all.

    Raises:
        ValueError: two ask for draws of another kind under one name.
    """
    together: dict[str, Stream] = {}
    for stream in (stream for setup in setups for stream in setup.streams):
        both = (stream, together.setdefault(stream.name, stream))
        if len({replace(one, shape=one.shape[1:]) for one in both}) > 1:
            raise ValueError(f"the scenarios cannot share draws: {stream.name!r} is drawn in another way in each")
        together[stream.name] = max(both, key=lambda one: one.shape[0])
    return tuple(together.values())


# --- what is asked of a scenario and read off a result ----------------------------------------------------------------


def outcomes_ahead(scenario: Scenario) -> tuple[str, ...]:
    """The outcomes that are not behind the candidate on the first day."""
    return OUTCOMES if scenario.accession.stage == "aspirant" else OUTCOMES[1:]


def columns_ahead(frame: pd.DataFrame, scenario: Scenario) -> pd.DataFrame:
    """A table without the columns of outcomes that are behind the candidate on the first day."""
    behind = set(OUTCOMES) - set(outcomes_ahead(scenario))
    return frame[[column for column in frame if not any(outcome in str(column) for outcome in behind)]]


def check_milestone(name: str) -> None:
    """Refuse what is no milestone.

    Raises:
        ValueError: it is none.
    """
    if name not in MILESTONES:
        raise ValueError(f"outcome = {shown(name)}: expected {', '.join(MILESTONES)}")


def reached(result: EnsembleResult, milestone: str, by: object = None) -> np.ndarray:
    """Whether each run has reached a milestone by the end of a date, (run,) of bool.

    Args:
        result: of any ensemble.
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
