"""Tuning finds known values, reports what it cannot identify, refuses bad input, and resumes."""

from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import article10
from article10.model.scenario import ScenarioError
from article10.runs.analyses.tuning.best_point import search_best
from article10.runs.analyses.tuning.identifiability import identifiability
from article10.runs.analyses.tuning.prior_check import OutsidePriorWarning, out_of_reach
from article10.runs.analyses.tuning.target_evaluation import EVALUATED, Evaluator
from article10.runs.analyses.tuning.target_measures import median, ratio, share
from article10.runs.analyses.tuning.targets import Targets
from article10.runs.analyses.tuning.tuning import tune
from article10.runs.batches.ranges import Space
from article10.runs.ensemble.summary import holdouts
from article10.runs.statistics.intervals import TooFewRunsWarning
from article10.runs.statistics.posterior import sample_posterior

SHORT = article10.read_scenario("baseline", {"horizon": "2027-06-01"})
MEMBERS = ("HUN", "TUR", "DEU", "POL", "ITA", "SVK")
PEERS = {"stance.peer_rate": (0.1, 1.0), "stance.entrapment_weight": (0.1, 0.8)}


def stance_targets(values, tolerance=0.02, day="2027-05-01"):
    return Targets(
        stance=tuple({"member": m, "date": day, "value": v, "tolerance": tolerance} for m, v in values.items())
    )


def exactly(function):
    """A simulator without noise."""

    def simulate(points):
        values = function(points)
        return values, np.zeros_like(values)

    return simulate


# --- the core, on functions whose answer is known -------------------------------------------------------------------


def test_a_linear_simulator_gives_its_normal_posterior():
    """y = x + 2z and y' = x - z, known with errors 0.1 and 0.05: the posterior is normal, with a known covariance."""
    design = np.array([[1.0, 2.0], [1.0, -1.0]])
    truth, errors = np.array([0.1, -0.2]), np.array([0.1, 0.05])
    ranges = {"x": (-2.0, 2.0), "z": (-2.0, 2.0)}
    found = sample_posterior(
        exactly(lambda p: p @ design.T), Space(ranges), design @ truth, errors, points=2048, seed=1
    )
    covariance = np.linalg.inv(design.T @ np.diag(errors**-2) @ design)
    mean = found.weights @ found.points
    centred = found.points - mean
    assert found.effective_size > 200
    assert np.allclose(mean, truth, atol=4 * np.sqrt(np.diag(covariance) / found.effective_size))
    assert np.allclose((centred * found.weights[:, None]).T @ centred, covariance, atol=0.25 * covariance[0, 0])


def test_where_targets_say_nothing_the_posterior_is_the_prior():
    flat = exactly(lambda p: np.zeros((len(p), 1)))
    found = sample_posterior(flat, Space({"x": (0.0, 4.0)}), np.array([0.0]), np.array([1.0]), points=1024)
    low, high = found.quantiles(found.points, (0.1, 0.9))[:, 0]
    assert (low, high) == (pytest.approx(0.4, abs=0.15), pytest.approx(3.6, abs=0.15))
    assert abs(identifiability(found).parameters["contraction"].iloc[0]) < 0.1


def test_the_noise_of_few_runs_widens_the_posterior():
    def simulate(error):
        return lambda p: (p, np.full_like(p, error))

    def spread(error):
        ranges, wanted, tolerance = {"x": (-1.0, 1.0)}, np.array([0.0]), np.array([0.06])
        found = sample_posterior(simulate(error), Space(ranges), wanted, tolerance, points=1024)
        return np.sqrt(found.weights @ found.points[:, 0] ** 2)

    assert spread(0.0) == pytest.approx(0.06, rel=0.15)
    assert spread(0.08) == pytest.approx(0.10, rel=0.15)


