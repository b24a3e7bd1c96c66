"""Informal influence: the same worlds with and without a lever, and what differs in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import factorial, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.influence.flips import BROUGHT, PREVENTED, flips
from article10.runs.analyses.levers import Lever, lever
from article10.runs.analyses.paired import (
    OUTCOMES,
    Progress,
    ends_of_years,
    outcomes_ahead,
    paired_runs,
    reached,
    years_until,
)
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, SIGNED, Form
from article10.runs.statistics.intervals import (
    FEWEST_EVENTS,
    Difference,
    excludes_zero,
    format_difference,
    interval,
    paired,
    share,
    stating,
    warn_if_underpowered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PRESENT, ABSENT = "with", "without"

MOVED = "{:+.3f}"
"""Format of changes of stance."""

LEAST_SHARE = 0.01
"""Of the worlds that flip, for one through whom they do to be named."""


@dataclass(frozen=True, repr=False)
class Influence(AnalysisResult):
    """How much a lever moves the outcome: paired worlds with and without it.

    Attributes:
        scenario: that has the lever.
        runs: of each variant.
        seed: of all random streams.
        lever: what was taken out.
        by_year: by year and outcome: shares of worlds ``with`` and ``without``, ``difference``, intervals.
        total: by outcome: the difference at the horizon.
        delay: by outcome: years by which it comes later with the lever, none by the horizon counting as the horizon.
        members: by member: how much the lever moves its stance, the mean over year ends, most moved first.
        through: worlds whose outcome is prevented or brought about, by whom it flips through.
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
    delay: Mapping[str, Difference]
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

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes that are ahead on the first day."""
        return outcomes_ahead(self.scenario)

    def outcome_by_year(self, outcome: str) -> pd.DataFrame:
        """The rows of ``by_year`` of one outcome, by date."""
        return self.by_year[self.by_year.index.get_level_values("outcome") == outcome].droplevel("outcome")

    def asked(self) -> dict[str, Any]:
        """The lever and what taking it out changes, with it and without."""
        return {"of": self.lever.name, "lever": self.lever.label, "changes": self.lever.changes(self.scenario)}

    def sentences(self) -> list[str]:
        """Formal weight, informal influence, delay, members, flips, channels, precision."""
        own, everyone = self.formal_weight
        said = [f"Formal weight: {own} of {everyone} ballots."]
        said += [self._said_of(outcome) for outcome in reversed(self.outcomes)]
        delays = {outcome: self.delay[outcome].formatted(SIGNED) for outcome in self.outcomes}
        later = "; ".join(f"{outcome} {delay}" for outcome, delay in delays.items())
        text = f"Delay in years, none by the horizon counting as the horizon: {later}."
        said.append(stating(text, *delays.values()))
        said += [self._said_of_members(), *(self._said_of_flips(outcome) for outcome in self.outcomes)]
        return [*said, *self._said_of_channels(), *self._said_of_pairs()]

    def _said_of(self, outcome: str) -> str:
        d, last = self.total[outcome], self.outcome_by_year(outcome).iloc[-1]
        shares = f"{last[PRESENT]:.1%} of worlds with {self.lever.label}, {last[ABSENT]:.1%} without: "
        change = d.formatted(POINTS)
        return stating(
            f"{outcome.capitalize()} by {self.scenario.horizon}: {shares * d.excludes_zero}{change}.", change
        )

    def _said_of_members(self) -> str:
        known = self.members[excludes_zero(self.members, "moved")]
        if known.empty:
            first = self.members.iloc[0]
            change = format_difference(first, "moved", MOVED)
            return stating(f"Members' stances; most moved, {first['member_name']}: {change}.", change)
        parts = []
        for word, rows in (("lowers", known[known["moved"] < 0]), ("raises", known[known["moved"] > 0])):
            names = [f"{row['member_name']} {interval(row, 'moved', MOVED)}" for _, row in rows.head(4).iterrows()]
            parts += [f"{word} the stance of {listed(names)}"] if names else []
        return f"On average over the years {self.lever.label} {', and '.join(parts)}."

    def _said_of_flips(self, outcome: str) -> str:
        lost, won = self.prevented[outcome], self.brought[outcome]
        if lost + won == 0:
            return f"In no world of {self.runs:,} does the {outcome} depend on it."
        by, against = self._whom(outcome, PREVENTED), self._whom(outcome, BROUGHT)
        text = f"{outcome.capitalize()}: prevented in {lost:,} of {self.runs:,} worlds{by and f', through {by}'}"
        return f"{text}; brought about in {won:,}{against and f', where {against} would stand in the way'}."

    def _whom(self, outcome: str, direction: str) -> str:
        """Whom an outcome flips through; empty where too few worlds flip for shares of them to be stated."""
        rows = self.through[(self.through["outcome"] == outcome) & (self.through["direction"] == direction)]
        who = rows.groupby("through", sort=False)["share"].sum().nlargest(4)
        if rows["worlds"].sum() < FEWEST_EVENTS:
            return ""
        return listed(f"{name} ({share:.0%})" for name, share in who.items() if share >= LEAST_SHARE)

    def _said_of_channels(self) -> list[str]:
        first = self.outcomes[0]
        if self.channels.empty or not self.total[first].excludes_zero:
            return []
        rows = self.channels.xs(first, level="outcome")
        shares = {name: format_difference(row, "share", POINTS) for name, row in rows.iterrows()}
        parts = "; ".join(f"{name} {share}" for name, share in shares.items())
        return [stating(f"Of the difference in {first}s, by channel (Shapley): {parts}.", *shares.values())]

    def _said_of_pairs(self) -> list[str]:
        """How much pairing is worth, for the first outcome in which enough worlds differ to say it."""
        for outcome in self.outcomes:
            d = self.total[outcome]
            if d.differ >= FEWEST_EVENTS and isfinite(d.unpaired_runs):
                worth = f"One pair of worlds is worth {d.unpaired_runs:.1f} unpaired ones"
                return [f"{worth} (ratio of variances, {outcome})."]
        return []

    def tables(self) -> dict[str, ResultTable]:
        """By year, channels, members, through whom."""
        shares: dict[str, Form] = {PRESENT: PERCENT, ABSENT: PERCENT, "difference": POINTS, "unpaired_runs": "{:.1f}"}
        shown = {
            outcome: ResultTable(f"{outcome.capitalize()} by the date", self.outcome_by_year(outcome), shares)
            for outcome in self.outcomes
        }
        if not self.channels.empty:
            by_channel = {"share": POINTS, "alone": POINTS}
            title = "By channel: its Shapley share, and the effect of taking out it alone"
            shown["channels"] = ResultTable(title, self.channels, by_channel)
        shown["members"] = ResultTable("Members moved (stance, mean over the years)", self.members, {"moved": MOVED})
        counts = {"worlds": "{:,.1f}", "share": "{:.0%}"}
        for outcome, rows in self.through.groupby("outcome", sort=False):
            title = f"Through whom the {outcome} is prevented, or, without it, would be"
            frame = rows.drop(columns="outcome").set_index("through")
            shown[f"through_{outcome}"] = ResultTable(title, frame, counts, most=8)
        return shown

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Probability with and without, members moved, channels, through whom."""
        from article10.runs.analyses.influence import figures as draw

        figures: dict[str, Callable[[], Axes]] = {
            "probability": lambda: draw.probability(self),
            "members": lambda: draw.members(self),
        }
        if not self.channels.empty:
            figures["channels"] = lambda: draw.channels(self)
        if self.through["outcome"].isin(self.outcomes).any():
            figures["through"] = lambda: draw.through(self)
        return figures


