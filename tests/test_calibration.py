"""Calibration finds coverage as it is: right for a posterior that is right, and wrong for one that is too narrow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

import calibration_page
from article10.runs.analyses.tuning.target_measures import Measured
from article10.runs.evidence.calibration import (
    ALL_ROUNDS,
    FIT,
    RECIPES,
    Block,
    Recipe,
    blocks,
    calibrate,
    calibrate_all_rounds,
)
from article10.runs.evidence.calibration_result import Calibration, calibration, uneven
from article10.runs.figures.style import house_style

KEYS = ("stance.peer_rate", "stance.entrapment_weight")
POINTS, TRIALS = 256, 200

RECIPE = Recipe(
    "small",
    "baseline",
    {"edition": "2025-12", "horizon": "2026-03-01"},
    KEYS,
    {"stance": tuple({"member": m, "date": "2026-02-01", "value": 0, "tolerance": 0.1} for m in ("HUN", "POL"))},
    4,
)


def known_blocks(error: float, stated: float) -> list[Block]:
    """Blocks of a simulator that gives the parameters on the unit interval; all points of a block share one error."""
    made = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        unit = rng.random((POINTS, 2))
        values = unit + error * rng.standard_normal(2)
        made.append(Block(seed, RECIPE.space.values(unit), Measured(values, np.full_like(values, stated))))
    return made


def coverage(made):
    return Calibration((calibrate(RECIPE, made, TRIALS),), POINTS, len(made)).coverage()["covered"]


def test_a_posterior_that_is_right_has_the_coverage_that_it_states():
    """Of 200 trials, 90% ± 4 standard deviations."""
    assert coverage(known_blocks(0.1, 0.1)).between(0.81, 0.98).all()


def test_errors_that_are_larger_than_stated_are_seen():
    assert (coverage(known_blocks(0.5, 0.01)) < 0.75).all()


def test_known_values_are_those_at_which_every_target_has_a_value():
    made = [replace(block, found=_without_half(block)) for block in known_blocks(0.1, 0.1)]
    found = calibrate(RECIPE, made, 40)
    low, high = (ends[KEYS[0]] for ends in [dict(zip(KEYS, e, strict=True)) for e in zip(*_ranges(), strict=True)])
    assert (found.truths[:, 0] > (low + high) / 2).all()


def _ranges():
    return RECIPE.space.ranges.values()


def _without_half(block: Block) -> Measured:
    values = block.found.values.copy()
    values[block.points[:, 0] <= (RECIPE.space.low + RECIPE.space.high)[0] / 2] = np.nan
    return Measured(values, block.found.errors)


def test_all_rounds_of_tuning_are_calibrated_on_an_emulator():
    found = calibrate_all_rounds(RECIPE, known_blocks(0.0, 0.001), 60, 128)
    table = Calibration((found,), 128, 1).coverage()
    assert found.how == ALL_ROUNDS
    assert table["covered"].between(0.74, 1.0).all()  # of 60 trials, 90% ± 4 standard deviations
    assert (table["contraction"] > 0.1).all()


def test_ranks_that_are_not_uniform_are_seen():
    even = (np.arange(200) + 0.5) / 200
    assert uneven(even) > 0.99
    assert uneven(even**3) < 1e-6


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibration")
    asked = {"n_blocks": 2, "points": 32, "trials": 20}
    return calibration(folder, (RECIPE,), **asked), folder, asked


def test_an_interrupted_calibration_resumes_and_ends_the_same(small, monkeypatch):
    found, folder, asked = small
    from article10.runs.analyses.tuning import target_evaluation

    monkeypatch.setattr(target_evaluation, "perform", lambda _: pytest.fail("simulated again"))
    again = calibration(folder, (RECIPE,), **asked)
    assert again.coverage().equals(found.coverage())


def test_it_is_drawn_and_written(small):
    found, _, _ = small
    with house_style():
        for draw in found.figures().values():
            assert any("20 trials of each recipe" in text.get_text() for text in draw().texts)
    written = calibration_page.calibration_blocks(found, 60.0)
    assert written["coverage"].count("`stance.peer_rate`") == 2
    assert {row["how"] for row in found.coverage().to_dict("records")} == {FIT, ALL_ROUNDS}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_every_recipe_can_be_asked_of_its_scenario(recipe):
    scenario = recipe.read()
    recipe.wanted().known().check(scenario)
    scenario.with_(recipe.space.changes(recipe.space.low))


def test_blocks_have_points_and_draws_of_their_own(tmp_path):
    first, second = blocks(RECIPE, 16, 2, tmp_path)
    assert not np.array_equal(first.points, second.points)
    assert first.found.values.shape == (16, 2)
