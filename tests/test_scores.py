"""Scores against cases whose values are known."""

import numpy as np
import pytest
from scipy import stats

from article10.runs.statistics.scores import (
    brier,
    concordance,
    covered,
    crps,
    interval_crps,
    log_score,
    pit_histogram,
    skill,
)

rng = np.random.default_rng(5)


def test_crps_of_a_normal_forecast_is_its_closed_form():
    samples = rng.normal(1.0, 2.0, size=(40_000, 3))
    observed = np.array([-1.0, 1.0, 4.0])
    z = (observed - 1.0) / 2.0
    known = 2.0 * (z * (2 * stats.norm.cdf(z) - 1) + 2 * stats.norm.pdf(z) - 1 / np.sqrt(np.pi))
    np.testing.assert_allclose(crps(samples, observed), known, rtol=0.02)


def test_a_forecast_that_is_the_observation_scores_zero_and_a_point_forecast_its_distance():
    assert crps(np.full((50, 1), 3.0), np.array([3.0]))[0] == pytest.approx(0.0, abs=1e-12)
    assert crps(np.full((50, 1), 3.0), np.array([7.0]))[0] == pytest.approx(4.0)


def test_the_interval_score_is_the_integral_outside_the_interval():
    samples = rng.gamma(2.0, 30.0, size=(5_000, 1))
    low, high = 40.0, 90.0
    days = np.arange(0.0, samples.max() + 1, 0.05) + 0.025
    below = np.searchsorted(np.sort(samples[:, 0]), days, side="right") / len(samples)
    known = 0.05 * ((below[days < low] ** 2).sum() + ((1 - below[days > high]) ** 2).sum())
    assert interval_crps(samples, np.array([low]), np.array([high]))[0] == pytest.approx(known, rel=0.01)


def test_the_interval_score_of_a_point_is_the_crps():
    samples = rng.gamma(2.0, 30.0, size=(500, 4))
    observed = np.array([1.0, 20.0, 60.0, 300.0])
    np.testing.assert_allclose(interval_crps(samples, observed, observed), crps(samples, observed), atol=1e-9)


@pytest.mark.parametrize("score", ["crps", "log"])
def test_scores_are_proper_the_truth_beats_what_is_biased_or_too_sure(score):
    truth = rng.gamma(2.0, 30.0, size=4_000)
    forecasts = {
        "truth": rng.gamma(2.0, 30.0, size=2_000),
        "biased": rng.gamma(2.0, 45.0, size=2_000),
        "too sure": rng.normal(60.0, 10.0, size=2_000),
    }

    def mean(samples):
        columns = np.tile(samples[:, None], 400)
        observed = truth[:400]
        if score == "crps":
            return crps(columns, observed).mean()
        return log_score(columns, observed, observed, horizon=1_000.0, narrowest=7.0).mean()

    scores = {name: mean(samples) for name, samples in forecasts.items()}
    assert min(scores, key=scores.get) == "truth"


def test_what_no_run_showed_has_a_finite_log_score_and_what_all_showed_almost_none():
    samples = np.full((999, 2), 10.0)
    low = np.array([10.0, 500.0])
    scores = log_score(samples, low, low, horizon=700.0, narrowest=7.0)
    assert scores[0] == pytest.approx(-np.log((999 + 0.01) / 1000))
    assert scores[1] == pytest.approx(-np.log(0.01 / 1000))


@pytest.mark.parametrize("high", [917.0, np.inf])
def test_a_case_that_never_came_within_the_horizon_is_told_by_runs_in_which_it_never_comes(high):
    never, early = np.full((2000, 1), np.inf), np.full((2000, 1), 100.0)
    low, high = np.array([917.0]), np.array([high])
    assert log_score(never, low, high, 917.0, 7.0)[0] == pytest.approx(0.0, abs=1e-3)
    assert log_score(np.full((2000, 1), 1200.0), low, high, 917.0, 7.0)[0] == pytest.approx(0.0, abs=1e-3)
    assert log_score(early, low, high, 917.0, 7.0)[0] > 10


