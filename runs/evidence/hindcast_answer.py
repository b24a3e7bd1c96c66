"""The result of a hindcast: a forecast of a round of accession, scored beside its baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult
from article10.runs.evidence.ratification_fit import RatificationFit
from article10.runs.evidence.rounds import Round
from article10.runs.output.table import ResultTable
from article10.runs.statistics import scores
from article10.runs.statistics.forms import NUMBER, PERCENT

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODEL = "model"
BRIER_DAYS = (30, 90, 180, 365)
LEVELS = (0.5, 0.9)
FEWEST = 5
"""Fewest members for a mean Brier score or coverage; members whose bounds do not decide it are not counted."""

HOLDOUTS = 2
"""Number of members that ratified last that are compared."""


class DayFormat(str):
    """Format of days from signature: ``>917`` for a day at or beyond a horizon of 917 days."""

    __slots__ = ("horizon",)

    horizon: float

    @classmethod
    def until(cls, horizon: float) -> DayFormat:
        """The format for a horizon in days."""
        form = cls("{:,.0f}")
        form.horizon = horizon
        return form

    def format(self, *args: object, **kwargs: object) -> str:
        """A number of days as text.

        >>> DayFormat.until(917.0).format(268.0), DayFormat.until(917.0).format(917.0)
        ('268', '>917')
        """
        (day,) = args
        beyond = isinstance(day, float) and day >= self.horizon
        return f">{self.horizon:.0f}" if beyond else super().format(day)


@dataclass(frozen=True, repr=False)
class Hindcast(AnalysisResult):
    """The forecast of a round, and its scores.

    Attributes:
        scenario: scenario of the round.
        runs: number of runs of the forecast, over all draws of the fit.
        seed: seed of all random streams.
        round: the round as observed.
        fit: speeds and paces fitted to other rounds, or also to this round's members that supported at signing.
        pace_known: whether the fit used those members; then only the others are scored.
        varied: keys of parameters drawn from their plausible ranges with each draw of the fit.
        days: by forecast (``"model"`` and the baselines), days from signature to each member's ratification in each
            run, (run, member of the roster); beyond the horizon where the member never ratified.
        accession: by forecast, days from signature to the accession of the candidate, (run,).
    """

    scenario: Scenario
    runs: int
    seed: int
    round: Round
    fit: RatificationFit
    pace_known: bool
    varied: tuple[str, ...]
    days: Mapping[str, FloatArray]
    accession: Mapping[str, FloatArray]

    covers: ClassVar[str] = (
        "Skill: 95% intervals over the members scored. Days: 90% intervals of the forecast. Neither says how sure the "
        "model is of other rounds."
    )

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Which members ratify when, given stances at signing and {self.source_of_pace}? ({self.scenario.name})"

    @property
    def source_of_pace(self) -> str:
        """The data to which speeds and pace were fitted."""
        return "the pace of its supporters" if self.pace_known else "speeds and pace of other rounds"

    @property
    def baselines(self) -> list[str]:
        """Names of the forecasts that the model is compared with."""
        return [name for name in self.days if name != MODEL]

    @cached_property
    def _observed(self) -> np.ndarray:
        """Positions on the roster of the members observed."""
        roster = self.round.setup.roster
        return np.array([roster.index(code) for code in self.round.members])

    @cached_property
    def judged(self) -> BoolArray:
        """Which of the members observed are scored, (member,): those of this round that the fit did not use."""
        return ~self.round.supported_at_signing if self.pace_known else np.ones(len(self.round.members), dtype=bool)

    @cached_property
    def _interval(self) -> tuple[FloatArray, FloatArray]:
        """The observed intervals, truncated at the horizon; an interval that reaches it is open."""
        horizon = self.round.horizon
        return np.minimum(self.round.low, horizon), np.minimum(self.round.high, horizon)

    def of_members(self, forecast: str = MODEL) -> FloatArray:
        """Forecast days of the members observed, truncated at the horizon, (run, member)."""
        return np.minimum(self.days[forecast][:, self._observed], self.round.horizon)

    @cached_property
    def by_member(self) -> Mapping[str, pd.DataFrame]:
        """Scores of each member, one table per forecast: ``crps`` in days, ``log``, ``brier_30`` and so on."""
        which, horizon = self.judged, self.round.horizon
        low, high = (end[which] for end in self._interval)
        tables = {}
        for forecast in self.days:
            samples, uncut = self.of_members(forecast)[:, which], self.days[forecast][:, self._observed[which]]
            by_day = {f"brier_{day}": scores.brier(uncut, low, high, day) for day in BRIER_DAYS if day < horizon}
            columns = {
                "crps": scores.interval_crps(samples, low, high),
                "log": scores.log_score(uncut, low, high, horizon, self.scenario.step_days),
                **by_day,
                **{f"covered_{level:.0%}": scores.covered(samples, low, high, level) for level in LEVELS},
            }
            tables[forecast] = pd.DataFrame(columns, index=pd.Index(np.array(self.round.members)[which], name="member"))
        return tables

    @cached_property
    def scored(self) -> pd.DataFrame:
        """Mean scores, one row per forecast: columns of ``by_member``, ``concordance``, ``last`` (see `holdouts`).

        Brier scores and coverage are not-a-number if fewer than ``FEWEST`` members can be scored.
        """
        low, high = self._interval
        rows = {}
        for forecast, table in self.by_member.items():
            order = scores.concordance(self.of_members(forecast), low, high, self.round.milestones)
            order = np.nan if self.pace_known else order  # most members were used in the fit
            holdouts = self.holdouts(forecast)
            seen = holdouts.loc[holdouts["was_last"], "share"] if self.last_known else pd.Series(dtype=float)
            means = table.mean().where((table.count() >= FEWEST) | table.columns.isin(["crps", "log"]))
            rows[forecast] = {**means.to_dict(), "concordance": order, "last": seen.mean()}
        frame = pd.DataFrame(rows).T
        frame.index.name = "forecast"
        return frame

    @cached_property
    def skills(self) -> pd.DataFrame:
        """Skill of the model over each baseline by score, with 95% bootstrap intervals over members."""
        mine, judged = self.by_member[MODEL], [name for name in self._brier if np.isfinite(self.scored[name].iloc[0])]
        rows = []
        for baseline in self.baselines:
            theirs = self.by_member[baseline]
            row: dict[str, object] = {"baseline": baseline}
            for name, columns in (("crps", ["crps"]), ("log", ["log"]), ("brier", judged)):
                row |= dict.fromkeys((name, f"{name}_low", f"{name}_high"), np.nan)
                if columns:
                    found = scores.skill(mine[columns].mean(axis=1).to_numpy(), theirs[columns].mean(axis=1).to_numpy())
                    row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
            rows.append(row)
        return pd.DataFrame(rows).set_index("baseline")

    @property
    def _brier(self) -> list[str]:
        return [f"brier_{day}" for day in BRIER_DAYS if day < self.round.horizon]

    @property
    def last_known(self) -> bool:
        """Whether the observations show which members ratified last."""
        low, high = self._interval
        ranked = np.argsort(low, kind="stable")
        last, rest = ranked[-HOLDOUTS:], ranked[:-HOLDOUTS]
        alike = len(set(self.round.milestones)) == 1
        return bool(alike and rest.size and low[last].min() >= high[rest].max())

    def holdouts(self, forecast: str = MODEL) -> pd.DataFrame:
        """Share of runs in which each member is among the last two to ratify (ties shared), and who was, if known."""
        samples = self.of_members(forecast)
        later = (samples[:, :, None] < samples[:, None, :]).sum(axis=2)
        alike = (samples[:, :, None] == samples[:, None, :]).sum(axis=2)
        share = np.clip((HOLDOUTS - later) / alike, 0.0, 1.0).mean(axis=0)
        was = np.zeros(len(share), dtype=bool)
        if self.last_known:
            was[np.argsort(self._interval[0], kind="stable")[-HOLDOUTS:]] = True
        index = pd.Index(self.round.members, name="member")
        return pd.DataFrame({"share": share, "was_last": was}, index=index).sort_values("share", ascending=False)

    def pit(self, forecast: str = MODEL) -> FloatArray:
        """Probability integral transform of the members' days, in ten bins; uniform if the forecast is calibrated."""
        low, high = (end[self.judged] for end in self._interval)
        return scores.pit_histogram(self.of_members(forecast)[:, self.judged], low, high)

    @cached_property
    def members(self) -> pd.DataFrame:
        """Each member: days observed, forecast median with 50% and 90% intervals, score, and ``among_last_two``."""
        samples = self.of_members()
        low, high = self._interval
        quantiles = np.quantile(samples, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        index = pd.Index(self.round.members, name="member")
        frame = pd.DataFrame({"milestone": self.round.milestones}, index=index)
        open_end = high >= self.round.horizon
        frame["observed"] = np.where(open_end, low, (low + high - 1) / 2)
        frame["observed_low"], frame["observed_high"] = low, np.where(open_end, high, high - 1)
        frame["median"], frame["median_low"], frame["median_high"] = quantiles[2], quantiles[0], quantiles[4]
        frame["quarter"], frame["three_quarters"] = quantiles[1], quantiles[3]
        frame["crps"] = self.by_member[MODEL]["crps"]
        frame["among_last_two"] = self.holdouts()["share"]
        return frame.sort_values(["observed", "median"])

    @cached_property
    def completion(self) -> pd.DataFrame:
        """The day of accession by forecast: median, 90% interval, share of runs without it, CRPS in days."""
        horizon, day = self.round.horizon, self.round.accession
        rows = []
        for forecast, came in self.accession.items():
            low, middle, high = np.quantile(np.minimum(came, horizon), [0.05, 0.5, 0.95])
            seen = scores.crps(np.minimum(came, horizon)[:, None], np.array([min(day, horizon)]))[0]
            rows.append((forecast, day, middle, low, high, (came > horizon).mean(), seen))
        columns = ["forecast", "observed", "median", "median_low", "median_high", "not_by_horizon", "crps"]
        return pd.DataFrame(rows, columns=columns).set_index("forecast")

    def days_text(self, row: Mapping[Any, Any]) -> str:
        """A median with its 90% interval, in whole days; ``>917`` is beyond a horizon of 917 days."""
        form = DayFormat.until(self.round.horizon)
        middle, low, high = (form.format(float(row[name])) for name in ("median", "median_low", "median_high"))
        return f"{middle} [{low}, {high}]"

    def coverage_text(self, level: float, forecast: str = MODEL) -> str:
        """How many of the members that can be scored lie in the central interval of a level, as in ``5 of 5``."""
        held = self.by_member[forecast][f"covered_{level:.0%}"]
        return f"{held.sum():.0f} of {held.count()}"

    def sentences(self) -> list[str]:
        """Skill over each baseline; then calibration, order, holdouts, accession, pace."""
        from article10.runs.evidence.hindcast_sentences import sentences

        return sentences(self)

    def tables(self) -> dict[str, ResultTable]:
        """Scores, calibration, skill, day of accession, members."""
        losses = {"crps": "{:.1f}", "log": NUMBER, **dict.fromkeys(self._brier, "{:.3f}")}
        names = [str(name) for name in self.scored.index]
        held = {f"in the {level:.0%} interval": [self.coverage_text(level, n) for n in names] for level in LEVELS}
        order = {"concordance": NUMBER, "last": PERCENT}
        days = dict.fromkeys(("observed", "median", "quarter", "three_quarters"), DayFormat.until(self.round.horizon))
        crps = {"crps": "{:,.0f}"}
        skill = dict.fromkeys(("crps", "log", "brier"), "{:+.0%}")
        return {
            "scores": ResultTable("Mean scores (CRPS in days; lower is better)", self.scored[list(losses)], losses),
            "calibration": ResultTable(
                "Calibration: days within the 50% and 90% intervals, pairs in order, runs with the last two right",
                pd.DataFrame(held, index=self.scored.index).join(self.scored[list(order)]),
                order,
            ),
            "skill": ResultTable(
                "Skill of the model (1 - score / score of the baseline), 95% intervals over members", self.skills, skill
            ),
            "accession": ResultTable(
                "Day of accession, with 90% forecast interval",
                self.completion,
                {**days, **crps, "not_by_horizon": PERCENT},
            ),
            "members": ResultTable(
                "Days from signature: observed with bounds, and forecast median with 90% interval",
                self.members,
                {**days, **crps, "among_last_two": PERCENT},
                most=40,
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Days of each member, the course of the round, and the PIT histogram."""
        from article10.runs.evidence import hindcast_figures as draw

        return {
            "members": lambda: draw.members(self),
            "course": lambda: draw.course(self),
            "pit": lambda: draw.pit(self),
        }
