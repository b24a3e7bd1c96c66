"""Scores agree with those of scoringrules, an independent implementation."""

import numpy as np
import pytest
import scoringrules

from article10.runs.statistics.scores import brier, crps, interval_crps, log_score

LOW = np.array([5.0, 40.0, 90.0, 250.0])
HIGH = np.array([30.0, 41.0, 190.0, 900.0])
FEW = 200
"""Samples where scoringrules compares every pair of them."""


@pytest.fixture
def samples():
    return np.random.default_rng(11).gamma(2.0, 40.0, size=(4_000, 4))


def test_the_crps_is_that_of_scoringrules(samples):
    few = samples[:FEW]
    oracle = scoringrules.crps_ensemble(LOW, few, m_axis=0, estimator="nrg")
    np.testing.assert_allclose(crps(few, LOW), oracle, rtol=1e-9)


def test_the_interval_score_is_the_threshold_weighted_crps_below_and_above_the_interval(samples):
    few = samples[:FEW]
    below, above = (
        [
            scoringrules.twcrps_ensemble(observed, few[:, case], **{end: bounds[case]}, estimator="nrg")
            for case, observed in enumerate((LOW + HIGH) / 2)
        ]
        for end, bounds in (("b", LOW), ("a", HIGH))
    )
    np.testing.assert_allclose(interval_crps(few, LOW, HIGH), np.add(below, above), rtol=1e-9, atol=1e-9)


def test_the_brier_score_is_that_of_scoringrules(samples):
    by = 60.0
    came = np.array([1.0, 1.0, 0.0, 0.0])
    oracle = scoringrules.brier_score(came, (samples <= by).mean(axis=0))
    np.testing.assert_allclose(brier(samples, LOW, HIGH, by), oracle, rtol=1e-12)


def test_the_log_score_is_that_of_the_probability_of_the_interval(samples):
    inside = ((samples >= LOW) & (samples <= HIGH)).mean(axis=0)
    oracle = scoringrules.log_score(np.ones(4), inside)
    found = log_score(samples, LOW, HIGH, horizon=1_000.0, narrowest=1.0)
    np.testing.assert_allclose(found, oracle, atol=0.02)  # the additional run moves it by less


def test_the_log_score_of_a_narrow_interval_is_that_of_the_density_times_its_width():
    samples = np.random.default_rng(12).normal(300.0, 60.0, size=(60_000, 3))
    observed, width = np.array([240.0, 300.0, 390.0]), 7.0
    oracle = scoringrules.logs_normal(observed, 300.0, 60.0) - np.log(width)
    found = log_score(samples, observed, observed, horizon=1_000.0, narrowest=width)
    np.testing.assert_allclose(found, oracle, atol=0.08)