def test_two_parameters_that_enter_as_a_product_are_not_distinguished():
    product = exactly(lambda p: np.column_stack([p[:, 0] * p[:, 1], p[:, 2]]))
    ranges = {"a": (0.5, 1.5), "b": (0.5, 1.5), "c": (0.0, 1.0)}
    found = sample_posterior(product, Space(ranges), np.array([1.0, 0.4]), np.array([0.02, 0.05]), points=2048)
    identified = identifiability(found)
    assert [pair[:2] for pair in identified.pairs] == [("a", "b")]
    assert identified.detected == ["c"]
    said = " ".join(identified.sentences())
    assert "cannot distinguish a from b" in said
    assert "one can rise as the other falls" in said
    best = identified.directions.iloc[0]
    assert best["variance"] < 0.1
    assert best["a"] * best["b"] > 0, "a and b together are known"


def test_the_search_finds_a_known_minimum_and_is_the_same_again():
    ranges, wanted = {"x": (0.0, 1.0), "y": (0.0, 1.0)}, np.array([0.3, 0.8])
    found = [
        search_best(exactly(lambda p: p), Space(ranges), wanted, np.full(2, 0.1), points=80, seed=3) for _ in range(2)
    ]
    assert np.allclose(found[0].point, wanted, atol=0.08)
    assert found[0].trials.equals(found[1].trials)
    assert (found[0].trials["best"].diff().dropna() <= 0).all()


# --- estimates ------------------------------------------------------------------------------------------------------


def test_a_probability_that_no_run_shows_is_not_known_to_be_zero():
    value, error = share(np.zeros(100, dtype=bool))
    assert value == 0
    assert 0.005 < error < 0.03
    value, error = share(np.arange(1000) < 300)
    assert (value, error) == (0.3, pytest.approx(np.sqrt(0.21 / 1000), rel=0.02))


def test_a_median_counts_what_never_comes_and_is_missing_where_that_is_most():
    assert median(np.array([1.0, 2.0, 3.0, np.inf, 2.5]))[0] == 2.5
    assert np.isnan(median(np.array([1.0, np.inf, np.inf]))[0])
    normal = np.random.default_rng(0).standard_normal(4000)
    assert median(normal)[1] == pytest.approx(1.2533 / np.sqrt(4000), rel=0.2)


def test_a_ratio_weighs_runs_by_their_councils():
    assert ratio(np.array([1.0, 3.0]), np.array([1.0, 7.0]))[0] == 0.5
    assert np.isnan(ratio(np.zeros(3), np.zeros(3))[0])


def test_targets_measured_are_those_of_an_ensemble():
    targets = Targets(
        stance=({"member": "HUN", "date": "2027-03-01", "value": 0.0, "tolerance": 0.1},),
        probability=(
            {"milestone": "shelved", "by": "2027-06-01", "value": 0.1, "tolerance": 0.1},
            {"milestone": "invitation", "by": "2027-01-01", "value": 0.1, "tolerance": 0.1},
        ),
        objection=({"member": "HUN", "value": 0.5, "tolerance": 0.1},),
    )
    values = Evaluator(SHORT, targets, Space({"russia.effort": (2.0, 15.0)}), 60, 5)(np.array([[6.0]])).values[0]
    result = article10.simulate(SHORT, runs=60, seed=5, changes={"russia.effort": 6.0})
    stance = result.data["stance"].sel(member="HUN", step=slice(None, "2027-03-01")).isel(step=-1)
    invited = (result.outcomes["invitation_date"] <= "2027-01-01").mean()
    expected = [
        stance.mean(),
        result.outcomes["ever_shelved"].mean(),
        invited,
        holdouts(result).loc["HUN", "own_stance"],
    ]
    assert values == pytest.approx([float(v) for v in expected], abs=1e-6)


def test_ratification_times_are_those_of_an_ensemble():
    scenario = article10.read_scenario("finland_2022", {"horizon": "2023-12-01"})
    targets = Targets(
        ratification=({"n": 20, "days": 100.0, "tolerance": 20.0}, {"member": "POL", "days": 60.0, "tolerance": 20.0})
    )
    space = Space({"ratification.urgency": (0.5, 2.0)})
    values = Evaluator(scenario, targets, space, 40, 2)(np.array([[1.0]])).values[0]
    steps = article10.simulate(scenario, runs=40, seed=2).data["ratified_step"]
    steps = steps.where(steps >= 0, np.inf)
    twentieth = np.median(np.sort(steps.to_numpy(), axis=1)[:, 19]) * 7
    assert values == pytest.approx([twentieth, float(steps.sel(member="POL").median()) * 7])


