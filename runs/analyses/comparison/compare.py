"""Scenarios compared: paired runs of several scenarios, and their differences from the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.accession_rule import Milestone
from article10.model.arguments import check_distinct, whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import combined, read_scenario
from article10.runs.analyses.comparison.compare_result import MEASURES, SHELVED, Comparison
from article10.runs.analyses.paired import Progress, ends_of_years, paired_runs, reached
from article10.runs.ensemble.result import EnsembleResult
from article10.runs.ensemble.summary import objections
from article10.runs.statistics.intervals import (
    mean_over_runs,
    paired,
    share,
    share_over_runs,
    student95,
    warn_if_underpowered,
)

DEFAULT = "no_pressure"
"""The scenario that is compared with the first where none is named."""


@checked
def compare(
    scenario: str | Path | Scenario = "baseline",
    others: Sequence[str | Path | Scenario] = (),
    runs: int = 1000,
    seed: int = 0,
    *,
    combine: Sequence[str | Path] = (),
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare scenarios in paired runs: run k of each has the random draws of run k of the others.

    Args:
        scenario: the scenario that the others are compared with: a name, a path or a scenario.
        others: the scenarios to compare with it; by default, if nothing is combined either, ``no_pressure``.
        runs: number of runs of each scenario.
        seed: seed of all random streams.
        combine: names or paths of scenarios that are put on top of the first one, together, as one more scenario to
            compare with it: ``combine=["no_pressure", "peace_plan"]`` is the first scenario with what both change.
        changes: changes to all scenarios, by full key.
        edition: name or folder of the edition to stand on; by default the one that each scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: a scenario is invalid.
        ValueError: two scenarios have one name, or they differ in time or in members; ``runs`` or ``seed`` is invalid.

    Warns:
        TooFewRunsWarning: a difference is not distinguishable from zero.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    asked = list(others) or ([] if combine else [DEFAULT])
    chosen = [read_scenario(each, changes, edition=edition) for each in (scenario, *asked)]
    if combine:
        chosen.append(combined(scenario, list(combine), changes, edition=edition))
    check_distinct("scenarios", [each.name for each in chosen])
    variants = {each.name: each for each in chosen}
    results = paired_runs(variants, runs, seed, by_year=("stance", "spending", "war_intensity"), progress=progress)
    first = results[chosen[0].name]
    return warn_if_underpowered(
        Comparison(
            scenario=chosen[0],
            runs=runs,
            seed=seed,
            titles={each.name: each.title for each in chosen},
            outcomes=pd.DataFrame(_outcomes(results, first)).set_index(["measure", "scenario"]),
            by_year=pd.DataFrame(_by_year(results, first)).set_index(["measure", "by", "scenario"]),
            objections=pd.concat({name: _objections(r, first) for name, r in results.items()}, names=["scenario"]),
            stances=pd.concat({name: _stances(r, first) for name, r in results.items()}, names=["scenario"]),
        )
    )


def _outcomes(results: Mapping[str, EnsembleResult], first: EnsembleResult) -> list[dict[str, Any]]:
    """Each measure at the horizon, by scenario: its value, and its difference from the first scenario."""
    rows = []
    for measure in MEASURES:
        usual = _values(first, measure)
        for name, result in results.items():
            own = usual if result is first else _values(result, measure)
            stated = share(own, "value") if own.dtype == bool else mean_over_runs(own, "value")
            rows.append({"measure": measure, "scenario": name, **stated, **_difference(own, usual)})
    return rows


def _difference(own: np.ndarray, usual: np.ndarray) -> dict[str, Any]:
    """The cells of the difference from the first scenario; empty for that scenario itself."""
    cells = paired(own, usual).row("difference")
    return dict.fromkeys(cells, np.nan) if own is usual else cells


def _values(result: EnsembleResult, measure: str) -> np.ndarray:
    """One value a run of a measure, (run,): bool for milestones and shelving."""
    if measure in tuple(Milestone):
        return reached(result, measure)
    values = result.outcomes_by_member[measure].to_numpy()
    return values.astype(bool) if measure == SHELVED else values.astype(float)


def _by_year(results: Mapping[str, EnsembleResult], first: EnsembleResult) -> list[dict[str, Any]]:
    """Milestones reached, war, spending and cohesion at the end of each year, by scenario."""
    rows, years = [], first.data["year"].to_numpy()
    for end in ends_of_years(first.scenario):
        place = int(np.searchsorted(years, end.year, side="right")) - 1  # no step ends in a year of few days
        usual = _at_year_end(first, place, end)
        for name, result in results.items():
            values = usual if result is first else _at_year_end(result, place, end)
            for measure, own in values.items():
                stated = share(own, "value") if own.dtype == bool else mean_over_runs(own, "value")
                difference = _difference(own, usual[measure])
                rows.append({"measure": measure, "by": end.date(), "scenario": name, **stated, **difference})
    return rows


def _at_year_end(result: EnsembleResult, place: int, end: pd.Timestamp) -> dict[str, np.ndarray]:
    """Values of each measure at the end of a year, (run,) each."""
    weight = result.scenario.members().influence_weight
    stance, spending = (result.data[f"{name}_by_year"].to_numpy()[:, place] for name in ("stance", "spending"))
    hot = result.data["war_intensity_by_year"].to_numpy()[:, place] > np.float32(result.scenario.war.hot_line)
    return {
        **{str(name): reached(result, name, end) for name in Milestone},
        "hot_war": np.asarray(hot),
        "spending": spending @ (weight / weight.sum()),
        "cohesion": 1.0 - stance.std(axis=1, dtype=float),
    }


def _objections(result: EnsembleResult, first: EnsembleResult) -> pd.DataFrame:
    """Share of councils at which each member objects by its own stance, and its difference from the first scenario."""
    (held, kinds), (held_first, kinds_first) = objections(result), objections(first)
    rows = []
    for own, usual in zip(kinds["own_stance"].T, kinds_first["own_stance"].T, strict=True):
        difference = _difference_of_shares(own, held, usual, held_first)
        rows.append({**share_over_runs(own, "share", held), **difference})
    return pd.DataFrame(rows, index=_members(result))


def _difference_of_shares(
    own: np.ndarray, held: np.ndarray, usual: np.ndarray, held_first: np.ndarray
) -> dict[str, float]:
    """The difference of two ratios of sums over paired runs, with its linearised 95% interval."""
    if not held.sum() or not held_first.sum():
        return dict.fromkeys(("difference", "difference_low", "difference_high"), np.nan)
    ratio, ratio_first = own.sum() / held.sum(), usual.sum() / held_first.sum()
    spread = (own - ratio * held) / held.mean() - (usual - ratio_first * held_first) / held_first.mean()
    n = len(spread)
    half = student95(n) * spread.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    difference = float(ratio - ratio_first)
    return {"difference": difference, "difference_low": difference - half, "difference_high": difference + half}


def _stances(result: EnsembleResult, first: EnsembleResult) -> pd.DataFrame:
    """Mean stance of each member at the end of the last year, and its difference from the first scenario."""
    own, usual = (r.data["stance_by_year"].to_numpy()[:, -1].astype(float) for r in (result, first))
    rows = [
        {**mean_over_runs(mine, "stance"), **paired(mine, theirs).row("difference")}
        for mine, theirs in zip(own.T, usual.T, strict=True)
    ]
    return pd.DataFrame(rows, index=_members(result))


def _members(result: EnsembleResult) -> pd.Index[str]:
    return pd.Index(result.data["member_name"].to_numpy(), name="member")
