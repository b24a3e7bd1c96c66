"""Informal influence: the same worlds with and without a lever, and what differs in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial, isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import PERCENT, POINTS, Answer, Shown, listed
from article10.runs.analyses.evidence import Difference, paired, warned
from article10.runs.analyses.flips import flips
from article10.runs.analyses.levers import Lever, lever
from article10.runs.analyses.worlds import Progress, ends_of_years, reached, worlds, years_until
from article10.runs.result import EnsembleResult
from article10.runs.summary import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

OUTCOMES = ("invitation", "accession")
"""Milestones on which influence is measured."""

PRESENT, ABSENT = "with", "without"


@dataclass(frozen=True, repr=False)
class Influence(Answer):
    """How much a lever moves the outcome: paired worlds with and without it.

    Attributes:
        scenario: that has the lever.
        runs: of each variant.
        seed: of all random streams.
        lever: what was taken out.
        by_year: by year and outcome: shares of worlds ``with`` and ``without``, ``difference``, intervals.
        total: by outcome: the difference at the horizon.
        delay: years by which an invitation comes later with the lever, none by the horizon counting as the horizon.
        members: by member: how much the lever moves its stance, the mean over year ends, most moved first.
        through: worlds whose outcome flipped, by whom it flipped through.
        prevented: by outcome: worlds that reach it only without the lever.
        brought: by outcome: worlds that reach it only with the lever.
        channels: by channel and outcome: its Shapley share of the difference; empty for a lever of one channel.
    """

    scenario: Scenario
    runs: int
    seed: int
    lever: Lever
    by_year: pd.DataFrame
    total: Mapping[str, Difference]
    delay: Difference
    members: pd.DataFrame
    through: pd.DataFrame
    prevented: Mapping[str, int]
    brought: Mapping[str, int]
    channels: pd.DataFrame

    @property
    def question(self) -> str:
        """What was asked."""
        name = self.scenario.candidate.name
        return f"How much does {self.lever.label} move whether {name} joins? ({self.scenario.name})"

    @property
    def formal_weight(self) -> tuple[int, int]:
        """Ballots of the actor, and all ballots."""
        return self.lever.formal_ballots(self.scenario), len(self.scenario.members())

    def outcome_by_year(self, outcome: str) -> pd.DataFrame:
        """The rows of ``by_year`` of one outcome, by date."""
        return self.by_year[self.by_year.index.get_level_values("outcome") == outcome].droplevel("outcome")

    def sentences(self) -> list[str]:
        """Formal weight, informal influence, delay, members, flips, channels, precision."""
        own, everyone = self.formal_weight
        said = [f"Formal weight: {own} of {everyone} ballots."]
        said += [self._said_of(outcome) for outcome in reversed(OUTCOMES)]
        if self.delay.is_told:
            later = "later" if self.delay.mean > 0 else "earlier"
            said.append(
                f"The invitation comes {abs(self.delay.mean):.2f} years {later} on average within the horizon "
                f"[{self.delay.low:+.2f}, {self.delay.high:+.2f}] (none by the horizon counts as the horizon)."
            )
        said += [*self._said_of_members(), *self._said_of_flips(), *self._said_of_channels()]
        return [*said, self._said_of_pairs()]

    def _said_of(self, outcome: str) -> str:
        d, last = self.total[outcome], self.outcome_by_year(outcome).iloc[-1]
        if not d.is_told:
            return f"{outcome.capitalize()} by {self.scenario.horizon}: {d.stated(POINTS)}."
        shares = f"{last[PRESENT]:.1%} of worlds with {self.lever.label}, {last[ABSENT]:.1%} without"
        return f"{outcome.capitalize()} by {self.scenario.horizon}: {shares}: {_interval(d.mean, d.low, d.high)}."

    def _said_of_members(self) -> list[str]:
        told = self.members[(self.members["moved_low"] > 0) | (self.members["moved_high"] < 0)]
        if told.empty:
            return ["It moves no member's stance by an amount that these runs tell from zero."]
        down, up = told[told["moved"] < 0].head(4), told[told["moved"] > 0].head(4)
        parts = [
            f"{word} {listed(f'{row.member_name} ({row.moved:+.3f})' for row in rows.itertuples())}"
            for word, rows in (("lowers the stance of", down), ("raises that of", up))
            if len(rows)
        ]
        return [f"It {' and '.join(parts)}, on average over the years."]

    def _said_of_flips(self) -> list[str]:
        said = []
        for outcome in OUTCOMES:
            lost, won = self.prevented[outcome], self.brought[outcome]
            if lost + won == 0:
                said.append(f"No world's {outcome} depends on it.")
                continue
            text = f"{outcome.capitalize()}: prevented in {lost:,}, brought about in {won:,} of {self.runs:,} worlds"
            said.append(f"{text}{self._whom(outcome)}.")
        return said

    def _whom(self, outcome: str) -> str:
        rows = self.through[self.through["outcome"] == outcome]
        if rows.empty:
            return ""
        who = rows.groupby("through", sort=False)["share"].sum().nlargest(4)
        return f"; prevented through {listed(f'{name} ({share:.0%})' for name, share in who.items())}"

    def _said_of_channels(self) -> list[str]:
        if self.channels.empty or not self.total["invitation"].is_told:
            return []
        rows = self.channels.xs("invitation", level="outcome")
        parts = listed(f"{name} {_interval(r.share, r.share_low, r.share_high)}" for name, r in rows.iterrows())
        return [f"Of the difference in invitations, by channel (Shapley): {parts}."]

    def _said_of_pairs(self) -> str:
        worth = self.total["invitation"].unpaired_runs
        if isinf(worth):
            return "No two worlds differ: unpaired runs could not have told that."
        return f"One pair of worlds is worth {worth:.1f} unpaired ones (ratio of variances, invitation)."

    def tables(self) -> dict[str, Shown]:
        """By year, channels, members, through whom."""
        shares = {PRESENT: PERCENT, ABSENT: PERCENT, "difference": POINTS, "unpaired_runs": "{:.1f}"}
        shown = {
            outcome: Shown(f"{outcome.capitalize()} by the date", self.outcome_by_year(outcome), shares)
            for outcome in OUTCOMES
        }
        if not self.channels.empty:
            by_channel = {"share": POINTS, "alone": POINTS}
            title = "By channel: its Shapley share, and the effect of taking out it alone"
            shown["channels"] = Shown(title, self.channels, by_channel)
        moved = {"moved": "{:+.3f}"}
        shown["members"] = Shown("Members moved (stance, mean over the years)", self.members, moved)
        counts = {"worlds": "{:,.1f}", "share": "{:.0%}"}
        for outcome, rows in self.through.groupby("outcome", sort=False):
            title = f"Through whom the {outcome} is prevented"
            frame = rows.drop(columns="outcome").set_index("through")
            shown[f"through_{outcome}"] = Shown(title, frame, counts, most=8)
        return shown

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Probability with and without, members moved, channels, through whom."""
        from article10.runs.analyses import influence_figures as draw

        figures: dict[str, Callable[[], Axes]] = {
            "probability": lambda: draw.probability(self),
            "members": lambda: draw.members(self),
        }
        if not self.channels.empty:
            figures["channels"] = lambda: draw.channels(self)
        if len(self.through):
            figures["through"] = lambda: draw.through(self)
        return figures


