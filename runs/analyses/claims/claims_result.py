"""What the claims come to: a table with one row a claim, sentences, and one picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from rich import box
from rich.console import Group, RenderableType
from rich.markup import escape as escape_markup
from rich.table import Table

from article10.model.scenario import Scenario
from article10.runs.analyses.claims.measures import MEASURES
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import POINTS
from article10.runs.statistics.intervals import (
    DIFFER,
    HIGH,
    LOW,
    NEEDED,
    SIMULATION_ONLY,
    Undetected,
    counted,
    interval,
    runs_needed_text,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Finding(StrEnum):
    """What the runs say of a claim."""

    AS_STATED = "as stated"
    OPPOSITE = "opposite"
    UNDETECTED = "not detected"
    PROPERTY = "holds"
    BROKEN = "does not hold"


@dataclass(frozen=True, repr=False)
class Claims(AnalysisResult):
    """What changes without the mechanism that carries each claim, in paired runs.

    Attributes:
        scenario: the scenario about which the claims are made.
        runs: number of runs of each variant.
        seed: seed of all random streams, and of the plausible points.
        runs_at_a_point: number of runs of each variant at each plausible point.
        ballots: number of ballots of the external power, and of all.
        claims: indexed by claim, in the order of the declaration: the claim and its declaration; ``usual``, the mean of
            its measure with the mechanism; ``change``, how the measure changes when it is switched, with its 95%
            interval, both in ``unit``; ``finding``; ``plausible_share`` and ``plausible_opposite``, the shares of
            plausible points at which the estimate has the stated and the opposite sign. At the others no run differs.
        milestones: indexed by claim: the changes of the probability of invitation and of accession, percentage points.
        estimates: the change at each plausible point, (point, claim), in the unit of the claim.
        not_asked: why a claim could not be asked of the scenario, by claim.
    """

    scenario: Scenario
    runs: int
    seed: int
    runs_at_a_point: int
    ballots: tuple[int, int]
    claims: pd.DataFrame
    milestones: pd.DataFrame
    estimates: pd.DataFrame
    not_asked: Mapping[str, str]

    covers = SIMULATION_ONLY + " Plausible parameters: all drawn together from their ranges, which are judgements."

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Does the model show what it was made to show? ({self.scenario.name})"

    @property
    def n_points(self) -> int:
        """Number of plausible points."""
        return len(self.estimates)

    @property
    def effects(self) -> pd.DataFrame:
        """The claims that are about effects, without those that state a property of the rules."""
        return self.claims.loc[self.milestones.index]

    def asked(self) -> dict[str, Any]:
        """The claims, and the number of plausible points and of their runs."""
        return {
            "claims": list(self.claims.index),
            "n_points": self.n_points,
            "runs_at_a_point": self.runs_at_a_point,
        }

    def with_finding(self, finding: Finding) -> pd.DataFrame:
        """The claims with a finding."""
        return self.claims[self.claims["finding"] == finding]

    def sentences(self) -> list[str]:
        """How many claims are detected; the property; what is opposite, undetected, or depends on parameters."""
        effects = self.effects
        stated, undetected, opposite = (
            int((effects["finding"] == finding).sum())
            for finding in (Finding.AS_STATED, Finding.UNDETECTED, Finding.OPPOSITE)
        )
        said = [
            f"Of {len(effects)} claims on effects, {stated} are detected in the stated direction, {undetected} are not "
            f"detected, and {opposite} are detected in the opposite direction.",
            "Formal weight: {} of {} ballots.".format(*self.ballots),
        ]
        said += [self._opposite(row) for _, row in self.with_finding(Finding.OPPOSITE).iterrows()]
        left = [self._undetected(row) for _, row in self.with_finding(Finding.UNDETECTED).iterrows()]
        said += [Undetected(f"Not detected: {'; '.join(left)}.")] if left else []
        turned = effects["plausible_opposite"] >= effects["plausible_share"]
        unsure = effects[(effects["finding"] == Finding.AS_STATED) & turned]
        if len(unsure):
            named = listed(f"{head(row['claim'])} ({signs_text(row)})" for _, row in unsure.iterrows())
            said.append(f"Detected here, but with the opposite sign at as many or more plausible points: {named}.")
        if self.not_asked:
            reasons = "; ".join(f"{name} ({reason})" for name, reason in self.not_asked.items())
            said.append(f"Not asked of this scenario: {reasons}.")
        return said

    def _opposite(self, row: pd.Series[Any]) -> str:
        change = interval(row, "change", self._form(row))
        return f"Opposite to what was stated: {row['claim']}. {self._named(row)} changes by {change}."

    def _undetected(self, row: pd.Series[Any]) -> str:
        return f"{head(row['claim'])} ({runs_needed_text(row, 'change', self._form(row))})"

    @staticmethod
    def _form(row: pd.Series[Any]) -> Any:  # noqa: ANN401 - the format of the row's measure
        return MEASURES[row["measure"]].form

    @staticmethod
    def _named(row: pd.Series[Any]) -> str:
        name = MEASURES[row["measure"]].name
        return name[0].upper() + name[1:]

    def change_text(self, row: pd.Series[Any]) -> str:
        """The change of a claim with its interval and unit; for a property, the ballots."""
        if row["measure"] not in MEASURES:
            return "{} of {} ballots".format(*self.ballots)
        return interval(row, "change", self._form(row))

    def tables(self) -> dict[str, ResultTable]:
        """The claims; for files, what each changes in both milestones, and the estimates at plausible points."""
        order = ["claim", "change", "usual", "unit", "finding", "plausible_share", "plausible_opposite"]
        changes = [f"change{end}" for end in (LOW, HIGH, DIFFER, NEEDED)]
        rest = [name for name in self.claims if name not in {*order, *changes}]
        frame = self.claims[[*order[:2], *changes, *order[2:], *rest]]
        by = {"change": "{:+.4g}", "usual": "{:.4g}", "plausible_share": "{:.0%}", "plausible_opposite": "{:.0%}"}
        title = "What changes when the mechanism of each claim is switched"
        milestones = dict.fromkeys(("invitation", "accession"), "{:+.2f}")
        return {
            "claims": ResultTable(title, frame, by, most=60),
            "milestones": ResultTable(
                "Change of the probability of invitation and accession, percentage points",
                self.milestones,
                milestones,
                most=0,
            ),
            "plausible_points": ResultTable("Estimates at each plausible point", self.estimates, {}, most=0),
        }

    def rendered(self) -> RenderableType:
        """For a terminal: question, sentences, and one table in which the claims are written out."""
        table = Table(box=box.SIMPLE, expand=True)
        table.add_column("claim", ratio=3)
        table.add_column("change when switched", ratio=2)
        table.add_column("finding", no_wrap=True)
        table.add_column("stated /\nopposite\nsign", justify="right", no_wrap=True)
        for cells in self.rows_as_text():
            table.add_row(*map(escape_markup, cells))
        parts: list[RenderableType] = [f"[bold]{escape_markup(self.question)}[/bold]  ·  {counted(self.runs)} each", ""]
        parts += [f"• {escape_markup(text)}" for text in [*self.sentences(), self.covers]]
        return Group(*parts, "", f"[bold]{escape_markup(self.tables()['claims'].title)}[/bold]", table)

    def rows_as_text(self) -> Iterator[tuple[str, str, str, str]]:
        """Claim, change, finding and the shares of plausible points by sign, as text, for each claim."""
        for _, row in self.claims.iterrows():
            is_effect = row["measure"] in MEASURES
            of = f"{MEASURES[row['measure']].name} " if is_effect and row["unit"] != POINTS.unit else ""
            of = of or (f"{row['measure']} " if is_effect else "")
            yield (
                str(row["claim"]),
                of + self.change_text(row),
                str(row["finding"]),
                signs_text(row) if is_effect else "–",
            )

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """All claims in one picture."""
        return {"claims": self.plot}

    def plot(self, ax: Axes | None = None) -> Axes:
        """One row a claim: the change with its 95% interval, dark where it is detected and pale where it is not.

        Args:
            ax: Axes for the changes of probabilities; the panel of the other measures is left out then. By default a
                new figure with both.
        """
        from article10.runs.analyses.claims.figures import draw_claims

        return draw_claims(self, ax)


def signs_text(row: pd.Series[Any]) -> str:
    """Shares of the plausible points at which an estimate has the stated and the opposite sign."""
    if np.isnan(row["plausible_share"]):
        return "–"
    return f"{row['plausible_share']:.0%} / {row['plausible_opposite']:.0%}"


def head(claim: str) -> str:
    """What is claimed, without what follows for a measure.

    >>> head("Hungary has power as a holdout: with its consent the invitation would come more often")
    'Hungary has power as a holdout'
    """
    return claim.partition(": ")[0]
