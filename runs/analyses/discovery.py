"""Scenario discovery: what separates the worlds in which something happened from those in which it did not."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.ticker
import numpy as np
import pandas as pd

from article10.model.accession_rule import SHELVED
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.runs.analyses.answer import Answer, Shown
from article10.runs.analyses.evidence import TooFewRunsWarning
from article10.runs.analyses.worlds import Progress, check_milestone, reached, worlds, year_ends
from article10.runs.batch_result import BatchResult
from article10.runs.figures_style import OPPOSED, SUPPORTIVE, house_style, new_axes, note_runs
from article10.runs.result import EnsembleResult
from article10.runs.summary import wilson

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DEPTH = 3
"""Conditions of a box at the most: more cannot be told as a sentence."""

PRUNING = 0.002
"""Gain in impurity below which a condition is left out: that of splits by noise in a thousand worlds."""

FEWEST_POSITIVE = 40
"""Worlds in which it happened, among those that boxes are found in: fewer give boxes of noise."""

WATCHED = 6
"""Members whose stances and governments are looked at: those coded most opposed."""


@dataclass(frozen=True, repr=False)
class Discovery(Answer):
    """Boxes: simple conditions under which an outcome is much likelier, or less likely, than on the whole.

    Boxes are found in one half of the worlds; coverage, density and support are those of the other half.

    Attributes:
        scenario: that it was asked of.
        runs: worlds, at each point where there are several.
        seed: of all random streams.
        outcome: what happened or not.
        when: the date up to which features are taken, in words.
        share: share of the held-out worlds in which it happened.
        boxes: by condition, densest first: ``density`` (share of the box's worlds in which it happened, with its 95%
            interval), ``coverage`` (share of all worlds in which it happened that lie in the box), ``support``
            (worlds).
        weight: by feature, its share of the tree's gain (Breiman et al. 1984).
    """

    scenario: Scenario
    runs: int
    seed: int
    outcome: str
    when: str
    share: float
    boxes: pd.DataFrame
    weight: pd.Series[float]

    @property
    def question(self) -> str:
        """What was asked."""
        return f"What separates the worlds with {self.outcome} from those without? ({self.scenario.name})"

    def sentences(self) -> list[str]:
        """The densest and the emptiest box, if they stand out."""
        if self.boxes.empty:
            return [f"Too few worlds with {self.outcome} ({self.share:.1%}) to tell what sets them apart."]
        said = [f"On the whole it happens in {self.share:.1%} of the held-out worlds; features are those {self.when}."]
        high = self.boxes[self.boxes["density_low"] > self.share]
        low = self.boxes[self.boxes["density_high"] < self.share]
        if high.empty and low.empty:
            return [*said, "No box stands out from the whole: these features do not separate the worlds."]
        told = [*high.head(2).index, *low.tail(1).index]
        return said + [self._said_of(str(box)) for box in told]

    def _said_of(self, box: str) -> str:
        row = self.boxes.loc[box]
        density = f"{row['density']:.0%} [{row['density_low']:.0%}, {row['density_high']:.0%}] of these worlds"
        held = f"they hold {row['coverage']:.0%} of all in which it happens ({row['support']:,.0f} worlds)"
        return f"Where {box} – {density}; {held}."

    def tables(self) -> dict[str, Shown]:
        """Boxes; weight of the features."""
        formats = {"density": "{:.0%}", "coverage": "{:.0%}", "support": "{:,.0f}"}
        weight = self.weight[self.weight > 0].sort_values(ascending=False).to_frame("weight").rename_axis("feature")
        return {
            "boxes": Shown("Boxes, on held-out worlds", self.boxes, formats),
            "weight": Shown("Weight of the features", weight, {"weight": "{:.0%}"}),
        }

    def figures(self) -> dict[str, Callable[[], Axes]]:
        """Density by box."""
        return {"boxes": self.plot} if len(self.boxes) else {}

    def plot(self, ax: Axes | None = None) -> Axes:
        """Density of each box with its 95% interval, against the whole."""
        shown = self.boxes[::-1]
        with house_style():
            ax = ax or new_axes(figsize=(9.0, 1.6 + 0.62 * len(shown)))
            stands_out = np.where(shown["density_low"] > self.share, SUPPORTIVE, "#c9c9c9")
            colours = np.where(shown["density_high"] < self.share, OPPOSED, stands_out)
            errors = [shown["density"] - shown["density_low"], shown["density_high"] - shown["density"]]
            labels = [str(box).replace(", and ", "\n") for box in shown.index]
            ax.barh(labels, shown["density"], xerr=errors, color=colours, error_kw={"ecolor": "#444444"})
            for place, (_, row) in enumerate(shown.iterrows()):
                text = f" holds {row['coverage']:.0%}"
                ax.text(min(row["density_high"], 1.0), place, text, va="center", fontsize=8, color="#555555")
            ax.axvline(self.share, color="#444444", linewidth=1, linestyle="--")
            ax.set_xlim(0, min(1.12, 1.25 * float(shown["density_high"].max())))
            ax.xaxis.set_major_formatter(matplotlib.ticker.PercentFormatter(1.0))
            ax.set_xlabel(f"share of the box's worlds with {self.outcome}; dashed: of all")
            ax.tick_params(axis="y", labelsize=8)
            ax.grid(visible=False, axis="y")
            ax.set_title(f"What separates the worlds with {self.outcome}")
            held_out = f"boxes on {int(self.boxes['support'].sum()):,} held-out worlds"
            note_runs(ax, self.runs, held_out, below=38)
        return ax


def discover(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    outcome: str = "invitation",
    until: int | None = None,
    changes: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Discovery:
    """What separates the worlds in which an outcome is reached by the horizon from those in which it is not.

    Features are the state of the world up to the end of a year: stances, governments, war, guarantees, readiness.
    Worlds in which the outcome has come by then are left out, so that no feature is its consequence.

    Args:
        scenario: name, path or scenario.
        runs: worlds.
        seed: of all random streams.
        outcome: ``invitation``, ``signature`` or ``accession``.
        until: the year; by default half-way to the horizon.
        changes: to the scenario, by full key.
        progress: called with the number of runs done and of all.

    Raises:
        ImportError: scikit-learn is not installed (the extra ``analysis``).
        ScenarioError: the scenario is wrong.
        ValueError: ``runs``, ``seed``, ``outcome`` or ``until`` is.

    Warns:
        TooFewRunsWarning: too few worlds reach the outcome.
    """
    check_milestone(outcome)
    chosen = read_scenario(scenario, changes)
    years = [year for year in year_ends(chosen) if year < chosen.horizon.year]
    last = (chosen.start.year + chosen.horizon.year) // 2 if until is None else until
    if last not in years:
        raise ValueError(f"until = {until}: expected a year from {chosen.start.year} to {chosen.horizon.year - 1}")
    by_year = ("stance", "orientation", "threat", "ceasefire", "front", "guarantee", "readiness", "aspiration", "stage")
    result = worlds({"": chosen}, runs, seed, by_year=by_year, progress=progress)[""]
    open_still = ~reached(result, outcome, f"{last}-12-31")
    features = features_until(result, last)[open_still]
    happened = reached(result, outcome)[open_still]
    fit = np.arange(len(happened)) % 2 == 0
    found = find_boxes(features, happened, fit, outcome)
    when = f"by the end of {last}, worlds not decided by then"
    return Discovery(chosen, runs, seed, outcome, when, float(happened[~fit].mean()), *found)


def discover_parameters(batch: BatchResult, *, outcome: str = "invitation") -> Discovery:
    """What separates the runs of a batch in which an outcome is reached: boxes in its sampled parameters.

    Args:
        batch: of a design with a sample, a grid or a table.
        outcome: ``invitation``, ``signature`` or ``accession``.

    Raises:
        ValueError: no parameter varies over the batch, or the outcome is unknown.
    """
    check_milestone(outcome)
    points = batch.points
    varied = [c for c in batch.varied if pd.api.types.is_numeric_dtype(points[c]) and points[c].nunique() > 1]
    if not varied:
        raise ValueError("the batch varies no numeric parameter: give its design a sample, a grid or a table")
    outcomes = batch.outcomes
    happened = outcomes[f"{outcome}_date"].notna().to_numpy()
    point = outcomes["point"].to_numpy()
    features = points[varied].astype(float).reindex(point).reset_index(drop=True)
    order = np.random.default_rng(0).permutation(len(points))
    fit = np.isin(point, np.asarray(points.index)[order[::2]])  # whole points are held out, not some of their runs
    found = find_boxes(features, happened, fit, outcome)
    share, seed = float(happened[~fit].mean()), int(batch.description["design"]["seed"])
    return Discovery(batch.scenario(0), batch.runs, seed, outcome, "of the sample", share, *found)


def features_until(result: EnsembleResult, year: int) -> pd.DataFrame:
    """What a reader can know of each world by the end of a year, one column a feature.

    Args:
        result: of ``worlds`` with the variables that ``discover`` keeps by year.
        year: the last.
    """
    data, roster = result.data, result.scenario.members()
    upto = data.sel(year=slice(None, year))
    opposed = [roster.iso3[i] for i in np.argsort(roster.stance, kind="stable")[:WATCHED]]
    columns: dict[str, np.ndarray] = {}
    for code in opposed:
        name = roster.names[roster.index(code)]
        stance = upto["stance_by_year"].sel(member=code)
        columns[f"{name}'s stance at the end of {year}"] = stance.to_numpy()[:, -1]
        columns[f"{name}'s stance at the start"] = stance.to_numpy()[:, 0]
        leaning = upto["orientation_by_year"].sel(member=code).to_numpy()[:, -1]
        columns[f"{name}'s government (orientation) at the end of {year}"] = leaning
    others = upto["stance_by_year"].to_numpy()[:, -1]
    columns[f"members below the objection line at the end of {year}"] = (
        others < result.scenario.accession.objection_line
    ).sum(axis=1)
    columns[f"year ends in a ceasefire by {year}"] = upto["ceasefire_by_year"].to_numpy().sum(axis=1)
    columns["Russian progress at the front"] = upto["front_by_year"].to_numpy()[:, -1]
    columns["guarantee in force"] = upto["guarantee_by_year"].to_numpy()[:, -1]
    columns["the candidate's readiness"] = upto["readiness_by_year"].to_numpy()[:, -1]
    columns["the candidate's aspiration"] = upto["aspiration_by_year"].to_numpy()[:, -1]
    columns[f"bid shelved at the end of {year}"] = upto["stage_by_year"].to_numpy()[:, -1] == SHELVED
    columns["mean threat"] = upto["threat_by_year"].to_numpy()[:, -1].mean(axis=1)
    return pd.DataFrame(columns).astype(float)


def find_boxes(
    features: pd.DataFrame, happened: np.ndarray, fit: np.ndarray, what: str = "it"
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Boxes by a shallow classification tree, found in some worlds and measured in the others.

    Args:
        features: one row a world.
        happened: whether it happened, (world,) of bool.
        fit: worlds to find the boxes in, (world,) of bool.
        what: happened, for the warning.

    Returns:
        The boxes and the weight of the features, as in ``Discovery``; both empty where too few worlds have it.

    Warns:
        TooFewRunsWarning: it happened in too few worlds, or in too many.
    """
    from sklearn.tree import DecisionTreeClassifier

    rare = min(int(happened[fit].sum()), int((~happened[fit]).sum()))
    if rare < FEWEST_POSITIVE:
        more = f"about {math.ceil(len(fit) * FEWEST_POSITIVE / rare):,} would do" if rare else "no number would do"
        text = f"{what}: {len(fit):,} worlds are too few to tell what sets apart those with it; {more}"
        warnings.warn(text, TooFewRunsWarning, stacklevel=3)
        return pd.DataFrame(), pd.Series(dtype=float)
    leaf = max(30, int(fit.sum()) // 20)
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=leaf, ccp_alpha=PRUNING, random_state=0)
    tree.fit(features[fit].to_numpy(), happened[fit])
    held_out, held_happened = features[~fit], happened[~fit]
    rows = []
    for limits in _leaves(tree.tree_, features.shape[1]):
        inside = np.ones(len(held_out), dtype=bool)
        for place, (low, high) in limits.items():
            values = held_out.iloc[:, place].to_numpy()
            inside &= (values > low) & (values <= high)
        n, k = int(inside.sum()), int(held_happened[inside].sum())
        if n == 0:
            continue
        low, high = wilson(k, n)
        coverage = k / max(int(held_happened.sum()), 1)
        box = _words(limits, features)
        row = {"box": box, "density": k / n, "density_low": low, "density_high": high}
        rows.append(row | {"coverage": coverage, "support": n})
    boxes = pd.DataFrame(rows).set_index("box").sort_values("density", ascending=False)
    return boxes, pd.Series(tree.feature_importances_, index=features.columns)


