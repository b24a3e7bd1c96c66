"""Ranges: every sampler gives each whole number an even share, and refuses in one line what is not a range."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import article10
from article10.model.scenario import ScenarioError
from article10.runs.analyses.sensitivity.methods import morris_effects, sobol_indices
from article10.runs.analyses.tuning.best_point import search_best
from article10.runs.analyses.tuning.identifiability import identifiability
from article10.runs.batches.design import Sample
from article10.runs.batches.ranges import Space
from article10.runs.command_line import app
from article10.runs.evidence import hindcast
from article10.runs.evidence.perturbations import parameters as perturbed
from article10.runs.statistics.intervals import TooFewRunsWarning
from article10.runs.statistics.posterior import sample_posterior

WHOLE, REAL = "russia.review_weeks", "stance.peer_rate"
SHORT = {"horizon": "2026-02-01"}
TARGETS = article10.Targets(stance=({"member": "HUN", "date": "2026-01-20", "value": -0.4, "tolerance": 0.2},))
FLAT = np.zeros(1), np.ones(1)


# --- even shares of whole numbers -------------------------------------------------------------------------------------


def collected(low, high, run):
    """The values of the whole parameter at all points that a method evaluates."""
    seen = []

    def evaluate(points):
        seen.append(points[WHOLE].to_numpy())
        return {"y": np.zeros((len(points), 2))}

    run(Space.of({WHOLE: (low, high), REAL: (0.1, 1.0)}), evaluate)
    return np.concatenate(seen)


def of_sample(method):
    return lambda low, high: pd.DataFrame(
        Sample(n=1024, method=method, ranges={REAL: (0.1, 1.0), WHOLE: (low, high)}).rows()
    )[WHOLE]


def of_tuning(run):
    def points(low, high):
        seen = []

        def simulate(values):
            seen.append(values[:, 0])
            return np.zeros((len(values), 1)), np.zeros((len(values), 1))

        run(simulate, Space.of({WHOLE: (low, high)}))
        return np.concatenate(seen)

    return points


def of_robustness(low, high):
    plausible = Space.of().ranges[WHOLE]
    assert (low, high) == plausible
    return np.array([point.values[WHOLE] for point in perturbed(article10.read_scenario(), 230, 0)])


def of_hindcast(low, high):
    assert (low, high) == Space.of().ranges[WHOLE]
    return np.array([drawn[WHOLE] for drawn in hindcast._drawn([WHOLE], 230, 0)])


def first_round(simulate, space):
    sample_posterior(simulate, space, *FLAT, points=1024, rounds=1)


def all_rounds(simulate, space):
    sample_posterior(simulate, space, *FLAT, points=2048)


SAMPLERS = {
    "Sobol sample": of_sample("sobol"),
    "Latin hypercube": of_sample("latin_hypercube"),
    "Morris": lambda low, high: collected(low, high, lambda space, of: morris_effects(space, 400, 1, of)),
    "Sobol indices": lambda low, high: collected(low, high, lambda space, of: sobol_indices(space, 512, 1, of)),
    "first round of a posterior": of_tuning(first_round),
    "all rounds of a posterior": of_tuning(all_rounds),
}
AT_RANDOM = ("Morris", "all rounds of a posterior")
"""Samplers that choose by chance, so that shares scatter."""


@pytest.mark.parametrize("ends", [(4, 5), (4, 6), (4, 8), (4, 10)], ids=lambda ends: f"{ends[1] - ends[0] + 1} values")
@pytest.mark.parametrize("sampler", SAMPLERS)
def test_every_whole_number_of_a_range_has_an_even_share(sampler, ends):
    found = pd.Series(SAMPLERS[sampler](*ends))
    shares = found.value_counts(normalize=True).sort_index()
    assert shares.index.tolist() == list(range(ends[0], ends[1] + 1))
    assert shares.to_numpy() == pytest.approx(1 / len(shares), rel=0.2 if sampler in AT_RANDOM else 0.08)


@pytest.mark.parametrize("sampler", [of_robustness, of_hindcast])
def test_whole_numbers_drawn_over_their_plausible_range_have_even_shares(sampler):
    low, high = Space.of().ranges[WHOLE]
    counts = pd.Series(sampler(low, high)).value_counts()
    assert sorted(counts.index) == list(range(int(low), int(high) + 1))
    assert set(counts) == {230 // 23}


def test_a_search_tries_every_whole_number_as_often_before_it_has_learned():
    found = []
    for seed in range(60):  # ten trials of each are drawn evenly
        run = lambda simulate, space, seed=seed: search_best(simulate, space, *FLAT, points=10, seed=seed)  # noqa: E731
        found += of_tuning(run)(4, 6).tolist()
    assert pd.Series(found).value_counts(normalize=True).to_numpy() == pytest.approx(1 / 3, abs=0.07)


def test_real_numbers_are_spread_as_before():
    space = Space.of({REAL: (0.2, 0.8)})
    assert space.values(np.array([[0.0], [0.25], [1.0]])).ravel() == pytest.approx([0.2, 0.35, 0.8])


def test_the_prior_of_whole_numbers_has_the_variance_of_whole_numbers():
    space = Space({"n": (4.0, 7.0), "x": (0.0, 1.0)}, frozenset({"n"}))
    assert space.standard_deviation == pytest.approx([np.std([4, 5, 6, 7]), 1 / np.sqrt(12)])


# --- what a step through whole numbers does ---------------------------------------------------------------------------


@pytest.mark.parametrize("high", [5, 6, 8, 26])
def test_an_effect_of_a_whole_number_is_that_of_its_whole_range(high):
    space = Space.of({WHOLE: (4, high), REAL: (0.1, 1.0)})

    def evaluate(points):
        return {"y": np.repeat((3 * (points[WHOLE] - 4) / (high - 4) + points[REAL]).to_numpy()[:, None], 2, axis=1)}

    effects = morris_effects(space, 20, 1, evaluate)[1].loc["y"]
    assert effects["mu_star"].to_numpy() == pytest.approx([3.0, 0.9])
    assert effects["sigma"].to_numpy() == pytest.approx([0.0, 0.0], abs=1e-9)


def test_every_step_of_a_trajectory_changes_the_parameter_that_it_is_about():
    space, seen = Space.of({WHOLE: (4, 5), "accession.tolerated": (1, 3), REAL: (0.1, 1.0)}), []

    def evaluate(points):
        seen.append(points.to_numpy())
        return {"y": np.zeros((len(points), 2))}

    morris_effects(space, 30, 1, evaluate)
    steps = np.diff(seen[0].reshape(30, 4, 3), axis=1)
    assert ((steps != 0).sum(axis=2) == 1).all()


# --- what is listed is what was run -----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["best", "posterior"])
def test_a_tuning_lists_the_whole_numbers_that_were_run(method, tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        found = article10.tune(
            article10.read_scenario("baseline", SHORT),
            {WHOLE: (4, 8), REAL: (0.1, 1.0)},
            TARGETS,
            runs=4,
            points=128,
            workers=1,
            method=method,
            out=tmp_path / "t",
            progress=False,
        )
    measured = (tmp_path / "t" / "evaluated.jsonl").read_text()
    run = {float(value) for value in re.findall(r'"point": \[([^,\]]+)', measured)}
    assert run <= set(range(4, 9))
    for name in ("draws.csv", *(["trials.csv"] if method == "best" else [])):
        listed = pd.read_csv(tmp_path / "t" / name)[WHOLE]
        assert listed.dtype.kind == "i"
        assert set(listed) <= run
    assert type(found.tuned[WHOLE]) is int
    assert not re.search(rf"{WHOLE} = \d+\.", "\n".join([*found.sentences(), found.scenario_toml()]))


def test_intervals_of_a_whole_number_end_on_values_that_were_run():
    def simulate(points):
        return points / 10, np.zeros_like(points)

    space = Space.of({WHOLE: (4, 26)})
    found = sample_posterior(simulate, space, np.array([1.2]), np.array([0.5]), points=8, rounds=1)
    rows = identifiability(found).parameters
    assert set(rows[["low", "median", "high", "mean_low", "mean_high"]].to_numpy().ravel()) <= set(found.points[:, 0])


# --- wrong ranges -----------------------------------------------------------------------------------------------------

WRONG = {
    "reversed": {REAL: (0.8, 0.2)},
    "equal": {REAL: (0.2, 0.2)},
    "below the bounds": {REAL: (-5.0, 0.2)},
    "above the bounds": {REAL: (0.2, 5000)},
    "not a number": {REAL: (0.2, float("nan"))},
    "infinite": {REAL: (0.2, float("inf"))},
    "too large": {REAL: (0.2, 10**400)},
    "text": {REAL: ("0.2", "0.8")},
    "a text of two letters": {REAL: "ab"},
    "switches": {REAL: (False, True)},
    "nothing": {REAL: None},
    "one end": {REAL: (0.2,)},
    "three ends": {REAL: (0.2, 0.5, 0.8)},
    "a number": {REAL: 0.2},
    "a set": {REAL: {0.2, 0.8}},
    "parts of whole numbers": {WHOLE: (4.5, 8)},
    "a strategy": {"russia.strategy": (0, 1)},
    "a switch": {"candidate.may_shelve": (0, 1)},
    "a name": {"candidate.name": (0, 1)},
    "unknown": {"stance.peer_rat": (0.2, 0.8)},
    "a key alone without a plausible range": ["candidate.may_shelve"],
    "an unknown key alone": ["stance.peer_rat"],
    "no range": {},
    "no key": [],
    "a single key": REAL,
}
ASKED = {
    "screen": lambda ranges: article10.screen(parameters=ranges, runs=2, workers=1, progress=False),
    "sobol": lambda ranges: article10.sobol(parameters=ranges, runs=2, base_samples=4, workers=1, progress=False),
    "tornado": lambda ranges: article10.tornado(parameters=ranges, runs=2),
    "tune": lambda ranges: article10.tune("baseline", ranges, TARGETS, runs=2, points=8, workers=1, progress=False),
    "Space": lambda ranges: Space.of(ranges, "sample.ranges"),
}


@pytest.fixture
def nothing_runs(monkeypatch):
    def step(*_):
        raise AssertionError("something was run")

    monkeypatch.setattr("article10.model.schedule.step", step)


@pytest.mark.usefixtures("nothing_runs")
@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("analysis", ASKED)
def test_a_wrong_range_is_refused_in_one_line_with_its_key(analysis, wrong):
    ranges = WRONG[wrong]
    with pytest.raises(ValueError, match=r"^(parameters|sample\.ranges)[.: ]") as refused:
        ASKED[analysis](ranges)
    text = str(refused.value)
    assert "\n" not in text
    assert len(text) < 300
    assert all(key in text for key in ranges if len(key) > 1)


@pytest.mark.parametrize("wrong", [name for name in WRONG if name not in ("no range", "no key")])
def test_a_sample_refuses_the_same(wrong):
    with pytest.raises(ValueError, match=r"^sample\.ranges") as told:
        Space.of(WRONG[wrong], "sample.ranges")
    with pytest.raises(ValueError, match=re.escape(str(told.value))):
        Sample(n=4, ranges=WRONG[wrong])


@pytest.mark.parametrize("words", ["=0.8:0.2", "=nan:1", "=-5:0.2", "=0.2:inf", "=0.2", "=a:b"])
def test_the_command_refuses_a_wrong_range(words, tmp_path):
    (tmp_path / "t.toml").write_text(TARGETS.to_toml())
    done = CliRunner().invoke(app, ["tune", str(tmp_path / "t.toml"), "--parameters", f"{REAL}{words}"])
    assert done.exit_code == 2
    assert REAL in done.output
    assert len(done.output.splitlines()) == 1


def test_ends_may_be_numbers_of_numpy_and_whole_numbers_real():
    space = Space.of({WHOLE: np.array([4.0, 8.0]), REAL: [np.float32(0.25), np.int64(1)]})
    assert space.ranges == {WHOLE: (4.0, 8.0), REAL: (0.25, 1.0)}


def test_keys_alone_have_their_plausible_ranges_and_by_default_all_that_have_one():
    assert Space.of([REAL]).ranges == {REAL: (0.1, 1.0)}
    assert len(Space.of().keys) > 40


def test_a_parameter_of_a_hindcast_without_a_range_is_refused():
    with pytest.raises(ScenarioError, match=r"varied\.stance\.peer_rat: no such parameter; did you mean"):
        hindcast.hindcast("finland_2022_at_signing", varied=["stance.peer_rat"], runs=2, draws=1)
