"""Sensitivity: analytic answers for toy functions, zero for what does nothing, resuming, and refusals."""

from __future__ import annotations

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from article10.runs.analyses.sensitivity.methods import morris_effects, sobol_indices
from article10.runs.analyses.sensitivity.sensitivity import MAIN, screen, sobol
from article10.runs.analyses.sensitivity.tornado import tornado
from article10.runs.batches.ranges import Space
from article10.runs.command_line import app
from article10.runs.statistics.intervals import TooFewRunsWarning

SHORT = {"horizon": "2027-12-01"}
PARAMETERS = ("stance.peer_rate", "stance.shock", "secretary_general.sounding_weeks")
SMALL = {"runs": 4, "workers": 1, "progress": False, "changes": SHORT}


def of(function):
    return lambda points: {"y": np.repeat(np.asarray(function(points), float)[:, None], 2, axis=1)}


def noisy(function, runs, spread):
    """A function with as much noise at each point, its own in every run."""
    draws = np.random.default_rng(3)

    def evaluate(points):
        values = np.asarray(function(points), float)[:, None]
        return {"y": values + draws.normal(0.0, spread, (len(points), runs))}

    return evaluate


# --- the methods ------------------------------------------------------------------------------------------------------


def test_an_additive_function_has_its_analytic_sobol_indices():
    space = Space({"a": (0.0, 1.0), "b": (0.0, 1.0), "c": (0.0, 1.0)})
    _, indices, checks = sobol_indices(space, 1024, 1, of(lambda p: 4 * p["a"] + 2 * p["b"] + 0 * p["c"]))
    rows = indices.loc["y"]
    assert rows["S1"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert rows["ST"].to_numpy() == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert rows.loc["c", "ST"] == 0
    assert checks.loc["y", "sum_S1"] == pytest.approx(1.0, abs=0.03)


def test_ishigami_s_function_has_its_known_indices():
    space = Space(dict.fromkeys("abc", (-np.pi, np.pi)))
    function = of(lambda p: np.sin(p["a"]) + 7 * np.sin(p["b"]) ** 2 + 0.1 * p["c"] ** 4 * np.sin(p["a"]))
    _, indices, checks = sobol_indices(space, 2048, 1, function)
    rows = indices.loc["y"]
    assert rows["S1"].to_numpy() == pytest.approx([0.314, 0.442, 0.0], abs=0.03)
    assert rows["ST"].to_numpy() == pytest.approx([0.558, 0.442, 0.244], abs=0.03)
    assert checks.loc["y", "settled"] == 1.0
    assert (rows["ST_low"] <= [0.558, 0.442, 0.244]).all()
    assert (rows["ST_high"] >= [0.557, 0.442, 0.243]).all()


def test_elementary_effects_of_a_linear_function_are_its_slopes_over_the_range():
    space = Space({"a": (0.0, 2.0), "b": (-1.0, 1.0), "c": (0.0, 1.0)})
    points, effects = morris_effects(space, 6, 1, of(lambda p: 3 * p["a"] - 2 * p["b"]))
    rows = effects.loc["y"]
    assert points == 6 * 4
    assert rows["mu_star"].to_numpy() == pytest.approx([6.0, 4.0, 0.0], abs=1e-9)
    assert rows["sigma"].to_numpy() == pytest.approx([0.0, 0.0, 0.0], abs=1e-9)


def test_indices_from_too_small_a_sample_are_not_settled():
    space = Space({f"x{i}": (0.0, 1.0) for i in range(6)})
    _, _, checks = sobol_indices(space, 16, 1, of(lambda p: np.exp(20 * p["x0"] * p["x1"] * p["x2"])))
    assert checks.loc["y", "settled"] < 1.0


def test_the_runs_that_are_said_to_be_needed_bring_the_noise_to_a_tenth():
    space = Space({"a": (0.0, 1.0), "b": (0.0, 1.0)})
    found = {}
    for runs in (10, None):
        runs = runs or int(found[10]["runs_needed"])
        checks = sobol_indices(space, 256, 1, noisy(lambda p: p["a"] + p["b"], runs, 1.5))[2]
        found[runs] = checks.loc["y"]
    (few, before), (enough, after) = found.items()
    assert before["noise"] > 0.4
    assert 40 < enough < 400
    assert after["noise"] == pytest.approx(0.1, abs=0.02)
    assert before["runs_needed"] == pytest.approx(few * 9 * before["noise"] / (1 - before["noise"]), abs=1)


def test_an_effect_within_the_noise_of_the_runs_is_not_detected_and_the_runs_needed_for_a_small_one_detect_it():
    space = Space({"a": (0.0, 1.0), "b": (0.0, 1.0)})
    function = lambda p: 0.0 * p["a"] + 0.5 * p["b"]  # noqa: E731
    few = morris_effects(space, 6, 1, noisy(function, 8, 1.0))[1].loc["y"]
    assert not few["detected"].any()
    needed = int(few.loc["b", "runs_needed"])
    many = morris_effects(space, 6, 1, noisy(function, 2 * needed, 1.0))[1].loc["y"]
    assert list(many["detected"]) == [False, True]


# --- the model --------------------------------------------------------------------------------------------------------


def test_a_parameter_of_a_mechanism_that_is_off_has_no_effect_at_all():
    changes = {**SHORT, "mechanisms.peers": False, "trust.divergence_cost": 0.0}
    with pytest.warns(TooFewRunsWarning, match="invitation is the same at all"):
        found = screen(**{**SMALL, "changes": changes}, parameters=PARAMETERS[:2], trajectories=2)
    effects = found.effects["mu_star"].unstack("measure")
    assert found.provenance()["asked"] == {
        "parameters": Space.of(PARAMETERS[:2]).ranges,
        "trajectories": 2,
    }
    assert (effects.loc["stance.peer_rate"] == 0).all()
    assert effects.loc["stance.shock", "stance"] > 0
    assert any("No effect in any of these runs" in said and "stance.peer_rate" in said for said in found.sentences())


def test_a_sobol_analysis_goes_on_in_its_folder_and_ends_the_same(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", TooFewRunsWarning)
        first = sobol(**SMALL, parameters=PARAMETERS, base_samples=4, out=tmp_path / "s")
        written = {p: p.stat().st_mtime_ns for p in (tmp_path / "s").rglob("*.parquet")}
        again = sobol(**SMALL, parameters=PARAMETERS, base_samples=4, out=tmp_path / "s")
    assert first.points == 4 * 5
    pd.testing.assert_frame_equal(first.indices, again.indices)
    assert written == {p: p.stat().st_mtime_ns for p in (tmp_path / "s").rglob("*.parquet")}


def test_noise_of_too_few_runs_is_not_ranked_and_the_number_of_runs_needed_is_given():
    with pytest.warns(TooFewRunsWarning, match="reducing it to a tenth needs"):
        found = sobol(
            **{**SMALL, "runs": 24, "changes": {"horizon": "2033-12-01"}},
            parameters=("bargaining.scale", "bargaining.unpaid_share"),
            base_samples=4,
        )
    assert found.checks.loc["invitation", "runs_needed"] > found.runs
    assert found.sentences()[0].startswith(("No effect on", "The indices for"))
    assert "sobol_invitation" not in found.tables() | found.figures()


def test_a_measure_that_is_the_same_at_all_points_is_not_explained():
    with pytest.warns(TooFewRunsWarning, match="is the same at all 20 points of 4 runs"):
        found = sobol(**SMALL, parameters=PARAMETERS, base_samples=4)
    assert not re.search(r"\b(inf|nan|nobody)\b", " ".join(found.sentences()))


def test_a_screening_does_not_name_effects_that_its_runs_do_not_detect():
    with pytest.warns(TooFewRunsWarning, match="probability of accession is the same at all"):
        found = screen(**{**SMALL, "runs": 2}, parameters=PARAMETERS[:2], trajectories=2)
    assert not any("(0.000 ± 0.000)" in said for said in found.sentences())
    assert "morris_accession" not in found.figures()


@pytest.mark.parametrize("method", [screen, sobol])
def test_one_run_cannot_tell_its_noise_and_is_refused(method):
    with pytest.raises(ValueError, match="runs = 1: expected a whole number of at least 2"):
        method(**{**SMALL, "runs": 1})


def test_the_default_parameters_all_declare_a_plausible_range():
    assert Space.of(MAIN).keys == list(MAIN)
    assert len(MAIN) == 21


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (("stance.peer_rat",), "did you mean 'stance.peer_rate'"),
        (("russia.strategy",), "declares no plausible range"),
    ],
)
def test_a_wrong_parameter_is_refused(parameters, message):
    with pytest.raises(ValueError, match=message):
        screen(**SMALL, parameters=parameters)
    done = CliRunner().invoke(app, ["sensitivity", "--parameters", parameters[0], "--runs", "2"])
    assert done.exit_code == 2


def test_base_samples_are_a_power_of_two():
    with pytest.raises(ValueError, match="power of two"):
        sobol(**SMALL, base_samples=100)


@pytest.mark.filterwarnings("ignore::article10.runs.statistics.intervals.TooFewRunsWarning")
def test_a_tornado_has_both_ends_in_paired_runs():
    ranges = {"accession.tolerated": (1, 5), "accession.objection_line": (-0.9, -0.01)}
    with pytest.warns(TooFewRunsWarning, match=r"at -0\.01 not distinguishable from zero .* needs .* runs"):
        found = tornado(runs=60, parameters=ranges, changes={"horizon": "2029-12-01"})
    idle = found.ends.loc["accession.tolerated"]  # of no use under unanimity
    assert idle["low_difference"] == idle["high_difference"] == 0
    line = found.ends.loc["accession.objection_line"]
    assert line["low_difference"] > 0 >= line["high_difference"]
    assert list(found.ends.index) == ["accession.objection_line", "accession.tolerated"]
    assert any("60 runs" in text.get_text() for text in found.plot().texts)