Limits = dict[int, tuple[float, float]]
"""By feature, above and up to what it lies."""


def _leaves(tree: Any, n_features: int) -> Iterator[Limits]:  # noqa: ANN401 - scikit-learn's tree
    pending: list[tuple[int, Limits]] = [(0, {})]
    while pending:
        place, limits = pending.pop()
        feature = int(tree.feature[place])
        if not 0 <= feature < n_features:
            yield limits
            continue
        at, (low, high) = float(tree.threshold[place]), limits.get(feature, (-math.inf, math.inf))
        pending.append((int(tree.children_left[place]), {**limits, feature: (low, min(high, at))}))
        pending.append((int(tree.children_right[place]), {**limits, feature: (max(low, at), high)}))


def _words(limits: Limits, features: pd.DataFrame) -> str:
    return ", and ".join(_condition(features.iloc[:, i], *span) for i, span in limits.items()) or "any world"


def _condition(feature: pd.Series[float], low: float, high: float) -> str:
    """A condition as a reader would say it: yes or no, a count, or a number."""
    name = str(feature.name)
    if feature.isin([0.0, 1.0]).all():
        return f"{name}: {'no' if math.isinf(low) else 'yes'}"
    if (feature % 1 == 0).all():
        least, most = (
            math.floor(low) + 1 if not math.isinf(low) else None,
            None if math.isinf(high) else math.floor(high),
        )
        if least is None:
            return f"{name}: at most {most}"
        return f"{name}: at least {least}" if most is None else f"{name}: {least} to {most}"
    if math.isinf(low):
        return f"{name} up to {high:.2f}"
    return f"{name} above {low:.2f}" if math.isinf(high) else f"{name} {low:.2f} to {high:.2f}"
