"""Why a member's stance changed: exact contributions of each mechanism, in one run or on average over an ensemble."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from article10.agents.arrays import FloatArray
from article10.agents.russia import Strategy
from article10.model.days import day_given
from article10.model.mechanisms import BOUNDS, Mechanism
from article10.model.scenario import Scenario
from article10.model.setup import Setup
from article10.model.world import World
from article10.runs.ensemble.recorder import CONTRIBUTION
from article10.runs.ensemble.rerun import rebuild_setup
from article10.runs.statistics.proportion import Z95

if TYPE_CHECKING:
    from article10.runs.ensemble.result import EnsembleResult

START, END = "start", "end"

BESIDE = ("cover", "voiced", "hold", "barred_by_war", "consent")
"""Columns beside the contributions: what turns a stance at the end of a year into a ballot."""

VISIBLE = 1e-6
"""Smaller contributions, such as the rounding in ``bounds``, have no bar."""


def steps_between(scenario: Scenario, start: object, end: object) -> tuple[int, int]:
    """The numbers of steps done at two dates; by default at the start and at the horizon.

    Args:
        scenario: the scenario, which defines the steps.
        start: a date, or None.
        end: a later date, or None.

    Raises:
        ValueError: a date is outside the scenario, or the second is not after the first.
    """
    first = scenario.start if start is None else day_given("start", start)
    last = scenario.horizon if end is None else day_given("end", end)
    for name, day in (("start", first), ("end", last)):
        if not scenario.start <= day <= scenario.horizon:
            raise ValueError(f"{name} = {day}: expected {scenario.start} to {scenario.horizon}")
    begins, ends = scenario.step_of(first), scenario.n_steps if end is None else scenario.step_of(last)
    if begins >= ends:
        raise ValueError(f"end = {last}: expected a date at least a step after the start, {first}")
    return begins, ends


def explain_run(
    result: EnsembleResult,
    member: str,
    run: int,
    *,
    start: object = None,
    end: object = None,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> pd.DataFrame:
    """The contribution of each mechanism to a member's stance in a run, year by year.

    The run is re-simulated from the provenance, bit for bit, with contributions recorded.

    Args:
        result: the result that contains the run.
        member: code of the member.
        run: number of the run.
        start: first day; by default that of the scenario.
        end: last day; by default the horizon.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

    Returns:
        A table with one row per calendar year and the columns ``start``, each mechanism, ``bounds``, ``end``. In each
        row, start plus contributions equals end, within 1e-12. Beside them stands what makes a ballot of the stance at
        the end of the year: ``cover``, and ``voiced``, exactly end plus cover; and whether the member then holds out
        for a price (``hold``), objects because of the war (``barred_by_war``) or has consented (``consent``).

    Raises:
        KeyError: the member is not on the roster.
        ValueError: the run is not in the result, a date is invalid, or a function with which the result was made is not
            given.
    """
    from article10.runs.ensemble.branch import rerun_any

    place = result.scenario.members().index(member)
    begins, ends = steps_between(result.scenario, start, end)
    recorded = ("stance", *(name for name in BESIDE if name != "voiced"), CONTRIBUTION)
    made_again = rerun_any(result, run, recorded, strategy=strategy, mechanisms=mechanisms)
    again = made_again.data.isel(run=0, member=place)
    parts = again[CONTRIBUTION].to_numpy()
    first = float(again["stance"].to_numpy()[0]) + parts[:begins].sum()
    years = pd.DatetimeIndex(again["step"].to_numpy()[begins:ends]).year
    names = [str(name) for name in again["mechanism"].to_numpy()]
    frame = pd.DataFrame(parts[begins:ends], columns=names).groupby(np.asarray(years)).sum()
    frame.index.name = "year"
    at_end = first + frame.sum(axis=1).cumsum()
    frame.insert(0, START, at_end.shift(1, fill_value=first))
    frame[END] = at_end
    last = pd.Series(np.arange(begins, ends) + 1).groupby(np.asarray(years)).last().to_numpy()
    frame["cover"] = again["cover"].to_numpy()[last]
    frame["voiced"] = frame[END] + frame["cover"]
    for name in ("hold", "barred_by_war", "consent"):
        frame[name] = again[name].to_numpy()[last].astype(bool)
    return frame


class _OneMember:
    """The contribution of each mechanism to one member's stance between two steps, by run."""

    def __init__(self, setup: Setup, runs: int, member: int, begins: int, ends: int) -> None:
        self.member, self.begins, self.ends = member, begins, ends
        self.names = [*setup.mechanisms, BOUNDS]
        self.parts = np.zeros((runs, len(self.names)))
        self.start, self.end = np.zeros(runs), np.zeros(runs)

    def before(self, world: World, rows: slice) -> None:
        """Record the stance on the first day."""
        world.record_rates = True
        self.start[rows] = self.end[rows] = world.members.stance[:, self.member]

    def after_step(self, world: World, rows: slice, stance_before: FloatArray) -> None:
        """Add the contributions of the step, if it lies between the two."""
        if not self.begins < world.step <= self.ends:
            return
        if world.step == self.begins + 1:
            self.start[rows] = stance_before[:, self.member]
        into, now = self.parts[rows], world.members.stance[:, self.member]
        effective_step = world.by_run.constants.effective_step
        moved = np.zeros(len(now))
        for place, rate in enumerate(world.rates.values()):
            change = effective_step * np.broadcast_to(rate, stance_before.shape)[:, self.member]
            into[:, place] += change
            moved += change
        into[:, -1] += now - stance_before[:, self.member] - moved
        self.end[rows] = now


