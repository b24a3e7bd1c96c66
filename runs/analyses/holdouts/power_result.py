"""What is found on holdout power: sentences, tables and figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from article10.model.scenario import Scenario
from article10.runs.analyses.paired import (
    MEASURED,
    columns_ahead,
    outcomes_ahead,
)
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.analyses.rules.compared_result import RULES, UNANIMITY
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import PERCENT, POINTS, Form
from article10.runs.statistics.intervals import (
    Undetected,
    excludes_zero,
    format_difference,
    interval,
    stating,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, repr=False)
class HoldoutPower(AnalysisResult):
    """The effect of members that hold out on the outcome.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of each variant.
        seed: seed of all random streams.
        members: indexed by member: its name; share of councils at which it objects by its own stance (``objects``),
            holds out for a price (``holds``), objects because of the war alone (``war_alone``), and as the only one
            that objects by its stance or for a price (``alone``); share of complete ratifications in which it is the
            last (``last``, out of ``ratifications``); what it is paid for its consent, in units of political capital
            a run (``paid``); and the increase of the probability of each outcome if it always consented. 95% intervals
            are of paired runs, or treat runs as clusters.
        together: indexed by the number of holdouts that consent together, the most frequent objectors first: the member
            added, and the probability of each outcome.
        indices: indexed by rule: absolute and normalised Banzhaf index and Shapley–Shubik index, equal for all members.
        pivotality: indexed by member, a column for each rule: share of simulated decisions that the member alone would
            have changed, with 95% intervals.
    """

    scenario: Scenario
    runs: int
    seed: int
    members: pd.DataFrame
    together: pd.DataFrame
    indices: pd.DataFrame
    pivotality: pd.DataFrame

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What power does a holdout have? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The members whose consent is simulated."""
        return {"members": list(self.members.index)}

    def sentences(self) -> list[str]:
        """Who objects, whose consent matters, who must consent together, and what power indices imply."""
        rows, n = self.members, len(self.scenario.members())
        said = []
        if rows["objects_low"].notna().any():
            said = [
                "Most frequent objectors by their own stance, as a share of councils: "
                f"{_each(rows.head(4), 'objects')}; as the only objector: {_each(rows.nlargest(3, 'alone'), 'alone')}."
            ]
        elif rows["objects"].notna().any():
            said = [Undetected("How often each member objects cannot be estimated from one run.")]
        first = outcomes_ahead(self.scenario)[0]
        gain = f"{first}_gain"
        ranked = rows.sort_values(gain, key=np.abs, ascending=False)
        detected, undetected = ranked[excludes_zero(ranked, gain)], ranked[~excludes_zero(ranked, gain)]
        if len(detected):
            gains = _each(detected.head(4), gain, POINTS)
            said.append(f"Permanent consent raises the probability of {first}: {gains}; each has 1 of {n} ballots.")
        if len(undetected):
            change = format_difference(undetected.iloc[0], gain, POINTS)
            text = (
                f"The consent of {len(undetected)} of {len(rows)} members has no detectable effect; the largest "
                f"estimate is that of {undetected['member_name'].iloc[0]}, {change}."
            )
            said.append(stating(text, change))
        u = self.indices.iloc[0]
        said += [
            self._effect_together(first),
            f"A-priori indices are equal for all members under every rule: Shapley–Shubik {u['shapley_shubik']:.4f} = "
            f"1/{n}; the absolute Banzhaf index under unanimity, {u['banzhaf']:.1e}, assumes that all others vote at "
            "random.",
        ]
        return said

    def _effect_together(self, outcome: str) -> str:
        shares = [interval(row, outcome, PERCENT) for _, row in self.together.iterrows()]
        joins = [str(name) for name in self.together["joins"].iloc[1:]]
        more = f"; {shares[-1]} if {listed(joins)} all consent" if len(joins) > 1 else ""
        return (
            f"Under {UNANIMITY} the last objector decides: {outcome} in {shares[0]} of runs in the scenario as given; "
            f"{shares[1]} if {joins[0]} consents{more}."
        )

    def tables(self) -> dict[str, ResultTable]:
        """Members, joint consent, pivotality, power indices."""
        formats: dict[str, Form] = dict.fromkeys(("objects", "holds", "war_alone", "alone", "last"), PERCENT)
        formats |= {"paid": "{:.2f}", "invitation_gain": POINTS, "accession_gain": POINTS}
        fractions = {"banzhaf": "{:.2e}", "banzhaf_normalised": "{:.4f}", "shapley_shubik": "{:.4f}"}
        by_rule = dict.fromkeys(RULES, PERCENT)
        pivotality = self.pivotality.dropna(how="all")
        members, together = (columns_ahead(frame, self.scenario) for frame in (self.members, self.together))
        return {
            "members": ResultTable("Holdout power by member", members, formats),
            "together": ResultTable(
                "Probability of each outcome if holdouts consent together", together, dict.fromkeys(MEASURED, PERCENT)
            ),
            "pivotality": ResultTable("Share of decisions that a member alone would have changed", pivotality, by_rule),
            "indices": ResultTable("A-priori voting power, equal for every member", self.indices, fractions),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Effect of consent, effect of joint consent, pivotality beside the power indices."""
        from article10.runs.analyses.holdouts import figures as draw

        figures: dict[str, Callable[[], Axes]] = {
            "consent": lambda: draw.consent(self),
            "together": lambda: draw.together(self),
        }
        if self.pivotality.notna().any(axis=None):
            figures["pivotality"] = lambda: draw.pivotality(self)
        return figures


def _each(rows: pd.DataFrame, column: str, form: Form = PERCENT) -> str:
    return listed(f"{row['member_name']} {interval(row, column, form)}" for _, row in rows.iterrows())