def test_a_case_not_come_by_a_day_is_told_by_runs_in_which_it_comes_later_or_never():
    samples = np.array([[100.0], [700.0], [np.inf], [np.inf]])
    score = log_score(samples, np.array([600.0]), np.array([np.inf]), horizon=900.0, narrowest=7.0)
    assert score[0] == pytest.approx(-np.log((3 + 300 / 900) / 5))


def test_brier_leaves_out_what_is_not_known_by_then():
    samples = np.array([[10.0, 10.0, 10.0], [50.0, 50.0, 50.0]])
    low, high = np.array([20.0, 40.0, 20.0]), np.array([20.0, 40.0, 60.0])
    np.testing.assert_allclose(brier(samples, low, high, by=30.0), [0.25, 0.25, np.nan])
    np.testing.assert_allclose(brier(samples, low, high, by=60.0), 0.0)


def test_concordance_counts_only_pairs_whose_order_was_seen():
    samples = np.array([[1.0, 2.0, 3.0]])
    low, high = np.array([5.0, 1.0, 20.0]), np.array([6.0, 9.0, 30.0])
    assert concordance(samples, low, high) == 1.0  # the first two overlap
    assert concordance(samples[:, ::-1], low, high) == 0.0
    assert concordance(np.ones((1, 3)), low, high) == 0.5
    assert np.isnan(concordance(samples, np.zeros(3), np.full(3, 99.0)))
    assert np.isnan(concordance(samples, low, high, ("vote", "deposit", "signature")))
    assert concordance(samples, low, high, ("vote", "deposit", "vote")) == 1.0


def test_coverage_of_a_calibrated_forecast_is_its_level_and_wide_observations_are_not_judged():
    samples = rng.normal(size=(2_000, 1_000))
    observed = rng.normal(size=1_000)
    assert np.nanmean(covered(samples, observed, observed, 0.5)) == pytest.approx(0.5, abs=0.05)
    assert np.nanmean(covered(samples, observed, observed, 0.9)) == pytest.approx(0.9, abs=0.03)
    assert np.isnan(covered(samples[:, :1], np.array([-9.0]), np.array([9.0]), 0.9)).all()


def test_the_pit_is_flat_where_calibrated_piles_up_where_too_sure_and_sums_to_one():
    observed = rng.normal(size=2_000)
    for spread, flat in ((1.0, True), (0.3, False)):
        histogram = pit_histogram(rng.normal(0.0, spread, size=(2_000, 2_000)), observed, observed)
        assert histogram.sum() == pytest.approx(1.0)
        assert bool(abs(histogram - 0.1).max() < 0.03) is flat
    nothing_known = pit_histogram(rng.normal(size=(500, 3)), np.full(3, -99.0), np.full(3, 99.0))
    np.testing.assert_allclose(nothing_known, 0.1)


def test_pit_of_observations_beyond_all_runs_is_in_the_end_bins():
    samples = np.tile(np.arange(10.0)[:, None], 2)
    histogram = pit_histogram(samples, np.array([-5.0, 50.0]), np.array([-5.0, 50.0]))
    np.testing.assert_allclose(histogram[[0, -1]], 0.5)


def test_skill_has_an_interval_that_tells_a_clear_win_from_none():
    baseline = rng.gamma(2.0, 1.0, size=60)
    better = skill(baseline * 0.5, baseline)
    assert better.value == pytest.approx(0.5)
    assert better.detected
    noise = skill(rng.permutation(baseline), baseline)
    assert not noise.detected
    assert noise.low < noise.value < noise.high


def test_skill_draws_clusters_together():
    score, baseline = rng.gamma(2.0, 1.0, size=(2, 10)).repeat(8, axis=1)
    alone = skill(score, baseline)
    together = skill(score, baseline, clusters=np.arange(10).repeat(8))
    assert together.value == pytest.approx(alone.value)
    assert together.high - together.low > 1.5 * (alone.high - alone.low)


def test_skill_without_a_case_is_refused():
    with pytest.raises(ValueError, match="no case"):
        skill(np.array([np.nan]), np.array([1.0]))
