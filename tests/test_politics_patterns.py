"""The patterns 10 to 18: each has the status that its page states, and the page's figures are of this code.

Patterns that fail today, or whose mechanism is absent, are strictly expected to: the test fails as soon as they hold.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from article10.model.scenario_file import read_scenario
from article10.runs.evidence.pattern_measures import slope_by_run, spread_by_run
from article10.runs.evidence.patterns import PATTERNS, code_fingerprint, measure_patterns, status
from generated import with_blocks
from patterns_page import FIGURES, PAGE, patterns_blocks

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


def recorded():
    return json.loads(FIGURES.read_text("utf-8"))


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


@pytest.mark.parametrize("number", CONJECTURES)
def test_a_conjecture_that_fails_is_stated_in_the_limits_and_only_then(number):
    row = next(row for row in recorded()["patterns"] if row["number"] == number)
    limits = Path("docs/limits.md").read_text("utf-8")
    assert (f"Conjecture {number}:" in limits) == (row["status"] == "fails")


@pytest.mark.parametrize("number", [p.number for p in PATTERNS if p.read is None and not p.where])
def test_a_pattern_without_a_measure_is_absent_from_the_model(number):
    assert not of(number).exists(), "the mechanism is there: measure the pattern"
    assert number in ABSENT


def test_pattern_12_is_measured_where_it_says():
    assert all(Path(place).exists() for place in of(12).where.split(" and "))


def test_the_committed_figures_are_of_this_code():
    assert recorded()["fingerprint"] == code_fingerprint(read_scenario()), (
        "the figures are of other code: run `make patterns`"
    )


@pytest.mark.slow
def test_the_committed_statuses_are_those_measured_here():
    """A conjecture may be decided by 2,000 runs and not by 500."""
    firm = [pattern for pattern in PATTERNS if not pattern.conjecture]
    found = {pattern.number: status(pattern, figures().get(pattern.number, [])) for pattern in firm}
    kept = {row["number"]: row["status"] for row in recorded()["patterns"]}
    assert {number: kept[number] for number in found} == found


def test_the_page_shows_the_committed_figures():
    page = PAGE.read_text("utf-8")
    assert with_blocks(page, patterns_blocks(recorded())) == page


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
