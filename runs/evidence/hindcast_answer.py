"""The answer of a hindcast: a forecast of a round of accession, scored beside its baselines."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.agents.arrays import BoolArray, FloatArray
from article10.model.scenario import Scenario
from article10.runs.analyses.answer import COUNT, NUMBER, PERCENT, Answer, Shown, listed
from article10.runs.evidence import scores
from article10.runs.evidence.ratification_fit import RatificationFit
from article10.runs.evidence.rounds import Round

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MODEL = "model"
BRIER_DAYS = (30, 90, 180, 365)
LEVELS = (0.5, 0.9)
FEW = 4
"""Members that are named where they are no more."""

TELLS = 0.2
"""A hyperparameter whose spread the data narrow by less than this share was not learnt from them."""

HOLDOUTS = 2
"""How many that ratified last are looked at."""


@dataclass(frozen=True, repr=False)
class Hindcast(Answer):
    """A round forecast and scored.

    Attributes:
        scenario: of the round.
        runs: of the forecast, all draws of the fit together.
        seed: of all random streams.
        round: what was observed.
        fit: speeds and paces, from other rounds alone, or with this round's members that supported at signing.
        pace_known: whether the fit read those; then only the other members are judged.
        days: by forecast (``"model"`` and the baselines): days from signature to each member's ratification in each
            run, (run, member) on the roster's members; beyond the horizon where it never came.
        accession: likewise of the candidate's accession, (run,).
    """

    scenario: Scenario
    runs: int
    seed: int
    round: Round
    fit: RatificationFit
    pace_known: bool
    days: Mapping[str, FloatArray]
    accession: Mapping[str, FloatArray]

    @property
    def question(self) -> str:
        """What was asked."""
        seen = f"as seen on {self.round.signed}" + (", given the pace of the round" if self.pace_known else "")
        return f"Who would have ratified when, {seen}? ({self.scenario.name})"

    @property
    def baselines(self) -> list[str]:
        """Names of the forecasts that the model is compared with."""
        return [name for name in self.days if name != MODEL]

    @cached_property
    def _observed(self) -> np.ndarray:
        """Places of the members observed on the roster."""
        roster = self.round.setup.roster
        return np.array([roster.index(code) for code in self.round.members])

    @cached_property
    def judged(self) -> BoolArray:
        """Which of the members observed the fit has not seen in this round, (member,): they alone are scored."""
        return ~self.round.supported_at_signing if self.pace_known else np.ones(len(self.round.members), dtype=bool)

    @cached_property
    def _interval(self) -> tuple[FloatArray, FloatArray]:
        """What was observed, cut off at the horizon."""
        horizon = self.round.horizon
        return np.minimum(self.round.low, horizon), np.minimum(self.round.high, horizon)

    def of_members(self, forecast: str = MODEL) -> FloatArray:
        """Forecast days of the members observed, cut off at the horizon, (run, member)."""
        return np.minimum(self.days[forecast][:, self._observed], self.round.horizon)

    @cached_property
    def by_member(self) -> Mapping[str, pd.DataFrame]:
        """Scores of every member, a table a forecast: ``crps`` in days, ``log``, ``brier_30`` and so on."""
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
        """Mean scores, a row a forecast: columns of ``by_member``, ``concordance``, ``last`` (see `holdouts`)."""
        low, high = self._interval
        rows = {}
        for forecast, table in self.by_member.items():
            order = scores.concordance(self.of_members(forecast), low, high, self.round.milestones)
            order = np.nan if self.pace_known else order  # most of the members were fitted
            holdouts = self.holdouts(forecast)
            seen = holdouts.loc[holdouts["was_last"], "share"] if self.last_known else pd.Series(dtype=float)
            rows[forecast] = {**table.mean().to_dict(), "concordance": order, "last": seen.mean()}
        frame = pd.DataFrame(rows).T
        frame.index.name = "forecast"
        return frame

    @cached_property
    def skills(self) -> pd.DataFrame:
        """Skill of the model over each baseline by score, with 95% bootstrap intervals over members."""
        mine = self.by_member[MODEL]
        rows = []
        for baseline in self.baselines:
            theirs = self.by_member[baseline]
            row: dict[str, object] = {"baseline": baseline}
            for name, columns in (("crps", ["crps"]), ("log", ["log"]), ("brier", self._brier)):
                found = scores.skill(mine[columns].mean(axis=1).to_numpy(), theirs[columns].mean(axis=1).to_numpy())
                row |= {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
            rows.append(row)
        return pd.DataFrame(rows).set_index("baseline")

    @property
    def _brier(self) -> list[str]:
        return [f"brier_{day}" for day in BRIER_DAYS if day < self.round.horizon]

    @property
    def last_known(self) -> bool:
        """Whether the observations tell which members ratified last."""
        low, high = self._interval
        ranked = np.argsort(low, kind="stable")
        last, rest = ranked[-HOLDOUTS:], ranked[:-HOLDOUTS]
        alike = len(set(self.round.milestones)) == 1
        return bool(alike and rest.size and low[last].min() >= high[rest].max())

    def holdouts(self, forecast: str = MODEL) -> pd.DataFrame:
        """Share of runs in which each member is among the last two to ratify, ties shared out; who was, if known."""
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
        """Probability integral transform of the members' days in ten bins; flat where the forecast is calibrated."""
        low, high = (end[self.judged] for end in self._interval)
        return scores.pit_histogram(self.of_members(forecast)[:, self.judged], low, high)

    @cached_property
    def members(self) -> pd.DataFrame:
        """Every member: days observed, forecast median, 50% and 90% intervals, score, share of runs among the last."""
        samples = self.of_members()
        low, high = self._interval
        quantiles = np.quantile(samples, [0.05, 0.25, 0.5, 0.75, 0.95], axis=0)
        index = pd.Index(self.round.members, name="member")
        frame = pd.DataFrame({"milestone": self.round.milestones}, index=index)
        frame["observed"], frame["observed_low"], frame["observed_high"] = (low + high - 1) / 2, low, high - 1
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

    def told_days(self, row: Mapping[Any, Any]) -> str:
        """A row's median with its 90% interval, in whole days; ``>917`` is beyond a horizon of 917 days."""
        middle, low, high = (
            f"{row[name]:.0f}" if row[name] < self.round.horizon else f">{self.round.horizon:.0f}"
            for name in ("median", "median_low", "median_high")
        )
        return f"{middle} [{low}, {high}]"

    def sentences(self) -> list[str]:
        """What the scores say, against each baseline; then calibration, order, holdouts, accession, pace."""
        mine, count = self.scored.loc[MODEL], int(self.judged.sum())
        judged = listed(self.by_member[MODEL].index) if count <= FEW else f"{count} members"
        best = min(self.baselines, key=self.scored["crps"].to_dict().__getitem__)
        said = [
            f"Days of {judged}: mean CRPS {mine['crps']:.0f} days, against {self.scored['crps'][best]:.0f} of the best "
            f"baseline ({best}); {self._verdict(best)}."
        ]
        for baseline in self.baselines:
            row = self.skills.loc[baseline]
            said.append(
                f"Skill over {baseline}: CRPS {row['crps']:+.0%} [{row['crps_low']:+.0%}, {row['crps_high']:+.0%}], "
                f"log {row['log']:+.0%}, Brier {row['brier']:+.0%}."
            )
        counted = self.by_member[MODEL][[f"covered_{level:.0%}" for level in LEVELS]].notna().sum().min()
        said.append(
            f"Intervals: the 50% one held {mine['covered_50%']:.0%} and the 90% one {mine['covered_90%']:.0%} of the "
            f"{counted} days that can be judged."
        )
        if np.isfinite(mine["concordance"]):
            said.append(
                f"Order: {mine['concordance']:.0%} of the pairs observed came in the order forecast (chance 50%)."
            )
        said += [self._on_holdouts(), self._on_accession(), self._on_pace()]
        kinds = sorted(set(self.round.milestones))
        if len(kinds) > 1 or "instrument_deposited" in kinds:
            said.append(
                f"The dates are of {listed(k.replace('_', ' ') for k in kinds)}: acts weeks or months apart, which the "
                "pace of the round takes up; only like acts are put in order."
            )
        return said

    def _verdict(self, baseline: str) -> str:
        row = self.skills.loc[baseline]
        if row["crps_low"] > 0:
            return "the difference is told from zero"
        return "the model does worse" if row["crps_high"] < 0 else "the difference is not told from zero"

    def _on_holdouts(self) -> str:
        shown = self.holdouts()
        expected = listed(f"{code} ({share:.0%})" for code, share in shown["share"].head(3).items())
        if not self.last_known:
            return f"Last to ratify: expected {expected}; who it was cannot be read from the dates."
        was = listed(f"{code} ({row['share']:.0%})" for code, row in shown[shown["was_last"]].iterrows())
        chance = HOLDOUTS / len(shown)
        return f"Last two to ratify: expected {expected}; it was {was}, where chance gives {chance:.0%} each."

    def _on_accession(self) -> str:
        row = self.completion.to_dict("index")[MODEL]
        forecast = f"median day {self.told_days(row)}"
        seen = f"it came on day {row['observed']:.0f}" if np.isfinite(row["observed"]) else "its day is not known"
        never = f"; {row['not_by_horizon']:.0%} of runs do not see it by the horizon" if row["not_by_horizon"] else ""
        return f"Accession: {forecast}, {seen}{never}."

    def _on_pace(self) -> str:
        learned = self.fit.identified()["learned"]
        rounds = len(self.fit.log_pace.columns)
        if self.pace_known:
            return f"Pace: fitted to {rounds} rounds, this one's members that supported at signing among them."
        told = "they say something of" if learned["urgency"] > TELLS else "none of them tells anything of"
        return f"Pace: fitted to {rounds} other rounds; {told} what threat does to it."

    def tables(self) -> dict[str, Shown]:
        """Scores, skill, the day of accession, every member."""
        losses = {"crps": "{:.1f}", "log": NUMBER, **dict.fromkeys(self._brier, "{:.3f}")}
        covered = [f"covered_{level:.0%}" for level in LEVELS]
        judged = {**dict.fromkeys(covered, "{:.0%}"), "concordance": NUMBER, "last": PERCENT}
        days = dict.fromkeys(("observed", "median", "quarter", "three_quarters", "crps"), COUNT)
        skill = dict.fromkeys(("crps", "log", "brier"), "{:+.0%}")
        return {
            "scores": Shown("Mean scores (crps in days; lower is better)", self.scored[list(losses)], losses),
            "calibration": Shown(
                "Days within the 50% and the 90% interval, pairs in order, runs that name the last two",
                self.scored[list(judged)],
                judged,
            ),
            "skill": Shown("Skill of the model, 1 - score / baseline", self.skills, skill),
            "accession": Shown(
                "Day of accession, with 90% interval", self.completion, {**days, "not_by_horizon": PERCENT}
            ),
            "members": Shown(
                "Days from signature: observed with bounds, forecast median with 90% interval",
                self.members,
                {**days, "among_last_two": PERCENT},
                most=40,
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Every member's days, the course of the round, the PIT histogram."""
        from article10.runs.evidence import hindcast_figures as draw

        return {
            "members": lambda: draw.members(self),
            "course": lambda: draw.course(self),
            "pit": lambda: draw.pit(self),
        }
