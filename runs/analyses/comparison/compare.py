"""Scenarios compared: paired runs of several scenarios, and their differences from the first."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.accession_rule import Milestone
from article10.model.arguments import check_distinct, whole
from article10.model.checked import checked
from article10.model.edition import Edition
from article10.model.scenario import Scenario, ScenarioError
from article10.model.scenario_file import combined, read_scenario
from article10.runs.analyses.comparison.compare_result import MEASURES, SHELVED, Comparison
from article10.runs.analyses.comparison.runs_compared import YEARLY, ComparedRuns, is_folder, runs_in
from article10.runs.analyses.paired import Progress, ends_of_years, paired_runs
from article10.runs.ensemble.years import steps_at_year_ends
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

    Folders that ``article10 run`` or ``article10 batch`` has written are compared as they are, without simulating:
    ``compare("results/sweep")`` compares the points of a batch with the first of them.

    Args:
        scenario: the scenario that the others are compared with: a name, a path or a scenario; or a folder.
        others: the scenarios to compare with it; by default, if nothing is combined either, ``no_pressure``. Or
            further folders.
        runs: number of runs of each scenario; folders have their own.
        seed: seed of all random streams; folders have their own.
        combine: names or paths of scenarios that are put on top of the first one, together, as one more scenario to
            compare with it: ``combine=["no_pressure", "peace_plan"]`` is the first scenario with what both change.
        changes: changes to all scenarios, by full key.
        edition: name or folder of the edition to stand on; by default the one that each scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: a scenario is invalid, or a folder stands beside scenarios, changes or an edition.
        ValueError: two scenarios have one name, or they differ in time or in members; ``runs`` or ``seed`` is invalid;
            the runs in folders do not share draws.
        BatchError: a batch is damaged, or no run of a point is done.

    Warns:
        TooFewRunsWarning: a difference is not distinguishable from zero.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    if folders := [each for each in (scenario, *others) if is_folder(each)]:
        if len(folders) < 1 + len(others) or combine or changes or edition is not None:
            raise ScenarioError(f"{folders[0]}: a folder of runs is compared with folders only, and as it is")
        return _compared(runs_in([str(each) for each in folders]))
    asked = list(others) or ([] if combine else [DEFAULT])
    chosen = [read_scenario(each, changes, edition=edition) for each in (scenario, *asked)]
    if combine:
        chosen.append(combined(scenario, list(combine), changes, edition=edition))
    check_distinct("scenarios", [each.name for each in chosen])
    variants = {each.name: each for each in chosen}
    results = paired_runs(variants, runs, seed, by_year=YEARLY, progress=progress)
    return _compared({name: ComparedRuns.of_paired(result) for name, result in results.items()})


def _compared(results: Mapping[str, ComparedRuns]) -> Comparison:
    """The comparison of paired runs by name, with the first of them."""
    first = next(iter(results.values()))
    is_known = all("stance" in runs.by_year for runs in results.values())
    return warn_if_underpowered(
        Comparison(
            scenario=first.scenario,
            runs=len(first.outcomes),
            seed=first.seed,
            titles={name: runs.scenario.title for name, runs in results.items()},
            outcomes=pd.DataFrame(_outcomes(results, first)).set_index(["measure", "scenario"]),
            by_year=pd.DataFrame(_by_year(results, first)).set_index(["measure", "by", "scenario"]),
            objections=pd.concat({name: _objections(r, first) for name, r in results.items()}, names=["scenario"]),
            stances=pd.concat({name: _stances(r, first, is_known) for name, r in results.items()}, names=["scenario"]),
        )
    )


def _outcomes(results: Mapping[str, ComparedRuns], first: ComparedRuns) -> list[dict[str, Any]]:
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


def _values(result: ComparedRuns, measure: str) -> np.ndarray:
    """One value a run of a measure, (run,): bool for milestones and shelving."""
    if measure in tuple(Milestone):
        return result.reached(measure)
    values = result.outcomes[measure].to_numpy()
    return values.astype(bool) if measure == SHELVED else values.astype(float)


def _by_year(results: Mapping[str, ComparedRuns], first: ComparedRuns) -> list[dict[str, Any]]:
    """Milestones reached, war, spending and cohesion at the end of each year, by scenario."""
    rows, years = [], list(steps_at_year_ends(first.scenario))
    known = set[str].intersection(*(set(runs.by_year) for runs in results.values()))
    for end in ends_of_years(first.scenario):
        place = int(np.searchsorted(years, end.year, side="right")) - 1  # no step ends in a year of few days
        usual = _at_year_end(first, place, end, known)
        for name, result in results.items():
            values = usual if result is first else _at_year_end(result, place, end, known)
            for measure, own in values.items():
                stated = share(own, "value") if own.dtype == bool else mean_over_runs(own, "value")
                difference = _difference(own, usual[measure])
                rows.append({"measure": measure, "by": end.date(), "scenario": name, **stated, **difference})
    return rows


def _at_year_end(result: ComparedRuns, place: int, end: pd.Timestamp, known: Collection[str]) -> dict[str, np.ndarray]:
    """Values of each measure whose variable is known at the end of a year, (run,) each."""
    weight = result.scenario.members().influence_weight
    now = {name: result.by_year[name][:, place] for name in known}
    found = {str(name): result.reached(name, end) for name in Milestone}
    if "war_intensity" in now:
        found["hot_war"] = np.asarray(now["war_intensity"] > np.float32(result.scenario.war.hot_line))
    if "spending" in now:
        found["spending"] = now["spending"] @ (weight / weight.sum())
    if "stance" in now:
        found["cohesion"] = 1.0 - now["stance"].std(axis=1, dtype=float)
    return found


def _objections(result: ComparedRuns, first: ComparedRuns) -> pd.DataFrame:
    """Share of councils at which each member objects by its own stance, and its difference from the first scenario."""
    (held, objects), (held_first, objects_first) = result.objections(), first.objections()
    rows = []
    for own, usual in zip(objects.T, objects_first.T, strict=True):
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


def _stances(result: ComparedRuns, first: ComparedRuns, is_known: bool) -> pd.DataFrame:
    """Mean stance of each member at the end of the last year, and its difference from the first; empty if unknown."""
    if not is_known:
        columns = ["stance", "stance_low", "stance_high", "difference", "difference_low", "difference_high"]
        return pd.DataFrame(columns=columns, index=_members(result)[:0], dtype=float)
    own, usual = (r.by_year["stance"][:, -1].astype(float) for r in (result, first))
    rows = [
        {**mean_over_runs(mine, "stance"), **paired(mine, theirs).row("difference")}
        for mine, theirs in zip(own.T, usual.T, strict=True)
    ]
    return pd.DataFrame(rows, index=_members(result))


def _members(result: ComparedRuns) -> pd.Index[str]:
    return pd.Index(result.scenario.members().names, name="member")
