"""The claims measured: paired runs with and without the mechanism that carries each, and over plausible parameters."""

from __future__ import annotations

import json
import warnings
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from article10.model.accession_rule import Milestone, formal_weight
from article10.model.arguments import whole
from article10.model.checked import checked
from article10.model.edition import Edition, read_edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import read_scenario
from article10.model.values import SHAPES_OR_CHOOSES, stacks
from article10.runs.analyses.claims.claims_result import Claims, Finding
from article10.runs.analyses.claims.declared import Claim, read_claims
from article10.runs.analyses.claims.measures import BY_YEAR, MEASURES, Measure
from article10.runs.analyses.paired import MEASURED, Progress, outcomes_ahead, paired_records
from article10.runs.batches.executors import executor
from article10.runs.batches.kept_runs import KeptRuns, keeping, kept_folder
from article10.runs.batches.ranges import plausible_points
from article10.runs.statistics.intervals import Difference, TooFewRunsWarning, paired, warn_if_underpowered

RUNS_OF_A_TASK, VARIANTS_OF_A_TASK = 1000, 8
"""Runs of a variant, and variants, that a process simulates at a time: fewer would be slower, more take more memory."""

AS_IT_IS = 0
"""Number of the scenario as it is among the points."""

Values = Mapping[str, Mapping[str, np.ndarray]]
"""By variant and measure, one value a run, (run,)."""


@dataclass(frozen=True)
class Task:
    """Runs of some variants, which one process simulates.

    Attributes:
        variants: by name, the point and the variant.
        first_run: number of the first run.
        runs: number of runs of each variant.
    """

    variants: Mapping[str, tuple[int, str, Scenario]]
    first_run: int
    runs: int

    @property
    def total(self) -> int:
        """Number of runs of all variants."""
        return self.runs * len(self.variants)


