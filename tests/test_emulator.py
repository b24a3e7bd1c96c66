"""Emulators approximate known functions, find the active parameters, and know how far they are off."""

from __future__ import annotations

import numpy as np
import pytest

from article10.runs.statistics.emulator import Emulator, active_parameters, check

N, K = 160, 30


def sample(n, seed):
    return np.random.default_rng(seed).random((n, K))


def truth(unit):
    return 2.0 * unit[:, 3] - np.sin(5.0 * unit[:, 7]) + unit[:, 3] * unit[:, 7]


@pytest.fixture(scope="module")
def emulated():
    unit, rng = sample(N, 1), np.random.default_rng(2)
    noise = np.full(N, 0.05**2)
    return Emulator.fit(unit, truth(unit) + 0.05 * rng.standard_normal(N), noise)


def test_it_finds_the_parameters_that_matter(emulated):
    assert {3, 7} <= set(emulated.active.tolist())
    assert len(emulated.active) <= 4
    assert len(active_parameters(sample(N, 1), np.ones(N))) == 0


def test_it_finds_a_parameter_that_acts_in_no_straight_line():
    unit = sample(N, 8)
    assert 5 in active_parameters(unit, np.sin(np.pi * unit[:, 5]) + unit[:, 2])


def test_with_fewer_points_than_parameters_it_finds_them_by_correlation():
    unit = sample(25, 5)
    assert 4 in active_parameters(unit, 3.0 * unit[:, 4])


def test_it_predicts_a_curved_function_and_knows_how_far_it_is_off(emulated):
    unit = sample(400, 3)
    noise = np.full(400, 0.1**2)
    found = check(emulated, unit, truth(unit) + 0.1 * np.random.default_rng(4).standard_normal(400), noise)
    assert found.explained > 0.97
    assert 0.9 < found.within(2).mean() <= 0.99
    assert found.within(3).mean() > 0.98


def test_what_inactive_parameters_do_is_in_its_variance():
    """Twenty parameters that act weakly and in no straight line are not active, and are no less there."""
    unit = sample(N, 6)
    weak = np.cos(4 * np.pi * unit[:, 10:]).sum(axis=1) * 0.1
    found = Emulator.fit(unit, unit[:, 0] + weak, np.zeros(N))
    _, variance = found.predict(sample(300, 7))
    assert np.sqrt(variance).mean() == pytest.approx(weak.std(), rel=0.3)


def test_where_values_differ_by_noise_alone_no_share_is_explained(emulated):
    unit = sample(50, 9)
    assert np.isnan(
        check(emulated, unit, 0.1 * np.random.default_rng(3).standard_normal(50), np.full(50, 0.01)).explained
    )


def test_a_constant_is_emulated_exactly():
    found = Emulator.fit(sample(40, 1), np.full(40, 0.3), np.zeros(40))
    mean, variance = found.predict(sample(5, 2))
    assert mean == pytest.approx(0.3)
    assert (variance == 0).all()
