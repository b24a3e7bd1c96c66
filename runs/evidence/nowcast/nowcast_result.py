"""The result of a nowcast: filtered stances, what each row taught, scores, and a scenario that starts from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from article10.model.edition import read_edition
from article10.model.scenario import Scenario
from article10.runs.analyses.result import AnalysisResult, listed
from article10.runs.evidence.nowcast.nowcast_scores import (
    NOWCAST,
    against_codes,
    by_case,
    summarised,
)
from article10.runs.evidence.nowcast.observations import POSITION, Assumptions, Observation
from article10.runs.evidence.nowcast.onward import onward, scenario_text
from article10.runs.evidence.nowcast.particle_filter import COLUMNS, Filtered
from article10.runs.evidence.stance_positions import EDITION, LATER
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import COUNT, NUMBER, SIGNED

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SCENARIO = "scenario.toml"
"""The file with the scenario that starts from the filtered stances."""

FEW = 400
"""Runs of the first day below which the error of a mean, in standard deviations of the stance, is above 0.05."""

LEARNED = 0.05
"""Change of a mean that a sentence names."""

FEWEST = 10
"""Runs that must be on each side of the objection line for odds to be stated."""

ROWS_SHOWN = 40
"""Rows of long tables on a screen."""


@dataclass(frozen=True, repr=False)
class Nowcast(AnalysisResult):
    """Where members stand on a day, by the model and by what had become known.

    Attributes:
        scenario: the scenario that was filtered, with the known events, up to the last day.
        runs: number of runs.
        seed: seed of all random streams.
        base: the scenario as it was given, up to its own horizon.
        learn_until: rows that became known later were scored, and not taken in.
        rows: the dated rows, in the order in which they became known.
        left_out: rows that were not used, in a few words, with the reason.
        assumed: what was assumed of rows.
        filtered: what the filter found.
        unfiltered: the same runs without weights.
    """

    scenario: Scenario
    runs: int
    seed: int
    base: Scenario
    learn_until: dt.date
    rows: tuple[Observation, ...]
    left_out: tuple[tuple[str, str], ...]
    assumed: Assumptions
    filtered: Filtered
    unfiltered: Filtered

    covers: ClassVar[str] = (
        "Intervals of stances: 90% of the weighed runs; of skill: 95%, over members. Neither says how sure the model "
        "is of the world."
    )

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"Where do members stand on {self.until}, and what taught it? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The days, what was assumed, and the rows."""
        rows = [f"{row.day} {row.kind} {' '.join(row.members)} {' '.join(map(str, row.values))}" for row in self.rows]
        days = {"start": self.scenario.start, "until": self.until, "learn_until": self.learn_until}
        return {**days, "assumptions": self.assumed.model_dump(), "rows": rows}

    @property
    def until(self) -> dt.date:
        """The last day."""
        return self.scenario.horizon

    @property
    def has_later_codes(self) -> bool:
        """Whether a later edition has codes of the last day to compare with."""
        return self.scenario.edition == EDITION and self.until == read_edition(LATER).date

    # --- findings --------------------------------------------------------------------------------------------------

    @cached_property
    def stances(self) -> pd.DataFrame:
        """By member: unfiltered and filtered stance with 90% interval, chance that it objects, rows on it."""
        codes = self.scenario.members().iso3
        found: dict[str, Any] = {}
        for name, by_step in (("filtered", self.filtered.by_step[-1]), ("unfiltered", self.unfiltered.by_step[-1])):
            mean, low, high, objects = (by_step[:, COLUMNS.index(c)] for c in ("mean", "low", "high", "objects"))
            found |= {name: mean, f"{name}_low": low, f"{name}_high": high, f"objects_{name}": objects}
        found["first_day"] = self.unfiltered.by_step[0, :, COLUMNS.index("mean")]
        named = [row.members[0] for row in self.taken_in if row.kind == POSITION]
        found["positions"] = [named.count(code) for code in codes]
        found["alternative_governs"] = self.filtered.alternative
        return pd.DataFrame(found, index=pd.Index(codes, name="member"))

    @property
    def taken_in(self) -> list[Observation]:
        """The rows that weighed runs."""
        return [row for row in self.rows if row.seen <= self.learn_until]

    @cached_property
    def taught(self) -> pd.DataFrame:
        """By row taken in: its probability before, and what it changed."""
        table = self.filtered.taught
        rows = [self.rows[place] for place in table["row"]] if len(table) else []
        head = pd.DataFrame(
            {
                "date": [row.day for row in rows],
                "known": [row.seen for row in rows],
                "row": [row.label for row in rows],
            }
        )
        columns = ["probability", "mean_before", "mean_after", "sd_before", "sd_after", "objects_before"]
        found = pd.concat([head, table.reindex(columns=[*columns, "objects_after", "ess"])], axis=1)
        found["change"] = found["mean_after"] - found["mean_before"]
        found["log_odds"] = _log_odds(found["objects_after"], self.runs) - _log_odds(found["objects_before"], self.runs)
        return found.set_index(["date", "row"])

    @cached_property
    def cases(self) -> pd.DataFrame:
        """By position and forecaster: what was foreseen, and its score; see ``by_case``."""
        return by_case(self, None if self.learn_until == self.until else self.learn_until)

    @cached_property
    def scores(self) -> pd.DataFrame:
        """By forecaster: mean scores of the positions foreseen; see ``summarised``."""
        return summarised(self.cases, self.seed) if len(self.cases) else pd.DataFrame()

    @cached_property
    def codes(self) -> pd.DataFrame:
        """By forecaster: mean scores of the stances at the end against the codes of the later edition."""
        return summarised(against_codes(self), self.seed) if self.has_later_codes else pd.DataFrame()

    def onward(self) -> Scenario:
        """The scenario that starts from the filtered stances; see ``article10.runs.evidence.nowcast.onward``."""
        return onward(self.base, self.filtered, self.until)

    # --- words -----------------------------------------------------------------------------------------------------

    def sentences(self) -> list[str]:
        """What moved, what taught most, how many runs are left, and how well the rows were foreseen."""
        return [self._headline(), *self._most_taught(), self._left(), *self._scored(), *self._not_used()]

    def _headline(self) -> str:
        alone = {row.members[0] for row in self.taken_in if len(row.members) == 1}
        moved = self.stances[self.stances.index.isin(alone)]
        by = moved["filtered"] - moved["unfiltered"]
        names = by[by.abs() >= LEARNED].abs().sort_values(ascending=False, kind="stable").index
        words = [
            f"{code} at {row['filtered']:+.2f} [{row['filtered_low']:+.2f}, {row['filtered_high']:+.2f}], "
            f"unfiltered {row['unfiltered']:+.2f}"
            for code, row in moved.loc[names[:6]].iterrows()
        ]
        said = "; ".join(words) if words else f"no mean of a member named differs from the unfiltered by {LEARNED:g}"
        count = f"{len(self.taken_in)} of {len(self.rows)} rows taken in"
        return f"Stances on {self.until:%-d %B %Y}, {count}: {said}."

    def _most_taught(self) -> list[str]:
        own = self.taught.dropna(subset=["change"])
        if own.empty:
            return []
        top = own.iloc[own["change"].abs().argsort(kind="stable")[::-1]].head(3)
        dated = zip(top.index.get_level_values("date"), top.index.get_level_values("row"), top.iterrows(), strict=True)
        words = [
            f"{day:%-d %B %Y}, {label}: mean {row['mean_before']:+.2f} to {row['mean_after']:+.2f}, objects in "
            f"{row['objects_before']:.0%} before and {row['objects_after']:.0%} after"
            for day, label, (_, row) in dated
        ]
        nothing = int((own["change"].abs() < 0.01).sum())
        return [
            f"Positions that taught most: {'; '.join(words)}.",
            f"{nothing} of {len(own)} positions moved the mean of their member by less than 0.01.",
        ]

    def _left(self) -> str:
        weights = self.filtered.weights
        least, day, left = weights["ess"].min(), weights["ess"].idxmin(), weights["first_day"].iloc[-1]
        times = int(weights["resampled"].sum())
        text = (
            f"The effective sample size is least on {day:%-d %B %Y}, {least:,.0f} of {self.runs:,} runs; resampled "
            f"{times} time{'' if times == 1 else 's'}. The runs at the end come from about {left:,.0f} of the first "
            "day"
        )
        return text + (": means differ by chance; with other seeds, or more runs, they move." if left < FEW else ".")

    def _scored(self) -> list[str]:
        said = []
        for table, what in ((self.scores, self._what()), (self.codes, self._what_of_codes())):
            if table.empty:
                continue
            own, rest = table["crps"].loc[NOWCAST], table["crps"].drop(NOWCAST)
            better = [f"{name} {value:.3f}" for name, value in rest.items() if value > own]
            worse = [f"{name} {value:.3f}" for name, value in rest.items() if value < own]
            said.append(
                f"{what}: mean CRPS {own:.3f} (lower is better). "
                f"Better than {listed(better)}; worse than {listed(worse)}."
            )
        return said

    def _what(self) -> str:
        n = self.cases["row"].nunique()
        if self.learn_until < self.until:
            return f"{n} positions after {self.learn_until:%-d %B %Y}, none of them taken in"
        return f"{n} positions, each foreseen from the rows before it"

    def _what_of_codes(self) -> str:
        circular = "" if self.learn_until == self.scenario.start else ", which rest in part on rows taken in"
        return f"Stances at the end against the codes of {LATER}{circular}"

    def _not_used(self) -> list[str]:
        reasons = [reason for _, reason in self.left_out]
        counts = {reason: reasons.count(reason) for reason in dict.fromkeys(reasons)}
        if not counts:
            return []
        return [f"Rows that were not used: {listed(f'{n} ({why})' for why, n in counts.items())}."]

    # --- tables and files ------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, ResultTable]:
        """Stances, what each row taught, weights, scores, cases, and what was assumed."""
        shares = dict.fromkeys(("objects_filtered", "objects_unfiltered", "alternative_governs"), "{:.0%}")
        signed = dict.fromkeys(("filtered", "unfiltered", "first_day"), SIGNED)
        rows = dict.fromkeys(("mean_before", "mean_after", "change", "log_odds"), SIGNED)
        rows |= dict.fromkeys(("objects_before", "objects_after"), "{:.0%}") | {"ess": COUNT, "probability": "{:.2g}"}
        found = {
            "stances": ResultTable(
                f"Stances on {self.until}, with 90% intervals", self.stances, {**signed, **shares}, ROWS_SHOWN
            ),
            "rows": ResultTable(
                "What each row taught: its member's mean, and the chance and log odds that the member objects",
                self.taught.drop(columns="known"),
                {**rows, "sd_before": NUMBER, "sd_after": NUMBER},
                ROWS_SHOWN,
            ),
            "weights": ResultTable(
                "Effective sample size", self.filtered.weights, {"ess": COUNT, "first_day": COUNT}, 0
            ),
        }
        scored = {"crps": "{:.3f}", "error": "{:.3f}", "covered": "{:.0%}", "skill": SIGNED}
        if not self.scores.empty:
            found["scores"] = ResultTable(f"Scores: {self._what()}; skill over no change", self.scores, scored)
            forms = {"observed": SIGNED, "forecast": SIGNED, "crps": "{:.3f}", "error": "{:.3f}"}
            found["cases"] = ResultTable("Each position and forecaster", self.cases.set_index("row"), forms, 0)
        if not self.codes.empty:
            found["codes"] = ResultTable(f"{self._what_of_codes()}; skill over no change", self.codes, scored)
        found["assumptions"] = ResultTable("Assumed of rows", self._assumptions(), {}, 0)
        return found

    def _assumptions(self) -> pd.DataFrame:
        from article10.agents.parameter import declarations

        rows = {
            d.key.partition(".")[2]: {
                "value": d.default,
                "range_low": (d.meta.plausible or (np.nan, np.nan))[0],
                "range_high": (d.meta.plausible or (np.nan, np.nan))[1],
                "meaning": d.description,
                "source": d.meta.source,
            }
            for d in declarations("assumed", self.assumed)
        }
        return pd.DataFrame(rows).T.rename_axis("name")

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Filtered stances of the members with positions, weights over time, what each position taught."""
        from article10.runs.evidence.nowcast import nowcast_figures as draw

        return {
            "members": partial(draw.members, self),
            "weights": partial(draw.weights, self),
            "taught": partial(draw.taught, self),
        }

    def save(self, folder: Path, figures: str = "png") -> list[Path]:
        """Write the files of every result, and ``scenario.toml``, which starts from the filtered stances.

        The scenario is not written if the nowcast ends at the horizon of its own scenario.

        Args:
            folder: the folder, which is created if it does not exist.
            figures: format of the figures: png, svg or pdf.

        Raises:
            ArgumentError: there is no such format.
            OSError: the folder cannot be written to.
        """
        paths = super().save(folder, figures)
        if self.until < self.base.horizon:
            said = f"From a nowcast of {self.base.name}: {self.runs:,} runs, seed {self.seed}, {len(self.rows)} rows."
            paths.append(folder / SCENARIO)
            paths[-1].write_text(scenario_text(self.onward(), said), "utf-8")
        return paths


def _log_odds(share: pd.Series[Any], runs: int) -> pd.Series[Any]:
    """Log odds of a share of runs; not-a-number where fewer than ``FEWEST`` runs are on one side."""
    values = share.astype(float)
    known = values.where(np.minimum(values, 1.0 - values) * runs >= FEWEST)
    odds: pd.Series[Any] = (known / (1.0 - known)).map(np.log)
    return odds
