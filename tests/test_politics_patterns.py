"""The patterns 10 to 18: each holds, or fails or is absent as it is expected to.

Patterns that fail today, or whose mechanism is absent, are strictly expected to: the test fails as soon as they hold.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import patterns_page
from article10.model.scenario_file import read_scenario
from article10.model.shipped import editions
from article10.runs.analyses.paired import paired_runs
from article10.runs.batches.fingerprint import loaded_trees
from article10.runs.evidence.pattern_hazard import read_hazard
from article10.runs.evidence.pattern_measures import Figure, slope_by_run, spread_by_run
from article10.runs.evidence.patterns import PATTERNS, READERS, STEPPED, code_fingerprint, measure_patterns, status
from generated import with_blocks

RUNS, SEED = 500, 20261201

MORE_RUNS = {15: 2000}
"""Runs of patterns with an effect that ``RUNS`` do not detect."""

STATUSES = {
    10: "holds",
    11: "holds",
    12: "fails",
    15: "holds",
    17: "holds",
    18: "holds",
}
"""Of the patterns that are not conjectures: what the committed figures say."""

CONJECTURES = [pattern.number for pattern in PATTERNS if pattern.read and pattern.conjecture]


@cache
def figures():
    return measure_patterns(read_scenario(), RUNS, SEED)


def measured(number):
    if number not in MORE_RUNS:
        return figures()[number]
    return of(number).read(paired_runs(of(number).variants(read_scenario()), MORE_RUNS[number], SEED))


def of(number):
    return next(pattern for pattern in PATTERNS if pattern.number == number)


@pytest.mark.slow
@pytest.mark.parametrize(
    "number",
    [
        pytest.param(
            pattern.number,
            marks=pytest.mark.xfail(reason=pattern.lacking, strict=True, raises=AssertionError)
            if pattern.lacking
            else (),
        )
        for pattern in PATTERNS
        if pattern.read is not None and not pattern.conjecture
    ],
)
def test_the_pattern_holds(number):
    missed = [figure for figure in measured(number) if not figure.holds]
    assert not missed


@pytest.mark.slow
@pytest.mark.parametrize("number", CONJECTURES)
def test_a_conjecture_is_measured(number):
    assert all(np.isfinite([figure.value, figure.low, figure.high]).all() for figure in figures()[number])


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


def test_the_slope_on_a_number_that_never_changes_is_zero():
    slope = slope_by_run(np.random.default_rng(1).uniform(size=(50, 4)), np.full((50, 4), 27.0), np.ones((50, 4), bool))
    assert (slope["it"], slope["it_low"], slope["it_high"]) == (0.0, 0.0, 0.0)


# --- the committed figures and their page -----------------------------------------------------------------------------


@cache
def committed():
    return json.loads(patterns_page.PAGE.with_suffix(".json").read_text("utf-8"))


def test_the_committed_figures_are_those_of_today_s_code():
    edition = committed()["settings"]["edition"]
    assert edition == editions()[-1]
    found = code_fingerprint(read_scenario("baseline", edition=edition))
    assert found == committed()["fingerprint"], "out of date: make patterns"


def test_the_fingerprint_covers_scenario_tables_and_rules():
    plain = read_scenario("baseline", edition="2025-12")
    found = code_fingerprint(plain)
    assert found == code_fingerprint(read_scenario("baseline", edition="2025-12"))
    assert found != code_fingerprint(plain.with_({"stance.shock": 0.1}))
    assert found != code_fingerprint(read_scenario("baseline", edition="2026-12"))
    names = set(loaded_trees(STEPPED))
    assert {"article10.model.schedule", "article10.agents.members", "article10.model.coded"} <= names
    assert names > READERS


def test_a_pattern_s_status_follows_from_its_figures_and_is_the_expected_one():
    for pattern, row in zip(PATTERNS, committed()["patterns"], strict=True):
        own = [Figure(**{k: v for k, v in figure.items() if k != "plausible_share"}) for figure in row["figures"]]
        assert (row["number"], row["conjecture"]) == (pattern.number, pattern.conjecture)
        assert row["status"] == status(pattern, own)
        assert pattern.conjecture or row["status"] == STATUSES[pattern.number]
    assert {row["status"] for row in committed()["first_nine"]} == {"holds"}


def test_the_limits_state_exactly_the_conjectures_that_fail():
    limits = (Path(patterns_page.DOCS) / "limits.md").read_text("utf-8")
    stated = sorted(int(number) for number in re.findall(r"Conjecture (\d+):", limits))
    failing = [row["number"] for row in committed()["patterns"] if row["conjecture"] and row["status"] == "fails"]
    assert stated == failing


def test_the_page_is_what_the_committed_figures_say():
    page = patterns_page.PAGE.read_text("utf-8")
    assert with_blocks(page, patterns_page.patterns_blocks(committed())) == page


def test_the_hazard_alone_is_committed_as_it_is_fitted():
    (row,) = [row for row in committed()["patterns"] if row["number"] == 12]
    for now, then in zip(read_hazard(), row["figures"], strict=True):
        assert now.value == pytest.approx(then["value"], rel=0.01, abs=0.005), now.name
        assert now.holds == then["holds"], now.name


def test_a_report_of_tests_gives_each_of_the_first_nine_its_status_and_figures():
    case = '<testcase name="test_{}_x[2026-12]">{}<system-out>\npattern {}: 3 of 4\n</system-out></testcase>'
    cases = "".join(case.format(n, "<failure/>" if n == 4 else "", n) for n in range(1, 10))
    found = patterns_page.from_report(f"<testsuites><testsuite>{cases}</testsuite></testsuites>")
    assert [row["status"] == "fails" for row in found] == [n == 4 for n in range(1, 10)]
    assert found[0]["printed"] == {"2026-12": ["3 of 4"]}
