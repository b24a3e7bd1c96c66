"""History matching keeps the truth, rules out what cannot be, and says what is left."""

from __future__ import annotations

import numpy as np
import pytest

import article10
import history_matching_page
import robustness_page
from article10.runs.batches.ranges import Space
from article10.runs.evidence.history_matching.compared import PAST, POSITIONS, periods, simulated
from article10.runs.evidence.history_matching.history_match import influences
from article10.runs.evidence.history_matching.waves import (
    CUTOFF,
    MAY_BE_WRONG,
    Known,
    implausibility,
    is_ruled_out,
    match,
    not_ruled_out,
)
from article10.runs.evidence.robustness import robustness

TRUTH, N, RUNS = np.array([0.7, 0.4, 0.5, 0.5]), 80, 20
"""Of four parameters, two matter."""

SHORT = {"horizon": "2027-06-01"}


def runs_of(unit, wave):
    """Two outputs, y = 3a + b and z = sin(3b), with a standard deviation between runs of 0.2."""
    rng = np.random.default_rng(wave)
    means = np.column_stack([3 * unit[:, 0] + unit[:, 1], np.sin(3 * unit[:, 1])])
    return means[:, None, :] + 0.2 * rng.standard_normal((len(unit), RUNS, 2))


def known(singles=(False, False), shift=0.0):
    observed = runs_of(TRUTH[None], 99).mean(axis=1)[0] + shift
    return Known(observed, np.array([0.01, 0.01]), np.array(singles))


@pytest.fixture(scope="module")
def found():
    return match(runs_of, 4, known(), n_points=N, waves=2, tried=4000)


def test_the_truth_is_never_ruled_out_and_most_of_the_space_is(found):
    assert len(not_ruled_out(found.waves, known(), TRUTH[None])) == 1
    assert 0.05 < found.waves[-1].share < 0.5
    assert found.waves[1].left <= found.waves[0].left
    assert len(found.left) == found.waves[-1].left


def test_what_is_left_is_what_three_deviations_of_runs_and_errors_allow(found):
    unit = np.random.default_rng(5).random((2000, 4))
    means = np.column_stack([3 * unit[:, 0] + unit[:, 1], np.sin(3 * unit[:, 1])])
    exactly = (np.abs(known().observed - means) / np.sqrt(0.2**2 + 0.01)).max(axis=1)
    held = np.ones(len(unit), bool)
    for wave in found.waves:
        held &= ~is_ruled_out(implausibility(wave.emulators, known(), unit), known())
    assert held[exactly < CUTOFF - 0.75].mean() > 0.97
    assert held[exactly > CUTOFF + 0.75].mean() < 0.03


def test_variance_between_runs_keeps_points_that_their_mean_alone_would_rule_out():
    def calm(unit, wave):
        return runs_of(unit, wave).mean(axis=1, keepdims=True) + 0.001 * np.arange(RUNS)[None, :, None]

    sure = match(calm, 4, known(), n_points=N, waves=1, tried=2000)
    assert sure.waves[0].share < 0.7 * match(runs_of, 4, known(), n_points=N, waves=1, tried=2000).waves[0].share


def test_if_outputs_of_members_may_be_wrong_more_is_left():
    found = match(runs_of, 4, known((True, True)), n_points=N, waves=1, tried=2000)
    none, one, two = (found.left_if_wrong[k] for k in MAY_BE_WRONG)
    assert none < one <= two == 2000


def test_where_nothing_fits_the_waves_end():
    found = match(runs_of, 4, known(shift=50.0), n_points=N, waves=3, tried=500)
    assert len(found.waves) == 1
    assert len(found.left) == 0


def test_emulators_are_checked_at_points_that_were_held_out(found):
    for wave in found.waves:
        for each in wave.checked:
            assert len(each.errors) == N // 5
            assert each.within(3).mean() > 0.9
    assert found.waves[0].checked[0].explained > 0.9


# --- the model --------------------------------------------------------------------------------------------------------


def test_each_member_is_one_output_of_a_period_with_an_error():
    past, now = periods()
    singles = [output for output in past.outputs if output.kind == POSITIONS]
    assert [output.name for output in singles] == [f"{code} {PAST}" for code in past.members]
    slovak = next(output for output in singles if output.name.startswith("SVK"))
    assert slovak.observed == pytest.approx(-0.6)
    assert 0.1 < np.sqrt(slovak.variance) < 0.2
    assert {event.name for event in now.scenario.events}.isdisjoint({"incident", "guarantee"})
    assert now.outputs[-1].observed == 0.0


def test_outputs_of_runs_are_those_of_an_ensemble():
    _, now = periods()
    changes = {"stance.peer_rate": 0.9}
    values = simulated(now, [{}, changes], 6, 4)
    result = article10.simulate(now.scenario, runs=6, seed=4, changes=changes)
    stance = result.data["stance"]
    for column, code in enumerate(now.members):
        rows = [row for row in now.rows if row.members == (code,)]
        steps = [now.scenario.step_of(row.day) for row in rows]
        expected = stance.sel(member=code).isel(step=steps).mean("step")
        assert values[1, :, column] == pytest.approx(expected.to_numpy(), abs=1e-6)
    assert values[1, :, len(now.members)] == pytest.approx(values[1, :, : len(now.members)].mean(axis=1))
    assert not np.array_equal(values[0], values[1])


def test_what_the_scenario_of_the_past_gives_does_not_vary():
    past, _ = periods()
    assert "war.ceasefire_rate" in past.given
    assert "stance.peer_rate" not in past.given


@pytest.fixture(scope="module")
def small():
    return article10.history_match(
        runs=4, waves=1, n_points=24, runs_at_a_point=2, compared=3, changes=SHORT, edition="2025-12"
    )


@pytest.mark.slow
def test_points_that_are_left_can_be_run_and_tested_for_robustness(small):
    points = small.points_left(2)
    assert list(points) == Space.of().keys
    asked = {"runs": 4, "redraws": 1, "points": 2, "changes": SHORT, "edition": "2025-12"}
    left = robustness(left=points, **asked)
    assert {reading.point.family for reading in left.readings} == {"not ruled out"}
    assert len(left.readings) == 2
    everywhere = robustness_page.verdicts(robustness(**asked), "parameters")
    assert robustness_page.left_blocks(left, everywhere)["verdicts_left"].count("\n") == 7


def test_the_influence_of_russia_is_that_of_paired_runs(small):
    space = Space.of()
    unit = (np.array([[0.5] * len(space.keys)]),)[0]
    found = influences(small.scenario, space, unit, 8, 1)
    changes = space.changes(space.values(unit)[0])
    alone = article10.influence(small.scenario.with_(changes), "russia", runs=8, seed=1)
    assert found.differences[0].mean == pytest.approx(alone.total["invitation"].mean)


def test_the_page_is_written_from_the_result(small):
    page = history_matching_page.PAGE.read_text("utf-8")
    blocks = history_matching_page.history_blocks(small, 60.0)
    assert history_matching_page.with_blocks(page, blocks).count("SVK 2022–25") >= 1
    assert "not ruled out" in blocks["sentences"]


def test_a_scenario_of_another_alliance_is_refused():
    league = robustness_page.PAGE.parents[1] / "examples" / "tidal-league"
    with pytest.raises(ValueError, match="the candidate that the package's evidence is about"):
        article10.history_match("calm_narrows", edition=league)
