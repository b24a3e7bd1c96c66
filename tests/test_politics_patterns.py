"""The patterns 10 to 18: each holds, or fails or is absent as it is expected to.

Patterns that fail today, or whose mechanism is absent, are strictly expected to: the test fails as soon as they hold.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from article10.model.scenario_file import read_scenario
from article10.runs.evidence.pattern_measures import slope_by_run, spread_by_run
from article10.runs.evidence.patterns import PATTERNS, measure_patterns

RUNS, SEED = 500, 20261201

FAIL_TODAY = {
    10: "every meeting is an occasion on which the question is put, so that meetings create decisions",
    15: "the candidate accepts plans by lottery, whatever the stage of its bid",
    17: "the war bars all members that hold a war bar alike, or none",
}
"""Patterns that the model does not meet yet, with the reason."""

ABSENT = {11, 16, 18}
CONJECTURES = [pattern.number for pattern in PATTERNS if pattern.read and pattern.conjecture]


@cache
def figures():
    return measure_patterns(read_scenario(), RUNS, SEED)


def of(number):
    return next(pattern for pattern in PATTERNS if pattern.number == number)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            pattern.number,
            marks=pytest.mark.xfail(reason=FAIL_TODAY[pattern.number], strict=True, raises=AssertionError)
            if pattern.number in FAIL_TODAY
            else (),
        )
        for pattern in PATTERNS
        if pattern.read is not None and not pattern.conjecture
    ],
)
def test_the_pattern_holds(number):
    missed = [figure for figure in figures()[number] if not figure.holds]
    assert not missed


@pytest.mark.slow
@pytest.mark.parametrize("number", CONJECTURES)
def test_a_conjecture_is_measured(number):
    assert all(np.isfinite([figure.value, figure.low, figure.high]).all() for figure in figures()[number])


@pytest.mark.parametrize("number", [p.number for p in PATTERNS if p.read is None and not p.where])
def test_a_pattern_without_a_measure_is_absent_from_the_model(number):
    assert not of(number).exists(), "the mechanism is there: measure the pattern"
    assert number in ABSENT


def test_spread_and_slope_are_those_of_the_counted_values():
    random = np.random.Generator(np.random.PCG64(1))
    x = random.uniform(size=(400, 6))
    y = 3.0 * x + random.normal(size=x.shape)
    counted = random.uniform(size=x.shape) < 0.7
    slope, spread = slope_by_run(x, y, counted), spread_by_run(y, counted)
    assert slope["it"] == pytest.approx(np.polyfit(x[counted], y[counted], 1)[0])
    assert spread["it"] == pytest.approx(y[counted].std())
    assert slope["it_low"] < 3.0 < slope["it_high"]
    assert spread["it_low"] < np.sqrt(9 / 12 + 1) < spread["it_high"]
