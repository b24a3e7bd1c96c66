"""How far runs support a statement: intervals that hold at few runs, and what is said where they do not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from article10.runs.analyses.result import AnalysisResult
from article10.runs.statistics.intervals import (
    TooFewRunsWarning,
    Undetected,
    excludes_zero,
    format_difference,
    mean_over_runs,
    paired,
    share_over_runs,
    stating,
    warn_if_underpowered,
)


@pytest.mark.parametrize("n", [2, 3, 10, 40])
def test_a_mean_difference_of_zero_is_told_in_one_case_of_twenty_however_few_the_runs(n):
    rng = np.random.default_rng(n)
    cases = 2000
    found = sum(paired(rng.normal(size=n), np.zeros(n)).excludes_zero for _ in range(cases))
    assert found / cases == pytest.approx(0.05, abs=0.017)  # three standard errors and a half


@pytest.mark.parametrize("n", [1, 2, 5, 10, 60])
@pytest.mark.parametrize("differ", [0.1, 0.5, 1.0])
def test_a_difference_of_shares_of_zero_is_told_in_no_more_than_one_case_of_twenty(n, differ):
    rng = np.random.default_rng(n)
    kinds = rng.choice(3, size=(2000, n), p=[differ / 2, differ / 2, 1 - differ])
    found = sum(paired(kind == 0, kind == 1).excludes_zero for kind in kinds)
    assert found / len(kinds) < 0.065


def test_one_run_detects_nothing_and_says_how_many_are_needed():
    stance = paired(np.array([0.3]), np.array([0.1]))
    assert not stance.excludes_zero
    assert stance.formatted("{:+.1f}") == (
        "not distinguishable from zero (no confidence interval from one run); detecting +0.2 needs about 10 runs"
    )
    assert not paired(np.array([True]), np.array([False])).excludes_zero


def test_paired_runs_that_are_all_alike_are_reported_as_the_same():
    assert paired(np.ones(50, bool), np.ones(50, bool)).formatted("{:+.0%}") == (
        "the same in every paired run (95% CI -7% to +7%)"
    )


def test_what_is_told_of_a_table_is_what_is_told_of_its_rows():
    frame = pd.DataFrame({"x": [1.0, 1.0, 1.0], "x_low": [0.5, -0.5, np.nan], "x_high": [1.5, 2.5, np.nan]})
    assert excludes_zero(frame, "x").tolist() == [True, False, False]
    assert format_difference(frame.iloc[0], "x", "{:.1f}") == "1.0 [0.5, 1.5]"


class OneSentence(AnalysisResult):
    question, runs = "Is it so?", 9

    def __init__(self, sentence):
        self.sentence = sentence

    def sentences(self):
        return [self.sentence]

    def tables(self):
        return {}

    def figures(self):
        return {}


def test_the_warning_reads_what_a_result_says_is_undetected_and_no_words():
    change = format_difference(paired(np.arange(9) > 0, np.arange(9) > 1).row("x"), "x", "{:+.2f}")
    found = OneSentence(stating(f"Invitation: {change}.", "alike in every world", change))
    assert isinstance(found.undetected()[0], Undetected)
    with pytest.warns(TooFewRunsWarning, match=r"9 runs: Invitation: .*about 90 runs"):
        warn_if_underpowered(found)
    known = OneSentence("What is not distinguishable from zero is a phrase here.")
    assert known.undetected() == []
    assert warn_if_underpowered(known) is known  # warnings are errors here


def test_a_share_of_events_is_known_by_its_runs_not_by_its_events():
    rng = np.random.default_rng(5)
    inside = 0
    for _ in range(500):
        likely = rng.beta(0.5, 1.5, size=40)  # by run: most runs show it at nearly all or at no events
        row = share_over_runs(rng.binomial(20, likely).astype(float), "x", np.full(40, 20.0))
        inside += row["x_low"] <= 0.25 <= row["x_high"]
    assert inside / 500 > 0.92
    never = share_over_runs(np.zeros(40), "x", np.full(40, 20.0))
    assert never["x_high"] > 3 / 60


def test_a_mean_over_runs_has_student_s_interval():
    row = mean_over_runs(np.array([1.0, 2.0, 3.0]), "x")
    assert row == pytest.approx({"x": 2.0, "x_low": 2.0 - 4.302653 / 3**0.5, "x_high": 2.0 + 4.302653 / 3**0.5})
