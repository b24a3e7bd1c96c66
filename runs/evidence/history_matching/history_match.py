"""History matching over all parameters, and whether Russia's influence survives in what the evidence leaves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from article10.agents.arrays import FloatArray
from article10.model.arguments import whole
from article10.model.checked import checked, refuse
from article10.model.edition import Edition
from article10.model.scenario import Scenario
from article10.model.scenario_file import ROOT, read_scenario
from article10.runs.analyses.levers import LEVERS
from article10.runs.analyses.paired import Progress, paired_runs, part_of, reached
from article10.runs.batches.design_size import check_size
from article10.runs.batches.ranges import Space
from article10.runs.evidence.history_matching.compared import POSITIONS, Period, periods, simulated
from article10.runs.evidence.history_matching.history_match_result import HistoryMatch, Influence
from article10.runs.evidence.history_matching.waves import FEWEST_LEFT, Known, match
from article10.runs.evidence.nowcast.record import is_covered
from article10.runs.statistics.intervals import Difference, paired

TRIED = 20_000
"""Points from which the share of the space that is left is estimated, to less than a percentage point."""

TOGETHER = 8
"""Points that are compared at a time."""

LEVER = LEVERS["russia"]
"""What is removed to measure Russia's influence: all its instruments."""


@checked
def history_match(
    scenario: str | Path | Scenario = ROOT,
    runs: int = 120,
    seed: int = 0,
    *,
    waves: int = 3,
    n_points: int = 256,
    runs_at_a_point: int = 24,
    compared: int = 32,
    changes: Mapping[str, object] | None = None,
    edition: str | Path | Edition | None = None,
    progress: Progress | None = None,
) -> HistoryMatch:
    """Rule out values of all parameters by what happened from 2022 to 2026, and ask what Russia does in the others.

    All parameters with a plausible range vary together. What they are compared with is the package's: members'
    positions, who governs, and that no ceasefire came; ``article10.runs.evidence.history_matching.compared`` says how.

    Args:
        scenario: the scenario in which Russia's influence is asked for.
        runs: number of paired runs with and without Russia at each point that is compared.
        seed: seed of all random streams and of the points.
        waves: number of waves.
        n_points: number of points of a wave.
        runs_at_a_point: number of runs of each period at each point of a wave.
        compared: number of points at which Russia's influence is measured, in the whole space and in what is left.
        changes: changes to the scenario, by full key.
        edition: name or folder of the edition to stand on; by default the one that the scenario names, or the newest.
        progress: called with the number of runs done and the total.

    Raises:
        ScenarioError: the scenario is invalid.
        ValueError: a count is invalid, or the scenario is about another candidate.
    """
    runs, seed, waves = whole("runs", runs, 2), whole("seed", seed), whole("waves", waves, 1)
    n_points, runs_at_a_point = whole("n_points", n_points, 16), whole("runs_at_a_point", runs_at_a_point, 2)
    compared = whole("compared", compared, 2)
    check_size(n_points, runs_at_a_point)
    check_size(2 * compared, runs)
    base = read_scenario(scenario, dict(changes) if changes else None, edition=edition)
    if not is_covered(base):
        raise refuse("scenario", base.name, "a scenario on the candidate that the package's evidence is about")
    space, years = Space.of(), periods()
    a_wave, pairs = len(years) * n_points * runs_at_a_point, 2 * compared * 2 * runs
    total = waves * a_wave + pairs

    def simulate(unit: FloatArray, wave: int) -> FloatArray:
        points = [space.changes(row) for row in space.values(unit)]
        found = [simulated(period, points, runs_at_a_point, seed) for period in years]
        if progress is not None:
            progress((wave + 1) * a_wave, total)
        return np.concatenate(found, axis=2)

    known = known_of(years)
    found = match(simulate, len(space.keys), known, n_points=n_points, waves=waves, tried=TRIED, seed=seed)
    rng = np.random.default_rng([seed, 4])
    whole_space, left = rng.random((compared, len(space.keys))), found.left
    chosen = left[rng.permutation(len(left))[:compared]] if len(left) >= FEWEST_LEFT else left[:0]
    everywhere, survived = (
        influences(base, space, unit, runs, seed, part_of(progress, total - (2 - k) * pairs // 2, total))
        for k, unit in enumerate((whole_space, chosen))
    )
    outputs = tuple(output for period in years for output in period.outputs)
    return HistoryMatch(base, runs, seed, space, known, outputs, found, everywhere, survived)


def known_of(years: tuple[Period, ...]) -> Known:
    """What the outputs of all periods are compared with."""
    outputs = [output for period in years for output in period.outputs]
    return Known(
        np.array([each.observed for each in outputs]),
        np.array([each.variance for each in outputs]),
        np.array([each.kind == POSITIONS for each in outputs]),
    )


def influences(
    scenario: Scenario, space: Space, unit: FloatArray, runs: int, seed: int, progress: Progress | None = None
) -> Influence:
    """Russia's influence at some points: the share invited with it minus without it, in paired runs.

    Args:
        scenario: the scenario that the points change.
        space: the parameters.
        unit: the points, (point, parameter) in the unit cube.
        runs: number of runs of each variant at each point.
        seed: seed of all random streams, the same at all points.
        progress: called with the number of runs done and the total.
    """
    values = space.values(unit) if len(unit) else unit
    found: list[Difference] = []
    invited: list[float] = []
    for first in range(0, len(values), TOGETHER):
        variants: dict[str, Scenario] = {}
        for k, row in enumerate(values[first : first + TOGETHER]):
            there = scenario.with_(space.changes(row))
            variants |= {f"with {k}": there, f"without {k}": LEVER.without(there)}
        results = paired_runs(variants, runs, seed)
        for k in range(len(variants) // 2):
            with_it = reached(results[f"with {k}"], "invitation")
            found.append(paired(with_it, reached(results[f"without {k}"], "invitation")))
            invited.append(float(with_it.mean()))
        if progress is not None:
            progress(2 * runs * len(found), 2 * runs * len(values))
    return Influence(values, tuple(found), np.array(invited))