def influence(
    scenario: str | Path | Scenario = "baseline",
    of: str | Lever | Mapping[str, Any] = "russia",
    runs: int = 2000,
    seed: int = 0,
    *,
    changes: Mapping[str, Any] | None = None,
    by_channel: bool = True,
    progress: Progress | None = None,
) -> Influence:
    """How much an actor or lever moves the outcome: the same worlds with and without it.

    Every random draw is shared, so that a world differs only by what the lever does. By channel, all combinations of
    channels are run, and each channel's share is its Shapley value: the shares add up to the whole difference.

    Args:
        scenario: name, path or scenario.
        of: the lever: see ``article10.runs.analyses.levers.lever``.
        runs: worlds.
        seed: of all random streams.
        changes: to the scenario, by full key.
        by_channel: whether to split the difference by the lever's channels.
        progress: called with the number of runs done and of all.

    Raises:
        ScenarioError: the scenario is wrong.
        ValueError: ``runs``, ``seed`` or ``of`` is.

    Warns:
        TooFewRunsWarning: an outcome's difference cannot be told from zero; it is not stated.

    >>> influence(runs=8, of="mechanism:shock", changes={"horizon": "2026-06-01", "stance.shock": 0.0}).delay.mean
    0.0
    """
    chosen = read_scenario(scenario, changes)
    which = lever(of, chosen)
    split = by_channel and len(which.channels) > 1
    everything = frozenset(which.channels)
    removed = list(which.subsets()) if split else [frozenset[str](), everything]
    variants = {_variant(out): which.without(chosen, (c for c in which.channels if c in out)) for out in removed}
    results = worlds(variants, runs, seed, by_year=("stance",), progress=progress)
    present, absent = results[_variant(frozenset())], results[_variant(everything)]
    total = {o: paired(reached(present, o), reached(absent, o)) for o in OUTCOMES}
    through, prevented, brought = flips(present, absent, OUTCOMES)
    return warned(
        Influence(
            scenario=chosen,
            runs=runs,
            seed=seed,
            lever=which,
            by_year=_by_year(present, absent),
            total=total,
            delay=paired(years_until(present, "invitation"), years_until(absent, "invitation")),
            members=_members(present, absent),
            through=through,
            prevented=prevented,
            brought=brought,
            channels=_channels(which, results) if split else pd.DataFrame(),
        )
    )