@checked
def claims(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 2000,
    seed: int = 0,
    *,
    n_points: int = 12,
    runs_at_a_point: int = 40,
    changes: Mapping[str, Any] | None = None,
    edition: str | Path | Edition | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Claims:
    """What the model was made to show: what changes without the mechanism that carries each claim, in paired runs.

    Claims, switches, measures and directions were declared before any of this was computed (``claims.toml`` beside this
    module). A claim that the runs do not detect, or whose effect has the other sign, is shown so.

    Args:
        scenario: name of a shipped scenario, path of a TOML file, or a scenario.
        runs: number of runs of each variant; there are one or two variants a claim.
        seed: seed of all random streams, and of the points.
        n_points: number of points of a Latin hypercube over the plausible ranges of all parameters that have one, but
            for numbers of weeks that shape arrays, so that all points are stepped side by side.
        runs_at_a_point: number of runs of each variant at each point.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        workers: number of processes, by default one per core; results do not depend on it.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a number or ``seed`` is invalid.

    Warns:
        TooFewRunsWarning: an effect is not distinguishable from zero.
    """
    runs, seed = whole("runs", runs, 1), whole("seed", seed)
    n_points, runs_at_a_point = whole("n_points", n_points), whole("runs_at_a_point", runs_at_a_point, 1)
    chosen = read_scenario(scenario, changes, edition=edition)
    declared = read_claims()
    obstacles = {claim.id: claim.obstacle(chosen) for claim in declared}
    asked = tuple(claim for claim in declared if not obstacles[claim.id])
    drawn = plausible_points(n_points, seed, kept=[f"{group}.{name}" for group, name in SHAPES_OR_CHOOSES])
    at = {AS_IT_IS: chosen}
    at |= {k: chosen.with_(values) for k, values in enumerate(drawn, AS_IT_IS + 1)}
    values = _simulated(_tasks(at, asked, runs, runs_at_a_point), seed, workers, progress)
    rows = [_row(claim, at, values) for claim in asked]
    milestones = [_on_milestones(claim, values) for claim in asked if not claim.is_property]
    estimates = {claim.id: _estimates(claim, at, values) for claim in asked if not claim.is_property}
    return warn_if_underpowered(
        Claims(
            scenario=chosen,
            runs=runs,
            seed=seed,
            runs_at_a_point=runs_at_a_point,
            ballots=_ballots(chosen),
            claims=pd.DataFrame(rows).set_index("id"),
            milestones=pd.DataFrame(milestones).set_index("id"),
            estimates=pd.DataFrame(estimates, index=pd.RangeIndex(1, n_points + 1, name="point")),
            not_asked={name: reason for name, reason in obstacles.items() if reason},
        )
    )


def claims_table(
    scenario: str | Path | Scenario = "baseline",
    runs: int = 100,
    seed: int = 0,
    *,
    edition: str | Path | Edition | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> pd.DataFrame:
    """The table of the claims alone, without plausible points and in this process: for checks that need few runs.

    Arguments and errors are those of ``claims``; see ``Claims.claims`` for the columns.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)  # the table says what is not detected
        return claims(scenario, runs, seed, n_points=0, edition=edition, workers=workers, progress=progress).claims


# --- the runs ---------------------------------------------------------------------------------------------------------


def _tasks(at: Mapping[int, Scenario], asked: Sequence[Claim], runs: int, runs_at_a_point: int) -> list[Task]:
    """All runs, in tasks whose variants can mostly be stepped side by side."""
    of_point = {k: variants(scenario, asked) for k, scenario in at.items()}
    names = list(of_point[AS_IT_IS])
    order = [names[place] for places in stacks(list(of_point[AS_IT_IS].values())) for place in places]
    found = []
    for start in range(0, len(order), VARIANTS_OF_A_TASK):
        some = order[start : start + VARIANTS_OF_A_TASK]
        own = {name: (AS_IT_IS, name, of_point[AS_IT_IS][name]) for name in some}
        for first in range(0, runs, RUNS_OF_A_TASK):
            found.append(Task(own, first, min(RUNS_OF_A_TASK, runs - first)))
        if len(at) == 1:
            continue
        elsewhere = {f"{name}, point {k}": (k, name, of_point[k][name]) for name in some for k in at if k != AS_IT_IS}
        found.append(Task(elsewhere, 0, runs_at_a_point))
    return found


def _simulated(
    tasks: Sequence[Task], seed: int, workers: int | None, progress: Progress | None
) -> dict[int, dict[str, dict[str, np.ndarray]]]:
    """By point, the values of all variants, in the order of the runs."""
    perform = partial(measured, seed=seed, folder=kept_folder())
    total, done = sum(task.total for task in tasks), 0
    parts: dict[tuple[int, str, int], Mapping[str, np.ndarray]] = {}
    for task, values in executor(workers).run(perform, tasks):
        parts |= {(*task.variants[name][:2], task.first_run): held for name, held in values.items()}
        done += task.total
        if progress is not None:
            progress(done, total)
    found: dict[int, dict[str, dict[str, np.ndarray]]] = {}
    for point, variant, _ in sorted(parts):
        if variant not in found.setdefault(point, {}):
            own = [parts[key] for key in sorted(parts) if key[:2] == (point, variant)]
            found[point][variant] = {name: np.concatenate([part[name] for part in own]) for name in MEASURES}
    return found


def measured(task: Task, seed: int, folder: Path | None) -> tuple[Task, Values]:
    """Simulate the variants of a task in paired runs and read every measure.

    Args:
        task: the runs.
        seed: seed of all random streams.
        folder: where runs are kept, if they are.
    """
    scenarios = {name: scenario for name, (_, _, scenario) in task.variants.items()}
    with nullcontext() if folder is None else keeping(KeptRuns(folder)):
        records = paired_records(scenarios, task.runs, seed, by_year=BY_YEAR, first_run=task.first_run)
    return task, {
        name: {measure: of.read(record, setup) for measure, of in MEASURES.items()}
        for name, (record, setup) in records.items()
    }


def variants(scenario: Scenario, asked: Sequence[Claim]) -> dict[str, Scenario]:
    """The worlds of the claims, each once, and each with the switch of a claim thrown."""
    found: dict[str, Scenario] = {}
    for claim in asked:
        if not claim.is_property and world_of(claim) in found:
            found[claim.id] = claim.switched(found[world_of(claim)])
        elif not claim.is_property:
            found[world_of(claim)], found[claim.id] = claim.pair(scenario)
    return found


def world_of(claim: Claim) -> str:
    """Name of the world of a claim among the variants."""
    return f"world {json.dumps(claim.world, sort_keys=True)}"


# --- what they say ----------------------------------------------------------------------------------------------------


def _ballots(scenario: Scenario) -> tuple[int, int]:
    members = scenario.members().iso3
    return formal_weight(read_edition(scenario.edition).external_power.code, members), len(members)


def measure_of(claim: Claim, scenario: Scenario) -> str:
    """The measure of a claim: for the invitation, the first milestone that is still possible at the start."""
    return outcomes_ahead(scenario)[0] if claim.measure == Milestone.INVITATION else claim.measure


def _difference(claim: Claim, name: str, values: Values) -> Difference:
    return paired(values[claim.id][name], values[world_of(claim)][name])


def _scaled(difference: Difference, measure: Measure, column: str) -> dict[str, Any]:
    """The cells of a difference in the unit of its measure."""
    cells = difference.row(column)
    return cells | {key: cells[key] * measure.scale for key in (column, f"{column}_low", f"{column}_high")}


def _row(claim: Claim, at: Mapping[int, Scenario], found: Mapping[int, Values]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": claim.id, "claim": claim.named(at[AS_IT_IS])}
    row |= {"mechanism": claim.mechanism, "source": claim.source}
    row |= {"switch": json.dumps(claim.switch), "world": json.dumps(claim.world) if claim.world else ""}
    row |= {"measure": claim.measure, "direction": str(claim.direction)}
    if claim.is_property:
        holds = _ballots(at[AS_IT_IS])[0] == 0
        return row | {"finding": Finding.PROPERTY if holds else Finding.BROKEN}
    name = measure_of(claim, at[AS_IT_IS])
    measure, values = MEASURES[name], found[AS_IT_IS]
    d = _difference(claim, name, values)
    row |= {"measure": name, "unit": measure.unit, "usual": float(values[world_of(claim)][name].mean()) * measure.scale}
    row |= _scaled(d, measure, "change")
    if not d.excludes_zero:
        row["finding"] = Finding.UNDETECTED
    else:
        row["finding"] = Finding.AS_STATED if claim.direction.is_met_by(d.mean) else Finding.OPPOSITE
    estimates = _estimates(claim, at, found)
    signs, opposite = ([claim.direction.is_met_by(sign * change) for change in estimates] for sign in (1, -1))
    shares = [float(np.mean(each)) if each else np.nan for each in (signs, opposite)]
    return row | {"plausible_share": shares[0], "plausible_opposite": shares[1]}


def _estimates(claim: Claim, at: Mapping[int, Scenario], found: Mapping[int, Values]) -> list[float]:
    """The estimate of a claim's change at each plausible point, in the unit of its measure."""
    name = measure_of(claim, at[AS_IT_IS])
    return [_difference(claim, name, found[k]).mean * MEASURES[name].scale for k in at if k != AS_IT_IS]


def _on_milestones(claim: Claim, found: Mapping[int, Values]) -> dict[str, Any]:
    row: dict[str, Any] = {"id": claim.id}
    for name in MEASURED:
        row |= _scaled(_difference(claim, name, found[AS_IT_IS]), MEASURES[name], name)
    return row
