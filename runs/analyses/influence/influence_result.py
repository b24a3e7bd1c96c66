"""What removing a lever changes: sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.influence.flips import BLOCKED, ENABLED
from article10.runs.analyses.levers import Lever
from article10.runs.analyses.paired import (
    outcomes_ahead,
)
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, SIGNED, Form
from article10.runs.statistics.intervals import (
    FEWEST_EVENTS,
    Difference,
    excludes_zero,
    format_difference,
    interval,
    stating,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PRESENT, ABSENT = "with", "without"

MOVED = "{:+.3f}"
"""Format of changes of stance."""

LEAST_SHARE = 0.01
"""Share of the blocked or enabled runs from which a member is named."""


@dataclass(frozen=True, repr=False)
class Influence(AnalysisResult):
    """How much a lever changes the outcome, in paired runs with and without it.

    Attributes:
        scenario: the scenario analysed, with the lever.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        lever: the actor, event or mechanism removed.
        by_year: indexed by date and outcome: shares of runs ``with`` and ``without`` the lever, their ``difference``,
            and 95% confidence intervals.
        total: by outcome, the difference at the horizon.
        delay: by outcome, years by which the lever delays it; runs that do not reach it count as reaching it at the
            horizon.
        members: indexed by member: how much the lever changes its stance (mean over year ends), largest first.
        through: who or what is responsible for the runs blocked and enabled; see ``flips``.
        blocked: by outcome, number of runs that reach it only without the lever.
        enabled: by outcome, number of runs that reach it only with the lever.
        channels: indexed by channel and outcome: its Shapley share of the difference; empty for a lever with one
            channel.
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
    blocked: Mapping[str, int]
    enabled: Mapping[str, int]
    channels: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        name = self.scenario.candidate.name
        return f"How much does {self.lever.label} change the chance that {name} joins? ({self.scenario.name})"

    @property
    def formal_weight(self) -> tuple[int, int]:
        """Number of ballots that the actor has, and number of all ballots."""
        return self.lever.formal_ballots(self.scenario), len(self.scenario.members())

    @property
    def outcomes(self) -> tuple[str, ...]:
        """Outcomes still possible at the start."""
        return outcomes_ahead(self.scenario)

    def outcome_by_year(self, outcome: str) -> pd.DataFrame:
        """The rows of ``by_year`` of one outcome, by date."""
        return self.by_year[self.by_year.index.get_level_values("outcome") == outcome].droplevel("outcome")

    def asked(self) -> dict[str, Any]:
        """The lever, and the changes to the scenario that remove it."""
        return {"of": self.lever.name, "lever": self.lever.label, "changes": self.lever.changes(self.scenario)}

    def sentences(self) -> list[str]:
        """Formal weight, effect on each outcome, delay, members, who blocks, channels, precision."""
        own, everyone = self.formal_weight
        said = [f"Formal weight: {own} of {everyone} ballots."]
        said += [self._effect_on(outcome) for outcome in reversed(self.outcomes)]
        delays = {outcome: self.delay[outcome].formatted(SIGNED) for outcome in self.outcomes}
        each = "; ".join(f"{outcome} {delay}" for outcome, delay in delays.items())
        text = f"Delay in years (runs without the outcome count as the horizon): {each}."
        said.append(stating(text, *delays.values()))
        said += [self._effect_on_members(), *(self._who_blocks(outcome) for outcome in self.outcomes)]
        return [*said, *self._effect_by_channel(), *self._gain_from_pairing()]

    def _effect_on(self, outcome: str) -> str:
        d, last = self.total[outcome], self.outcome_by_year(outcome).iloc[-1]
        head, change = f"Effect on {outcome} by {self.scenario.horizon}", d.formatted(POINTS)
        if not d.excludes_zero:
            return stating(f"{head}: {change}.", change)
        shares = f"{last[PRESENT]:.1%} of runs with {self.lever.label}, {last[ABSENT]:.1%} without it"
        return f"{head}: {shares}; difference {change}."

    def _effect_on_members(self) -> str:
        known = self.members[excludes_zero(self.members, "moved")]
        if known.empty:
            first = self.members.iloc[0]
            change = format_difference(first, "moved", MOVED)
            return stating(f"Largest change of a stance: {first['member_name']}, {change}.", change)
        parts = []
        for word, rows in (("lowers", known[known["moved"] < 0]), ("raises", known[known["moved"] > 0])):
            names = [f"{row['member_name']} {interval(row, 'moved', MOVED)}" for _, row in rows.head(4).iterrows()]
            parts += [f"{word} the stance of {listed(names)}"] if names else []
        return f"On average over the years {self.lever.label} {', and '.join(parts)}."

    def _who_blocks(self, outcome: str) -> str:
        blocked, enabled = self.blocked[outcome], self.enabled[outcome]
        if blocked + enabled == 0:
            return f"Removing it changes the {outcome} in none of {self.runs:,} paired runs."
        by, without = self._responsible(outcome, BLOCKED), self._responsible(outcome, ENABLED)
        text = f"{outcome.capitalize()}: blocked in {blocked:,} of {self.runs:,} paired runs{by and f' (by {by})'}"
        return f"{text}; enabled in {enabled:,}{without and f' (without it blocked by {without})'}."

    def _responsible(self, outcome: str, direction: str) -> str:
        """Who blocks the outcome, with shares of the runs; empty where the runs are too few to state shares."""
        rows = self.through[(self.through["outcome"] == outcome) & (self.through["direction"] == direction)]
        who = rows.groupby("through", sort=False)["share"].sum().nlargest(4)
        if rows["runs"].sum() < FEWEST_EVENTS:
            return ""
        return listed(f"{name} in {share:.0%} of them" for name, share in who.items() if share >= LEAST_SHARE)

    def _effect_by_channel(self) -> list[str]:
        first = self.outcomes[0]
        if self.channels.empty or not self.total[first].excludes_zero:
            return []
        rows = self.channels.xs(first, level="outcome")
        shares = {name: format_difference(row, "share", POINTS) for name, row in rows.iterrows()}
        parts = "; ".join(f"{name} {share}" for name, share in shares.items())
        return [stating(f"The difference in {first}s by channel (Shapley shares): {parts}.", *shares.values())]

    def _gain_from_pairing(self) -> list[str]:
        """The variance reduction from pairing, for the first outcome in which enough paired runs differ."""
        for outcome in self.outcomes:
            d = self.total[outcome]
            if d.differ >= FEWEST_EVENTS and isfinite(d.unpaired_runs):
                return [f"Pairing reduces the variance {d.unpaired_runs:.1f}-fold ({outcome})."]
        return []

    def tables(self) -> dict[str, ResultTable]:
        """Probability by date, channels, members, and who blocks each outcome."""
        shares: dict[str, Form] = {PRESENT: PERCENT, ABSENT: PERCENT, "difference": POINTS, "unpaired_runs": "{:.1f}"}
        shown = {
            outcome: ResultTable(f"{outcome.capitalize()} by the date", self.outcome_by_year(outcome), shares)
            for outcome in self.outcomes
        }
        if not self.channels.empty:
            by_channel = {"share": POINTS, "alone": POINTS}
            title = "Effect by channel: Shapley share, and effect of removing the channel alone"
            shown["channels"] = ResultTable(title, self.channels, by_channel)
        shown["members"] = ResultTable(
            "Change of each member's stance (mean over the years)", self.members, {"moved": MOVED}
        )
        counts = {"runs": "{:,.1f}", "share": "{:.0%}"}
        for outcome, rows in self.through.groupby("outcome", sort=False):
            title = f"Who or what blocks the {outcome}: with it (blocked), or without it (enabled)"
            frame = rows.drop(columns="outcome").set_index("through")
            shown[f"through_{outcome}"] = ResultTable(title, frame, counts, most=8)
        return shown

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Probability with and without the lever, members, channels, and who blocks."""
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