def _interval(value: float, low: float, high: float) -> str:
    return f"{value:+.1%} [{low:+.1%}, {high:+.1%}]"


def _variant(removed: frozenset[str]) -> str:
    return "+".join(sorted(removed)) or "as it is"


def _by_year(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    rows = []
    for _, end in ends_of_years(present.scenario):
        for outcome in OUTCOMES:
            a, b = reached(present, outcome, end), reached(absent, outcome, end)
            d = paired(a, b)
            row: dict[str, Any] = {"by": end.date(), "outcome": outcome}
            for name, values in ((PRESENT, a), (ABSENT, b)):
                low, high = wilson(int(values.sum()), d.n)
                row |= {name: values.mean(), f"{name}_low": low, f"{name}_high": high}
            row |= {"difference": d.mean, "difference_low": d.low, "difference_high": d.high}
            rows.append(row | {"unpaired_runs": d.unpaired_runs})
    return pd.DataFrame(rows).set_index(["by", "outcome"])


def _members(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    a, b = (r.data["stance_by_year"].to_numpy().astype(float).mean(axis=1) for r in (present, absent))
    rows = [paired(a[:, i], b[:, i]) for i in range(a.shape[1])]
    frame = pd.DataFrame(
        {
            "member_name": present.data["member_name"].to_numpy(),
            "moved": [d.mean for d in rows],
            "moved_low": [d.low for d in rows],
            "moved_high": [d.high for d in rows],
        },
        index=pd.Index(present.data["member"].to_numpy(), name="member"),
    )
    return frame.sort_values("moved", key=np.abs, ascending=False)


def _channels(which: Lever, results: Mapping[str, EnsembleResult]) -> pd.DataFrame:
    """Shapley shares of the channels (Shapley 1953), world by world, and what each channel does alone."""
    everything, n, rows = frozenset(which.channels), len(which.channels), []
    for outcome in OUTCOMES:
        value = {out: reached(results[_variant(out)], outcome).astype(float) for out in which.subsets()}
        for channel in which.channels:
            share = np.zeros(len(value[everything]))
            for out in (s for s in value if channel in s):  # worlds without the channel, and the same with it
                weight = factorial(n - len(out)) * factorial(len(out) - 1) / factorial(n)
                share += weight * (value[out - {channel}] - value[out])
            d = paired(share, np.zeros_like(share))
            alone = paired(value[frozenset()] > 0, value[frozenset({channel})] > 0)
            rows.append(
                {
                    "channel": channel,
                    "outcome": outcome,
                    "share": d.mean,
                    "share_low": d.low,
                    "share_high": d.high,
                    "alone": alone.mean,
                    "alone_low": alone.low,
                    "alone_high": alone.high,
                }
            )
    return pd.DataFrame(rows).set_index(["channel", "outcome"])