def test_points_in_groups_and_processes_are_measured_alike():
    targets, points = stance_targets({"HUN": -0.3}), np.linspace(2, 15, 20)[:, None]
    whole = Evaluator(SHORT, targets, Space({"russia.effort": (2.0, 15.0)}), 10, 0)(points).values
    one = Evaluator(SHORT, targets, Space({"russia.effort": (2.0, 15.0)}), 10, 0)(points[17:18]).values
    assert whole[17] == one[0]


def prior_of(simulate, wanted, ranges):
    return sample_posterior(exactly(simulate), Space(ranges), np.array(wanted), np.full(len(wanted), 0.02), points=256)


def test_targets_that_the_ranges_cannot_produce_are_named():
    labels, ranges = ["a", "b"], {"x": (0.0, 1.0), "z": (0.0, 1.0)}
    assert out_of_reach(prior_of(lambda p: p, [0.5, 0.9], ranges), labels, 0) == []
    (said,) = out_of_reach(prior_of(lambda p: p, [0.5, 1.2], ranges), labels, 0)
    assert "b (given 1.2, 95% of what the ranges give 0.0" in said
    assert "a (" not in said


def test_targets_that_the_ranges_produce_one_by_one_but_not_together_are_named():
    """Both targets are the same parameter: 0.2 and 0.8 are each within reach, and never at one point."""
    (said,) = out_of_reach(prior_of(lambda p: p[:, [0, 0]], [0.2, 0.8], {"x": (0.0, 1.0)}), ["a", "b"], 0)
    assert "each target, but not all together" in said


# --- the model ------------------------------------------------------------------------------------------------------


def known_targets(truth, seed):
    """Targets simulated with known values, in other worlds than those of the tuning, and how well they are known."""
    labels = stance_targets(dict.fromkeys(MEMBERS, 0.0))
    measured = Evaluator(SHORT, labels, Space(PEERS), 400, seed)(np.array([truth]))
    return Targets(
        stance=tuple(
            {"member": t.member, "date": t.date, "value": float(v), "tolerance": float(e)}
            for t, v, e in zip(labels.stance, measured.values[0], measured.errors[0], strict=True)
        )
    )


@pytest.mark.slow
def test_known_values_are_recovered():
    """Of 2 parameters in 4 repeats, at least 6 lie in their 90% intervals: fewer has a chance of 4 in 100."""
    rng, covered = np.random.default_rng(8), 0
    for repeat in range(4):
        truth = [rng.uniform(*ends) for ends in PEERS.values()]
        targets = known_targets(truth, seed=100 + repeat)
        tuning = tune(SHORT, PEERS, targets, runs=64, points=160, seed=repeat, workers=1, progress=False)
        told = tuning.identifiability.parameters
        covered += int(((told["low"] <= truth) & (truth <= told["high"])).sum())
    assert covered >= 6


@pytest.fixture(scope="module")
def tuning(tmp_path_factory):
    out = tmp_path_factory.mktemp("tuning") / "tuned"
    targets = stance_targets({"HUN": -0.45, "TUR": 0.0, "DEU": -0.2}, tolerance=0.1)
    return tune(SHORT, PEERS, targets, runs=24, points=128, out=out, workers=1, progress=False), out


def test_the_tuned_scenario_can_be_read_and_run(tuning):
    found, out = tuning
    scenario = article10.read_scenario(out / "tuned.toml")
    assert scenario.stance.peer_rate == found.tuned["stance.peer_rate"]
    assert scenario.horizon == SHORT.horizon
    assert scenario.with_(name="baseline", title=SHORT.title) == found.tuned_scenario()
    again = article10.simulate(out / "tuned.toml", runs=24, seed=0)
    stance = again.data["stance"].sel(member="HUN", step=slice(None, "2027-05-01")).isel(step=-1)
    assert float(stance.mean()) == pytest.approx(found.fitted["at_tuned"].iloc[0], abs=1e-6)
    assert "# " in (out / "tuned.toml").read_text("utf-8")
    assert Targets.read(out / "targets.toml") == found.targets