def explain_ensemble(
    result: EnsembleResult,
    member: str,
    *,
    start: object = None,
    end: object = None,
    strategy: Strategy | None = None,
    mechanisms: Mapping[str, Mechanism] | None = None,
) -> pd.DataFrame:
    """The mean contribution of each mechanism to a member's stance between two dates, with 95% intervals.

    All runs are re-simulated from the provenance, chunk by chunk; only sums by run are held in memory.

    Args:
        result: the ensemble.
        member: code of the member.
        start: first day; by default that of the scenario.
        end: last day; by default the horizon.
        strategy: the function that was passed to ``simulate`` as Russia's strategy, if there was one.
        mechanisms: the functions that were passed to ``simulate`` as mechanisms, if there were any.

    Returns:
        A table with the rows ``start``, each mechanism, ``bounds``, ``end`` and the columns ``mean``, ``mean_low``,
        ``mean_high``, ``spread`` (standard deviation over runs). The means of the start and of all contributions add up
        to the mean of the end, within 1e-12.

    Raises:
        KeyError: the member is not on the roster.
        ValueError: a date is invalid, or a function with which the result was made is not given.
    """
    from article10.runs.ensemble.branch import step_again

    result.check_runs()
    place = result.scenario.members().index(member)
    setup = rebuild_setup(result, strategy, mechanisms)
    begins, ends = steps_between(setup.scenario, start, end)
    kept = _OneMember(setup, result.runs, place, begins, ends)
    step_again(result, kept, strategy, mechanisms)
    by_run = pd.DataFrame(kept.parts, columns=kept.names)
    by_run.insert(0, START, kept.start)
    by_run[END] = kept.end
    half = Z95 * by_run.std(ddof=0) / np.sqrt(result.runs)
    mean = by_run.mean()
    frame = pd.DataFrame(
        {"mean": mean, "mean_low": mean - half, "mean_high": mean + half, "spread": by_run.std(ddof=0)}
    )
    return frame.rename_axis("mechanism")


@dataclass(frozen=True)
class Bar:
    """One bar of a waterfall chart; a ``whole`` bar begins at zero."""

    label: str
    bottom: float
    height: float
    whole: bool = False


def contributions(explained: pd.DataFrame) -> pd.DataFrame:
    """What each mechanism contributed to the stance in each year of a table of ``explain_run``, (year, mechanism)."""
    return explained.drop(columns=[START, END, *BESIDE], errors="ignore")


def waterfall(explained: pd.DataFrame) -> list[Bar]:
    """The bars of a waterfall chart over the whole period, from the first stance to the last, without idle mechanisms.

    Args:
        explained: a table of ``explain_run`` or ``explain_ensemble``.
    """
    if "mean" in explained:
        parts = explained["mean"].drop([START, END])
        start, end = float(explained["mean"][START]), float(explained["mean"][END])
    else:
        parts = contributions(explained).sum()
        start, end = float(explained[START].iloc[0]), float(explained[END].iloc[-1])
    bars, level = [Bar(START, 0.0, start, whole=True)], start
    for name, height in parts.items():
        if abs(height) > VISIBLE:
            bars.append(Bar(str(name), level, float(height)))
            level += float(height)
    bars.append(Bar(END, 0.0, end, whole=True))
    return bars
