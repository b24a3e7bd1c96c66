"""Three futures compared: membership, guarantees in lieu of it, and neither, by their consequences in the model."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from article10.agents.russia import breach_hazard
from article10.model.accession_rule import MEMBER
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.guarantees.tradeoff import day_of_guarantee, with_guarantee
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import Progress, paired_runs, part_of, reached, years_until
from article10.runs.analyses.result import AnalysisResult
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.figures.style import house_style, new_axes, note_runs, with_looks
from article10.runs.output.table import ResultTable
from article10.runs.statistics.forms import NUMBER
from article10.runs.statistics.intervals import (
    format_difference,
    interval,
    mean_over_runs,
    paired,
    share,
    stating,
    warn_if_underpowered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEMBERSHIP, IN_LIEU, NEITHER = "membership", "guarantees in lieu", "neither"
FUTURES = (MEMBERSHIP, IN_LIEU, NEITHER)

MEASURES: Mapping[str, tuple[str, str, int]] = {
    "war_years": ("hot war", "years", 2),
    "breaches": ("renewed attacks", "ceasefires that break", 2),
    "front": ("territory lost since the start", "% of the country", 2),
    "spending": ("defence spending at the horizon", "% of GDP", 3),
    "cohesion": ("cohesion at the horizon", "1 − spread of stances", 3),
    "security": ("peace, and kept for a year", "probability at the horizon", 2),
}
"""What is compared: its label, its unit, and the number of digits shown."""

NOTE = "of each future, paired; lines: 95% CI (simulation uncertainty only)"
"""Note below the figures, after the number of runs."""

DETERRENCE = (0.0, 0.25, 0.5, 0.75, 0.9)
"""Values of ``war.deterrence`` for which renewed attacks are compared: its plausible range."""


@dataclass(frozen=True, repr=False)
class ThreeFutures(AnalysisResult):
    """Consequences of membership, of guarantees in lieu, and of neither, in paired runs.

    Attributes:
        scenario: the scenario analysed.
        runs: number of runs of each future.
        seed: seed of all random streams.
        level: level of the guarantee.
        given: date on which the guarantee is given.
        consequences: indexed by measure and future: mean, and difference from the future with neither, with 95%
            intervals.
        by_deterrence: indexed by ``war.deterrence`` and future: mean number of renewed attacks, with its 95% interval.
        acceded: in the future with membership, ``share`` of runs in which the candidate accedes, and mean ``years``
            until it does, with their 95% intervals.
    """

    scenario: Scenario
    runs: int
    seed: int
    level: float
    given: date
    consequences: pd.DataFrame
    by_deterrence: pd.DataFrame
    acceded: Mapping[str, float]

    @property
    def question(self) -> str:
        """The question that the analysis answers."""
        return f"What follows from membership, from guarantees in lieu, and from neither? ({self.scenario.name})"

    def asked(self) -> dict[str, Any]:
        """The guarantee, and the strengths of deterrence compared."""
        deterrence = list(self.by_deterrence.index.unique("deterrence"))
        return {"level": self.level, "given": self.given, "deterrence": deterrence}

    def sentences(self) -> list[str]:
        """Each measure and its difference from neither, how many accede, and what these results are."""
        said = []
        for measure, (label, unit, digits) in MEASURES.items():
            rows, form = self.consequences.xs(measure, level="measure"), f"{{:+.{digits}f}}"
            changes = {f: format_difference(rows.loc[f], "difference", form) for f in (MEMBERSHIP, IN_LIEU)}
            parts = "; ".join(f"{future} {change}" for future, change in changes.items())
            usual = interval(rows.loc[NEITHER], "mean", f"{{:.{digits}f}}")
            text = f"{label[0].upper()}{label[1:]}, {unit}: {usual} with neither; difference from that: {parts}."
            said.append(stating(text, *changes.values()))
        joins = interval(self.acceded, "share", "{:.0%}")
        after = "" if np.isnan(self.acceded["years"]) else f", after {interval(self.acceded, 'years', '{:.1f}')} years"
        said.append(f"In the future with membership the candidate accedes in {joins} of runs{after}.")
        return [
            *said,
            "These are outcomes of the model, not findings about the world: how strongly guarantees and membership "
            "deter is assumed (war.deterrence, guarantees.membership); the table by war.deterrence shows how results "
            "depend on that assumption.",
        ]

    def tables(self) -> dict[str, ResultTable]:
        """Consequences; renewed attacks by strength of deterrence."""
        numbers = {"mean": "{:.3f}", "difference": "{:+.3f}"}
        units = [MEASURES[measure][1] for measure in self.consequences.index.get_level_values("measure")]
        with_units = self.consequences.assign(unit=units)
        return {
            "consequences": ResultTable("Consequences in the model", with_units, numbers, most=40),
            "by_deterrence": ResultTable(
                "Renewed attacks by war.deterrence", self.by_deterrence, {"attacks": NUMBER}, 40
            ),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """All consequences, one panel each."""
        return {"futures": self.overview}

    def overview(self) -> Axes:
        """All measures on one figure, one panel each; returns the first panel."""
        with house_style():
            figure = Figure(figsize=(9.5, 5.4), layout="constrained")
            FigureCanvasAgg(figure)
            panels = figure.subplots(2, 3, sharey=True).ravel()
            for ax, measure in zip(panels, MEASURES, strict=True):
                self.plot(measure, ax)
                ax.texts[-1].remove()  # the note appears once on the figure
            figure.suptitle("Three futures: consequences in the model", x=0.01, ha="left", weight="bold")
            note_runs(panels[3], self.runs, NOTE, below=42)
        first: Axes = panels[0]
        return first

    def plot(self, measure: str = "war_years", ax: Axes | None = None) -> Axes:
        """Mean of a measure by future, with its 95% interval."""
        label, unit, digits = MEASURES[measure]
        rows = self.consequences.xs(measure, level="measure").loc[list(FUTURES)]
        with house_style():
            ax = ax or new_axes(figsize=(5.6, 2.4))
            for place, (look, (_, row)) in enumerate(with_looks(rows.iterrows())):
                colour = look["color"]
                ax.hlines(place, row["mean_low"], row["mean_high"], color=colour, linewidth=2.5)
                ax.plot(row["mean"], place, "o", color=colour)
                text: dict[str, Any] = {"textcoords": "offset points", "ha": "center", "fontsize": 8, "color": colour}
                ax.annotate(f"{row['mean']:.{digits}f}".replace("-", "−"), (row["mean"], place), (0, 7), **text)
            ax.set_yticks(range(len(FUTURES)), list(FUTURES))
            ax.set_ylim(len(FUTURES) - 0.5, -0.7)
            ax.axvline(0, color="#888888", linewidth=0.8)
            ax.margins(x=0.15)
            ax.set_title(label, fontsize=9)
            ax.set_xlabel(unit, fontsize=8.5)
            ax.grid(visible=False, axis="y")
            note_runs(ax, self.runs, NOTE, below=42)
        return ax


@checked
def three_futures(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 1000,
    seed: int = 0,
    *,
    level: float = 0.6,
    given: str | date | None = None,
    deterrence: Sequence[float] = DETERRENCE,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> ThreeFutures:
    """Compare the consequences of membership, of guarantees in lieu of it, and of neither, in paired runs.

    Membership: all members support from the first day, whatever the war, and the candidate keeps its bid. Guarantees in
    lieu: all members give a binding guarantee, and one member always objects. Neither: one member always objects, and
    no new guarantee is given.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of each future.
        seed: seed of all random streams.
        level: level of the binding guarantee, from 0 to 1.
        given: date on which the guarantee is given; by default seven months after the start.
        deterrence: values of ``war.deterrence`` for which renewed attacks are compared.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario, the level or the date is invalid.
        ValueError: ``runs`` or ``seed`` is invalid.

    Warns:
        TooFewRunsWarning: a difference is not distinguishable from zero; the message says how many runs are needed.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    chosen = read_scenario(scenario, changes, edition=edition)
    kept = ("war_intensity", "guarantee", "force_cap", "stage")
    day = day_of_guarantee(chosen, given)
    total = runs * len(FUTURES) * (1 + len(deterrence))
    results = paired_runs(
        futures_of(chosen, level, day), runs, seed, by_year=kept, progress=part_of(progress, 0, total)
    )
    by_deterrence = []
    for place, strength in enumerate(deterrence, start=1):
        variants = futures_of(chosen.with_({"war.deterrence": float(strength)}), level, day)
        swept = paired_runs(variants, runs, seed, progress=part_of(progress, place * len(FUTURES) * runs, total))
        by_deterrence += _attacks(float(strength), swept)
    joins, years = (of(results[MEMBERSHIP], "accession") for of in (reached, years_until))
    found = ThreeFutures(
        scenario=chosen,
        runs=runs,
        seed=seed,
        level=level,
        given=day,
        consequences=_consequences(results),
        by_deterrence=pd.DataFrame(by_deterrence).set_index(["deterrence", "future"]),
        acceded={**share(joins, "share"), **mean_over_runs(years[joins], "years")},
    )
    return warn_if_underpowered(found)