def test_draws_make_a_design(tuning):
    found, _ = tuning
    design = article10.Design.from_frame(found.draws.head(3), scenarios=(SHORT,), runs=2)
    assert design.n_points == 3
    assert set(found.draws) == set(PEERS)


def test_a_stopped_tuning_goes_on_and_ends_the_same(tuning, monkeypatch):
    found, out = tuning
    kept = (out / EVALUATED).read_text("utf-8")
    lines = kept.splitlines(True)
    (out / EVALUATED).write_text("".join(lines[:100]) + lines[100][:20], "utf-8")
    again = tune(SHORT, PEERS, found.targets, runs=24, points=128, out=out, workers=1, progress=False)
    assert np.array_equal(again.posterior.weights, found.posterior.weights)
    assert sorted((out / EVALUATED).read_text("utf-8").splitlines()) == sorted(kept.splitlines())


def test_another_tuning_does_not_go_on_in_a_folder(tuning, tmp_path):
    found, out = tuning
    with pytest.raises(ScenarioError, match="holds another tuning"):
        tune(SHORT, PEERS, found.targets, runs=25, points=128, out=out, workers=1, progress=False)
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(ScenarioError, match="does not hold a tuning"):
        tune(SHORT, PEERS, found.targets, runs=24, points=128, out=tmp_path, workers=1, progress=False)


def test_every_figure_is_drawn_and_states_its_runs(tuning):
    found, out = tuning
    assert set(found.figures()) == {"targets", "parameters", "pairs"}
    for name, draw in found.figures().items():
        assert any("24 runs" in text.get_text() for text in draw().texts), name
        assert (out / f"{name}.png").stat().st_size > 5000
    assert json.loads((out / "provenance.json").read_text("utf-8"))["asked"]["points"] == 128


def test_what_too_few_points_carry_is_not_stated():
    targets = stance_targets({"HUN": -0.45, "DEU": 0.2}, tolerance=0.001)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OutsidePriorWarning)
        with pytest.warns(TooFewRunsWarning, match=r"use about [\d,]+ points"):
            found = tune(SHORT, PEERS, targets, runs=4, points=16, workers=1, progress=False)
    assert len(found.sentences()) == 1 + len(found.out_of_reach())
    assert "and is not stated" in found.sentences()[0]
    assert set(found.tables()) == {"targets"}
    assert "NOT SUPPORTED" in found.scenario_toml()


