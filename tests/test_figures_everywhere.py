"""Figures and notebook views at any horizon give no warnings of matplotlib's, and a selection without runs says so."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

import pytest

import article10
from article10.runs.analyses.claims.claims import claims
from article10.runs.analyses.comparison.compare import compare
from article10.runs.analyses.guarantees.three_futures import three_futures
from article10.runs.analyses.holdouts.power import holdout_power
from article10.runs.analyses.influence.curve import influence_curve
from article10.runs.analyses.influence.influence import influence
from article10.runs.analyses.influence.ranking import rank_influence
from article10.runs.analyses.rules.compared import compare_rules
from article10.runs.analyses.sensitivity.tornado import tornado
from article10.runs.ensemble.result import NO_RUNS, EnsembleResult
from article10.runs.ensemble.summary import holdouts, milestones, summarise
from article10.runs.evidence.history_matching.history_match import history_match
from article10.runs.evidence.nowcast.nowcast import nowcast
from article10.runs.evidence.nowcast.observations import Observation
from article10.runs.evidence.rivals.rivals import rivals
from article10.runs.evidence.robustness import robustness
from article10.runs.figures.plot import DEFAULT_FIGURES

START = date(2025, 12, 1)
FIGURES = (*DEFAULT_FIGURES, "explain", "explain_by_year")
ASKED = {"explain": ("HUN",), "explain_by_year": ("HUN", 0)}
"""Arguments of figures that need some."""

ONE_STEP, WEEKS, MONTHS, UNEVEN, THIRTY_YEARS = 7, 40, 200, 590, 10957
"""Days from the start to the horizon; matplotlib found no ticks for the uneven one."""


def nowcast_of_own_rows(**asked):
    row = Observation(START, START, "position", ("HUN",), (-1.0,))
    until = asked["changes"]["horizon"]
    return nowcast(rows=[row], until=until, edition="2025-12", **asked)


ANALYSES = {
    "influence": lambda **asked: influence("baseline", "russia", **asked),
    "ranking": lambda **asked: rank_influence("baseline", ["russia"], **asked),
    "comparison": compare,
    "claims": lambda **asked: claims(n_points=1, runs_at_a_point=2, workers=1, **asked),
    "rules": lambda **asked: compare_rules(rules=("unanimity", "simple majority"), **asked),
    "holdouts": holdout_power,
    "rivals": lambda **asked: rivals(past=False, **asked),
    "nowcast": nowcast_of_own_rows,
    "history": lambda runs, **asked: history_match(
        runs=max(runs, 2), waves=1, n_points=16, runs_at_a_point=2, compared=2, **asked
    ),
    "curve": lambda **asked: influence_curve(efforts=(1.0,), strategies=("uniform",), **asked),
    "futures": lambda **asked: three_futures(deterrence=(0.5,), given=START, **asked),
    "tornado": lambda **asked: tornado(parameters=("stance.peer_rate",), **asked),
}


@cache
def ensemble(days, runs=2):
    return article10.simulate(runs=runs, seed=7, changes={"horizon": START + timedelta(days=days)})


def nothing_of(result):
    return EnsembleResult(result.data.isel(run=slice(0, 0)))


def drawn(result, figure):
    return getattr(result.plot, figure)(*ASKED.get(figure, ()))


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize("days", [ONE_STEP, WEEKS, MONTHS, 450, 545, UNEVEN, 640, 1500])
def test_a_figure_warns_of_nothing_at_any_horizon(days, figure):
    drawn(ensemble(days), figure).get_figure().draw_without_rendering()


@pytest.mark.slow
@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_thirty_years_warns_of_nothing(figure):
    drawn(ensemble(THIRTY_YEARS), figure).get_figure().draw_without_rendering()


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_one_run_warns_of_nothing(figure):
    drawn(ensemble(WEEKS, runs=1), figure).get_figure().draw_without_rendering()


@pytest.mark.parametrize("days", [ONE_STEP, WEEKS, MONTHS, 450, 545, UNEVEN, 640, 1500])
def test_a_result_in_a_notebook_warns_of_nothing(days):
    assert "<img" in ensemble(days)._repr_html_()


@pytest.mark.parametrize("days", [ONE_STEP, UNEVEN])
def test_sliders_warn_of_nothing(days):
    scenario = article10.read_scenario("baseline", {"horizon": START + timedelta(days=days)})
    assert article10.explore(scenario, ["stance.peer_rate"], runs=2).png()


@pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")
@pytest.mark.parametrize(("days", "runs"), [(ONE_STEP, 1), pytest.param(UNEVEN, 2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("analysis", ANALYSES)
def test_figures_of_analyses_warn_of_nothing_and_show_their_titles_and_labels(analysis, days, runs):
    answer = ANALYSES[analysis](runs=runs, changes={"horizon": START + timedelta(days=days)})
    check_words(answer)


def check_words(answer):
    """Draw all figures of a result, and see that no title, axis label or note ends beyond the right edge."""
    assert answer.figures()
    for draw in answer.figures().values():
        figure = draw().get_figure()
        figure.draw_without_rendering()
        words = [
            words
            for ax in figure.axes
            for words in (ax.title, ax._left_title, ax.xaxis.label, *ax.texts)
            if words.get_text()
        ]
        assert words
        cut = [words.get_text() for words in words if words.get_window_extent().x1 > figure.bbox.x1]
        assert not cut, f"cut off at the right: {cut}"


def tuned(method):
    targets = article10.Targets(stance=({"member": "HUN", "date": "2026-07-20", "value": -0.4, "tolerance": 0.5},))
    scenario = article10.read_scenario("baseline", {"horizon": "2026-08-15"})
    parameters = ["stance.peer_rate", "stance.entrapment_weight"]
    return article10.tune(scenario, parameters, targets, method=method, runs=2, points=32, workers=1, progress=False)


EVIDENCE = {
    "tuned posterior": lambda: tuned("posterior"),
    "tuned point": lambda: tuned("best"),
    "hindcast": lambda: article10.hindcast("finland_2022_at_signing", runs=4, draws=2),
    "stances since 2022": lambda: article10.hindcast_stances(runs=4),
    "robustness": lambda: robustness(runs=2, redraws=1, points=2, changes={"horizon": "2026-08-15"}),
}


@pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")
@pytest.mark.parametrize("result", EVIDENCE)
def test_figures_of_tunings_and_evidence_show_their_titles_and_labels(result):
    check_words(EVIDENCE[result]())


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_of_no_runs_says_so(figure):
    with pytest.raises(ValueError, match=NO_RUNS):
        drawn(nothing_of(ensemble(WEEKS)), figure)


@pytest.mark.parametrize(
    "look",
    [
        summarise,
        milestones,
        holdouts,
        lambda result: result.explain("HUN"),
        lambda result: result.explain("HUN", run=0),
        lambda result: result.animate(0, "run.gif"),
        lambda result: result.plot.save_all("figures"),
    ],
)
def test_what_is_read_off_runs_says_that_there_are_none(look):
    with pytest.raises(ValueError, match=NO_RUNS):
        look(nothing_of(ensemble(WEEKS)))


def test_a_result_of_no_runs_shows_as_such():
    nothing = nothing_of(ensemble(WEEKS))
    assert repr(nothing) == f"EnsembleResult('baseline', seed=7: {NO_RUNS})"
    assert NO_RUNS in nothing._repr_html_()
    assert len(nothing.outcomes) == 0