def _attacks(deterrence: float, results: Mapping[str, EnsembleResult]) -> list[dict[str, Any]]:
    """Rows of mean numbers of renewed attacks at a strength of deterrence, one row per future."""
    return [
        {
            "deterrence": deterrence,
            "future": name,
            **mean_over_runs(result.outcomes_by_member["breaches"].to_numpy(float), "attacks"),
        }
        for name, result in results.items()
    ]


def _consequences(results: Mapping[str, EnsembleResult]) -> pd.DataFrame:
    """Indexed by measure and future: the mean, and the difference from neither in paired runs."""
    values = {name: _values(result) for name, result in results.items()}
    rows = []
    for measure in MEASURES:
        for name in FUTURES:
            own, other = values[name][measure], values[NEITHER][measure]
            row = {"measure": measure, "future": name, **mean_over_runs(own, "mean")}
            rows.append(row | paired(own, other).row("difference"))
    return pd.DataFrame(rows).set_index(["measure", "future"])


def futures_of(scenario: Scenario, level: float, day: date) -> dict[str, Scenario]:
    """The three futures of a scenario, by name."""
    bare = LEVERS["guarantees"].without(scenario)
    members = bare.members().iso3
    shut = bare.with_(ballots={**bare.ballots, members[0]: "object"})
    no_bar = {"accession.war_bar": 1.0, "candidate.may_shelve": False}
    opened = bare.with_(no_bar, ballots=dict.fromkeys(members, "support"))
    return {MEMBERSHIP: opened, IN_LIEU: with_guarantee(shut, level, day), NEITHER: shut}


def _values(result: EnsembleResult) -> dict[str, np.ndarray]:
    frame = result.outcomes_by_member
    found = {name: frame[name].to_numpy(float) for name in MEASURES if name in frame}
    return found | {"front": 100 * found["front"], "security": security(result)}


def security(result: EnsembleResult) -> np.ndarray:
    """Probability of peace at the horizon that lasts for one more year, (run,).

    It is zero in runs with a hot war at the horizon, and otherwise ``exp(-hazard)`` with ``breach_hazard``. The
    deterrent is the guarantee in force or, for a member, at least ``guarantees.membership``.

    Args:
        result: result of ``paired_runs`` with ``war_intensity``, ``guarantee``, ``force_cap`` and ``stage`` by year.
    """
    last, s = result.data.isel(year=-1), result.scenario
    is_member = last["stage_by_year"].to_numpy() == MEMBER
    deterrent = np.maximum(last["guarantee_by_year"].to_numpy().astype(float), s.guarantees.membership * is_member)
    cap = last["force_cap_by_year"].to_numpy().astype(float)
    hot = last["war_intensity_by_year"].to_numpy() > s.war.hot_line
    return np.where(hot, 0.0, np.exp(-breach_hazard(deterrent, cap, s.war)))