def test_targets_that_the_model_cannot_meet_are_said_to_be_missed():
    targets = stance_targets({"HUN": 0.9, "POL": -0.9}, tolerance=0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        with pytest.warns(OutsidePriorWarning, match=r"Outside what the ranges .* stance HUN .*given 0\.9"):
            found = tune(SHORT, PEERS, targets, runs=16, points=64, workers=1, progress=False)
    assert found.out_of_reach()[0] in found.sentences()
    assert found.p_value < 1e-6
    assert (found.fitted["p_value"] < 0.01).all()
    assert "misses the targets" in found._fit()


def test_the_best_point_fits_better_than_the_baseline_and_can_be_run():
    truth = {"stance.peer_rate": 0.9, "stance.entrapment_weight": 0.2}
    values = Evaluator(SHORT, stance_targets(dict.fromkeys(MEMBERS, 0.0)), Space(PEERS), 24, 0)(
        np.array([[0.9, 0.2]])
    ).values[0]
    targets = stance_targets(dict(zip(MEMBERS, map(float, values), strict=True)))
    found = tune(SHORT, PEERS, targets, method="best", runs=24, points=40, workers=1, progress=False)
    assert found.search.trials["loss"].min() < 0.1
    assert found.tuned == pytest.approx(truth, abs=0.15)
    assert set(found.figures()) == {"loss", "targets"}
    assert "tuned" in found.scenario_toml()
    assert list(found.draws) == list(PEERS)


# --- what is not known ---------------------------------------------------------------------------------------------

UNKNOWN = """
[[stance]]
member = "HUN"
date = 2027-05-01
value = -0.45
tolerance = 0.1

[[stance]]
member = "DEU"
date = 2027-05-01
value = nan
tolerance = 0.1

[[stance]]
member = "DEU"
value = -0.2
tolerance = 0.1

[[ratification]]
n = 20
tolerance = 10
"""


@pytest.mark.parametrize("method", ["posterior", "best"])
def test_a_target_without_a_value_or_a_date_is_left_out_with_a_note(method, tmp_path):
    path = tmp_path / "targets.toml"
    path.write_text(UNKNOWN, "utf-8")
    asked = {"runs": 8, "points": 64, "method": method, "workers": 1, "progress": False}
    found = tune(SHORT, PEERS, path, **asked)
    note = (
        "Left out: stance DEU 2027-05-01 (no value), stance DEU (no date) and days to ratification no. 20 (no value)."
    )
    assert found.sentences()[-1] == note
    assert f"# {note}" in found.scenario_toml()
    alone = tune(SHORT, PEERS, stance_targets({"HUN": -0.45}, tolerance=0.1), **asked)
    assert found.targets == alone.targets
    assert found.tuned == alone.tuned


def test_if_no_target_is_known_that_is_an_error():
    targets = Targets(objection=({"member": "HUN", "tolerance": 0.1},))
    with pytest.raises(ScenarioError, match=r"none can be fitted: objections HUN \(no value\)"):
        tune(SHORT, PEERS, targets, runs=2, points=8, workers=1, progress=False)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[stances]]\nvalue = 1", "stances: unknown key; did you mean 'stance'"),
        (
            '[[stance]]\nmember = "HUN"\nday = 2027-01-01\nvalue = 0.1\ntolerance = 0.1',
            "day: unknown key; valid: member, date",
        ),
        (
            '[[stance]]\nmember = "HUN"\ndate = 2027-01-01\nvalue = 3.0\ntolerance = 0.1',
            "stance.no. 1.value = 3.0: expected",
        ),
        ('[[probability]]\nmilestone = "joined"\nby = 2027-01-01\nvalue = 0.1\ntolerance = 0.1', "'joined': expected"),
        ("[[ratification]]\ndays = 20\ntolerance = 3", "either n, for the n-th ratification, or member"),
        ('[[objection]]\nmember = "HUN"\nvalue = 0.5\ntolerance = 0', "tolerance = 0: expected"),
        ("", "no target"),
        ("[[stance", "malformed TOML"),
    ],
)
def test_a_bad_file_of_targets_is_refused_in_one_message(text, message, tmp_path):
    path = tmp_path / "targets.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError, match=message) as refused:
        Targets.read(path)
    assert all(line.startswith(str(path)) for line in str(refused.value).splitlines())


def test_targets_are_given_once():
    with pytest.raises(ScenarioError, match="is given twice"):
        Targets(stance=stance_targets({"HUN": 0.1}).stance * 2)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (stance_targets({"HUNG": 0.1}), "not on the roster; did you mean 'HUN'"),
        (stance_targets({"HUN": 0.1}, day="2031-01-01"), "expected a date after 2025-12-01 and up to 2027-06-01"),
        (Targets(ratification=({"n": 40, "days": 1.0, "tolerance": 1.0},)), "expected at most 32"),
    ],
)
def test_targets_that_a_scenario_cannot_show_are_refused(targets, message):
    with pytest.raises(ScenarioError, match=message):
        tune(SHORT, PEERS, targets, runs=2, points=8, workers=1, progress=False)


def test_a_scenario_that_a_file_could_not_name_is_refused():
    own = SHORT.with_(ballots={"HUN": "support"})
    with pytest.raises(ScenarioError, match="give the path of a scenario file"):
        tune(own, PEERS, stance_targets({"HUN": 0.1}), runs=2, points=8, workers=1, progress=False)