@checked
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
        TooFewRunsWarning: something is not told from zero; it is not stated.

    >>> influence(runs=8, of="mechanism:shock", changes={"horizon": "2026-06-01"}).total["invitation"].differ
    0
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes)
    which = lever(of, chosen)
    split = by_channel and len(which.channels) > 1
    everything = frozenset(which.channels)
    removed = list(which.subsets()) if split else [frozenset[str](), everything]
    variants = {_variant(out): which.without(chosen, (c for c in which.channels if c in out)) for out in removed}
    results = paired_runs(variants, runs, seed, by_year=("stance",), progress=progress)
    present, absent = results[_variant(frozenset())], results[_variant(everything)]
    total = {o: paired(reached(present, o), reached(absent, o)) for o in OUTCOMES}
    through, prevented, brought = flips(present, absent, OUTCOMES)
    return warn_if_underpowered(
        Influence(
            scenario=chosen,
            runs=runs,
            seed=seed,
            lever=which,
            by_year=_by_year(present, absent),
            total=total,
            delay={o: paired(years_until(present, o), years_until(absent, o)) for o in OUTCOMES},
            members=_members(present, absent),
            through=through,
            prevented=prevented,
            brought=brought,
            channels=_channels(which, results) if split else pd.DataFrame(),
        )
    )


def _variant(removed: frozenset[str]) -> str:
    return "+".join(sorted(removed)) or "as it is"


def _by_year(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    rows = []
    for end in ends_of_years(present.scenario):
        for outcome in OUTCOMES:
            a, b = reached(present, outcome, end), reached(absent, outcome, end)
            d = paired(a, b)
            row: dict[str, Any] = {"by": end.date(), "outcome": outcome, **share(a, PRESENT), **share(b, ABSENT)}
            rows.append(row | d.row("difference") | {"unpaired_runs": d.unpaired_runs})
    return pd.DataFrame(rows).set_index(["by", "outcome"])


def _members(present: EnsembleResult, absent: EnsembleResult) -> pd.DataFrame:
    a, b = (r.data["stance_by_year"].to_numpy().astype(float).mean(axis=1) for r in (present, absent))
    names = present.data["member_name"].to_numpy()
    rows = [{"member_name": name, **paired(a[:, i], b[:, i]).row("moved")} for i, name in enumerate(names)]
    frame = pd.DataFrame(rows, index=pd.Index(present.data["member"].to_numpy(), name="member"))
    return frame.sort_values("moved", key=np.abs, ascending=False)


def _channels(which: Lever, results: Mapping[str, EnsembleResult]) -> pd.DataFrame:
    """Shapley shares of the channels (Shapley 1953), world by world, and what each channel does alone."""
    everything, n, rows = frozenset(which.channels), len(which.channels), []
    for outcome in OUTCOMES:
        value = {out: reached(results[_variant(out)], outcome).astype(float) for out in which.subsets()}
        for channel in which.channels:
            owed = np.zeros(len(value[everything]))
            for out in (s for s in value if channel in s):  # worlds without the channel, and the same with it
                weight = factorial(n - len(out)) * factorial(len(out) - 1) / factorial(n)
                owed += weight * (value[out - {channel}] - value[out])
            alone = paired(value[frozenset()] > 0, value[frozenset({channel})] > 0)
            place = {"channel": channel, "outcome": outcome}
            rows.append(place | paired(owed, np.zeros_like(owed)).row("share") | alone.row("alone"))
    return pd.DataFrame(rows).set_index(["channel", "outcome"])
